package dev.macenv.server.session;

import dev.macenv.env.SnapshotException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Does again, in a new session, what a {@link Chronicle} of another was told, in the same order. By the determinism law the
 * session then stands where the other stood: lanes, clocks, step ids, stored answers, steps that wait for others.
 *
 * <p>Nothing here asks a clock. What was decided by the clock (who was absent, and when the server noticed) comes from the
 * recording: the server's own decisions follow what brought them about, which is why each cause is held back until the
 * next one is known.
 *
 * <p>For one thread, before anybody else knows the session. Methods throw {@link ReplayException} where the recording does
 * not fit, and the session is then good for nothing.
 */
public final class Replay {
    private final Session session;
    private final Map<Integer, Grant> grants = new HashMap<>();
    private final Deque<ServersDecision> decidedForAbsent = new ArrayDeque<>();
    private @Nullable Runnable cause;

    private record ServersDecision(int lane, int episode, int tick) {}

    private static final StepAnswer NOBODY = new StepAnswer() {
        @Override
        public void answered(StepResult result) {}

        @Override
        public void refused(Throwable why) {
            throw new ReplayException("a step is refused that was taken: " + why.getMessage(), why);
        }

        @Override
        public boolean gone() {
            return true;
        }
    };

    /** Begins with a session that has just been made. */
    Replay(Session session) {
        this.session = session;
        grants.put(0, session.owner());
        session.beginReplay(this::isRecorded);
    }

    private boolean isRecorded(Lane lane) {
        ServersDecision next = decidedForAbsent.peek();
        if (next == null || next.lane() != lane.index()) {
            return false;
        }
        if (next.episode() != lane.episode() || next.tick() != lane.tick()) {
            throw new ReplayException("lane " + lane.index() + " stands in episode " + lane.episode() + " at tick "
                    + lane.tick() + " (recorded: a decision of the server in episode " + next.episode() + " at tick "
                    + next.tick() + ")");
        }
        decidedForAbsent.remove();
        return true;
    }

    /** Somebody joined, and has these seats. */
    public void joined(int number, JoinRequest request, List<Integer> seats, Duration lease) {
        next(() -> {
            Grant grant = session.joinAgain(request, seats, lease);
            if (grant.number() != number) {
                throw new ReplayException("grant " + number + " is number " + grant.number() + " here");
            }
            grants.put(number, grant);
        });
    }

    /** The digest of a grant's token, 64 hexadecimal digits. */
    public String tokenDigest(int number) {
        flush();
        return grant(number).digest();
    }

    /** A grant stands differently. */
    public void stands(int number, Standing standing) {
        if (standing == Standing.GIVEN_BACK) {
            next(() -> session.giveBack(grant(number)));
        } else {
            flush();
            session.note(grant(number), standing);
        }
    }

    /** All that was done before came to this, see {@link Chronicle#sumUp}; nothing else has been told yet. */
    public void cameTo(byte[] saved) {
        try {
            session.load(saved, NOBODY);
        } catch (SnapshotException | RefusedException e) {
            throw new ReplayException("a session cannot go on from what was saved: " + e.getMessage(), e);
        }
        session.seating().grants().forEach(grant -> grants.put(grant.number(), grant));
    }

    /** A step was taken; action -1 where its player left the choice to the server. */
    public void decided(int number, Decisions decisions) {
        next(() -> session.step(grant(number), decisions, NOBODY));
    }

    /** The server decided for absent players, or cut the episode short, as their policies say. */
    public void decidedForAbsent(int lane, int episode, int tick) {
        decidedForAbsent.add(new ServersDecision(lane, episode, tick));
    }

    /** The server looked around. */
    public void lookedAround() {
        next(session::lookForAbsence);
    }

    /**
     * Episodes were begun.
     *
     * @param laneSeeds none, or one for each of the lanes
     * @param seeds of the episodes
     */
    public void reset(List<Integer> lanes, List<Long> laneSeeds, List<Long> seeds, String requestId) {
        next(() -> {
            boolean chosen = false; // by the request, and not the lanes' own next
            for (int i = 0; i < lanes.size(); i++) {
                chosen |= session.lane(lanes.get(i)).nextEpisodeSeed() != seeds.get(i);
            }
            Session.ResetRequest request = new Session.ResetRequest(
                    lanes, laneSeeds, chosen && laneSeeds.isEmpty() ? seeds : List.of(), requestId);
            try {
                var unused = session.reset(session.owner(), request);
            } catch (RefusedException refused) {
                throw new ReplayException("a reset is refused that was made: " + refused.getMessage(), refused);
            }
        });
    }

    /** A lane was put back. */
    public void restored(int lane, byte[] snapshot, String requestId) {
        next(() -> {
            try {
                var unused = session.restore(
                        session.owner(), new Session.RestoreRequest(lane, "", requestId), () -> snapshot);
            } catch (RefusedException refused) {
                throw new ReplayException("a snapshot is refused that was restored: " + refused.getMessage(), refused);
            }
        });
    }

    private Grant grant(int number) {
        Grant grant = grants.get(number);
        if (grant == null) {
            throw new ReplayException("grant " + number + " is not known");
        }
        return grant;
    }

    private void next(Runnable following) {
        flush();
        cause = following;
    }

    private void flush() {
        Runnable due = cause;
        cause = null;
        if (due != null) {
            due.run();
        }
        ServersDecision left = decidedForAbsent.peek();
        if (left != null) {
            throw new ReplayException("lane " + left.lane() + " does not wait for anybody absent in episode "
                    + left.episode() + " at tick " + left.tick());
        }
    }

    /** Everything has been told; from now on the clock says who is absent. */
    void end() {
        flush();
        session.endReplay();
    }
}
