package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.List;

/** Reads lanes without moving them: the columns of the calls that look and do not step. */
final class LaneReader {
    private static final byte[] NOTHING = new byte[0];

    private LaneReader() {}

    static LaneState stateOf(Lane lane) {
        return switch (lane.phase()) {
            case IDLE -> LaneState.IDLE;
            case FAULTED -> LaneState.FAULTED;
            case AWAITING -> lane.ready() ? LaneState.PAUSED : LaneState.AWAITING;
        };
    }

    static List<LaneReport> reports(Session session, Grant grant) {
        boolean owner = grant.role() == Role.OWNER; // who may know the seeds, and whom a lane waits for
        List<LaneReport> reports = new ArrayList<>(session.laneCount());
        for (int i = 0; i < session.laneCount(); i++) {
            Lane lane = session.lane(i);
            List<Integer> pending = new ArrayList<>();
            for (int seat = 0; seat < session.shape().agents(); seat++) {
                if (lane.pending(seat) && (owner || grant.sees(seat))) {
                    pending.add(seat);
                }
            }
            reports.add(new LaneReport(
                    i,
                    stateOf(lane),
                    lane.episode(),
                    lane.tick(),
                    pending,
                    owner ? lane.laneSeed() : 0,
                    owner ? lane.episodeSeed() : 0));
        }
        return reports;
    }

    static HeldObservations observations(Session session, Grant grant, int[] which) {
        TeamShape shape = session.shape();
        byte[] laneState = new byte[which.length];
        byte[] status = new byte[which.length * shape.agents()];
        byte[] pending = new byte[which.length * shape.agents()];
        byte[] currentAction = new byte[which.length * shape.agents() * Integer.BYTES];
        List<ByteSlab> observations = slabs(shape.groups());
        List<ByteSlab> legal = slabs(shape.groups());
        for (int row = 0; row < which.length; row++) {
            Lane lane = session.lane(which[row]);
            laneState[row] = stateOf(lane).code();
            for (int agent = 0; agent < shape.agents(); agent++) {
                int slot = row * shape.agents() + agent;
                ByteSlab observation = observations.get(shape.group(agent));
                ByteSlab mask = legal.get(shape.group(agent));
                boolean own = grant.holds(agent);
                boolean visible = own || grant.view().otherAgents();
                boolean actionVisible = own || (visible && grant.view().currentActions());
                if (visible) {
                    status[slot] = lane.status(agent);
                    pending[slot] = (byte) (lane.pending(agent) ? 1 : 0);
                    observation.append(lane.observation(agent), 0, lane.observation(agent).length);
                    mask.append(lane.legalMask(agent), 0, lane.legalMask(agent).length);
                } else {
                    observation.appendZeros(lane.observation(agent).length);
                    mask.appendZeros(lane.legalMask(agent).length);
                }
                LittleEndian.putInt(
                        currentAction, slot * Integer.BYTES, actionVisible ? lane.intendedAction(agent) : -1);
            }
        }
        return new HeldObservations(
                which.length,
                which,
                episodes(session, which),
                ticks(session, which),
                laneState,
                status,
                pending,
                copies(observations),
                copies(legal),
                currentAction);
    }

    static HeldMacroStates macroStates(Session session, Grant grant, int[] which) {
        TeamShape shape = session.shape();
        ByteSlab macroStates = new ByteSlab();
        ByteSlab states = new ByteSlab();
        for (int index : which) {
            Lane lane = session.lane(index);
            int width = lane.state().length;
            for (int agent = 0; agent < shape.agents(); agent++) {
                if (grant.holds(agent) || grant.view().otherAgents()) {
                    macroStates.append(lane.macroStates(), agent * width, width);
                } else {
                    macroStates.appendZeros(width);
                }
            }
            if (grant.view().state()) {
                states.append(lane.state(), 0, width);
            }
        }
        return new HeldMacroStates(
                which.length,
                which,
                episodes(session, which),
                ticks(session, which),
                macroStates.copy(),
                grant.view().state() ? states.copy() : NOTHING);
    }

    private static int[] episodes(Session session, int[] which) {
        int[] episodes = new int[which.length];
        for (int row = 0; row < which.length; row++) {
            episodes[row] = session.lane(which[row]).episode();
        }
        return episodes;
    }

    private static int[] ticks(Session session, int[] which) {
        int[] ticks = new int[which.length];
        for (int row = 0; row < which.length; row++) {
            ticks[row] = session.lane(which[row]).tick();
        }
        return ticks;
    }

    private static List<ByteSlab> slabs(int count) {
        List<ByteSlab> slabs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slabs.add(new ByteSlab());
        }
        return slabs;
    }

    private static List<byte[]> copies(List<ByteSlab> slabs) {
        return slabs.stream().map(ByteSlab::copy).toList();
    }
}
