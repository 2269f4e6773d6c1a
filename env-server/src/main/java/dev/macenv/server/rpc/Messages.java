package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Durations;
import dev.macenv.server.session.Decisions;
import dev.macenv.server.session.EpisodeStart;
import dev.macenv.server.session.EpisodeSummary;
import dev.macenv.server.session.EventBatch;
import dev.macenv.server.session.HeldMacroStates;
import dev.macenv.server.session.HeldObservations;
import dev.macenv.server.session.Invite;
import dev.macenv.server.session.LaneFault;
import dev.macenv.server.session.LaneReport;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.ResetMode;
import dev.macenv.server.session.Role;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.session.StepResult;
import dev.macenv.server.session.View;
import dev.macenv.server.session.WatchNews;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.GroupSlab;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.LaneState;
import dev.macenv.v1.SessionState;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchResponse;
import java.time.Duration;

/** Values of the session layer as messages, and back. Slabs are wrapped, not copied: neither side changes them. */
final class Messages {
    private Messages() {}

    static Decisions decisions(StepRequest request) {
        int[] lane = new int[request.getLaneCount()];
        for (int i = 0; i < lane.length; i++) {
            lane[i] = request.getLane(i);
        }
        int[] seat = new int[request.getSeatCount()];
        for (int i = 0; i < seat.length; i++) {
            seat[i] = request.getSeat(i);
        }
        int[] action = new int[request.getActionCount()];
        for (int i = 0; i < action.length; i++) {
            action[i] = request.getAction(i);
        }
        return new Decisions(
                request.getStepId(),
                lane,
                seat,
                action,
                request.getParams().size(),
                clampToInt(request.getMinReady()),
                clampToInt(request.getMaxTicks()));
    }

    /** A uint32 that Java shows as negative is more than anybody needs. */
    private static int clampToInt(int unsigned) {
        return unsigned < 0 ? Integer.MAX_VALUE : unsigned;
    }

    static StepResponse stepResponse(StepResult result) {
        return StepResponse.newBuilder()
                .setStepId(result.stepId())
                .setEvents(events(result.events()))
                .setLanesRunning(result.lanesRunning())
                .setLanesWaitingForOthers(result.lanesWaitingForOthers())
                .build();
    }

    static StepResponse refusal(long stepId, RefusedException refused) {
        return StepResponse.newBuilder()
                .setStepId(stepId)
                .setError(Refusals.status(refused))
                .build();
    }

    static WatchResponse news(WatchNews news, SessionState state) {
        return WatchResponse.newBuilder()
                .setEvents(events(news.events()))
                .setDroppedRows(news.droppedRows())
                .setState(state)
                .build();
    }

    static dev.macenv.v1.EventBatch events(EventBatch batch) {
        dev.macenv.v1.EventBatch.Builder message = dev.macenv.v1.EventBatch.newBuilder();
        int rows = batch.rows();
        message.setRows(rows);
        for (int row = 0; row < rows; row++) {
            message.addLane(batch.lane()[row]);
            message.addEpisode(batch.episode()[row]);
            message.addTick(batch.tick()[row]);
            message.addJointReward(batch.jointReward()[row]);
            message.addJointTau(batch.jointTau()[row]);
        }
        message.setKind(wrap(batch.kind()))
                .setStatus(wrap(batch.status()))
                .setAgentReward(wrap(batch.agentReward()))
                .setAgentTau(wrap(batch.agentTau()))
                .setState(wrap(batch.state()))
                .setMacroState(wrap(batch.macroState()))
                .setCurrentAction(wrap(batch.currentAction()))
                .setRewardTrace(wrap(batch.rewardTrace()))
                .setAbsent(wrap(batch.absent()));
        for (int group = 0; group < batch.observations().size(); group++) {
            message.addGroups(
                    slab(batch.observations().get(group), batch.legal().get(group)));
        }
        for (EpisodeSummary ended : batch.ended()) {
            message.addEnded(dev.macenv.v1.EpisodeSummary.newBuilder()
                    .setLane(ended.lane())
                    .setEpisode(ended.episode())
                    .setSeed(ended.seed())
                    .setTicks(ended.ticks())
                    .setDecisions(ended.decisions())
                    .setTotalReward(ended.totalReward())
                    .setDiscountedReward(ended.discountedReward()));
        }
        for (LaneFault fault : batch.faults()) {
            message.addFaults(fault(fault));
        }
        for (EpisodeStart started : batch.started()) {
            message.addStarted(episodeStart(started));
        }
        return message.build();
    }

    private static dev.macenv.v1.LaneFault fault(LaneFault fault) {
        return dev.macenv.v1.LaneFault.newBuilder()
                .setLane(fault.lane())
                .setEpisode(fault.episode())
                .setTick(fault.tick())
                .setStatus(Refusals.status(
                        new RefusedException(Reason.ENVIRONMENT_FAULT, fault.message()).with("trace", fault.trace())))
                .build();
    }

    static dev.macenv.v1.EpisodeStart episodeStart(EpisodeStart started) {
        return dev.macenv.v1.EpisodeStart.newBuilder()
                .setLane(started.lane())
                .setEpisode(started.episode())
                .setSeed(started.seed())
                .build();
    }

    static GetMacroObservationResponse observations(HeldObservations held) {
        GetMacroObservationResponse.Builder message =
                GetMacroObservationResponse.newBuilder().setRows(held.rows());
        for (int row = 0; row < held.rows(); row++) {
            message.addLane(held.lane()[row]).addEpisode(held.episode()[row]).addTick(held.tick()[row]);
        }
        for (int group = 0; group < held.observations().size(); group++) {
            message.addGroups(slab(held.observations().get(group), held.legal().get(group)));
        }
        return message.setLaneState(wrap(held.laneState()))
                .setStatus(wrap(held.status()))
                .setPending(wrap(held.pending()))
                .setCurrentAction(wrap(held.currentAction()))
                .build();
    }

    static GetMacroStateResponse macroStates(HeldMacroStates held) {
        GetMacroStateResponse.Builder message =
                GetMacroStateResponse.newBuilder().setRows(held.rows());
        for (int row = 0; row < held.rows(); row++) {
            message.addLane(held.lane()[row]).addEpisode(held.episode()[row]).addTick(held.tick()[row]);
        }
        return message.setMacroState(wrap(held.macroState()))
                .setState(wrap(held.state()))
                .build();
    }

    static LaneInfo lane(LaneReport report) {
        return LaneInfo.newBuilder()
                .setLane(report.lane())
                .setState(LaneState.forNumber(report.state().code()))
                .setEpisode(report.episode())
                .setTick(report.tick())
                .addAllPending(report.pending())
                .setLaneSeed(report.laneSeed())
                .setEpisodeSeed(report.episodeSeed())
                .build();
    }

    static View view(dev.macenv.v1.View view) {
        return new View(
                view.getState(),
                view.getMacroState(),
                view.getCurrentActions(),
                view.getRewardTrace(),
                view.getOtherAgents(),
                view.getRender());
    }

    static dev.macenv.v1.View view(View view) {
        return dev.macenv.v1.View.newBuilder()
                .setState(view.state())
                .setMacroState(view.macroState())
                .setCurrentActions(view.currentActions())
                .setRewardTrace(view.rewardTrace())
                .setOtherAgents(view.otherAgents())
                .setRender(view.render())
                .build();
    }

    static dev.macenv.v1.ResetMode resetMode(ResetMode mode) {
        return switch (mode) {
            case AUTO -> dev.macenv.v1.ResetMode.RESET_MODE_AUTO;
            case MANUAL -> dev.macenv.v1.ResetMode.RESET_MODE_MANUAL;
        };
    }

    static dev.macenv.v1.SessionLimits limits(SessionLimits limits, long rowBytes) {
        return dev.macenv.v1.SessionLimits.newBuilder()
                .setRowBytes((int) rowBytes)
                .setMaxOutstanding(limits.outstanding())
                .setMaxMessageBytes(limits.messageBytes())
                .setMaxResponseBytes(limits.responseBytes())
                .build();
    }

    static com.google.protobuf.Duration duration(Duration duration) {
        return Durations.fromNanos(duration.toNanos());
    }

    static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    static dev.macenv.v1.Role role(Role role) {
        return switch (role) {
            case OWNER -> dev.macenv.v1.Role.ROLE_OWNER;
            case PLAYER -> dev.macenv.v1.Role.ROLE_PLAYER;
            case SPECTATOR -> dev.macenv.v1.Role.ROLE_SPECTATOR;
        };
    }

    static dev.macenv.v1.Invite invite(Invite invite) {
        return dev.macenv.v1.Invite.newBuilder()
                .setToken(invite.token())
                .setOptions(InviteOptions.newBuilder()
                        .addAllSeats(invite.options().seats())
                        .setRole(role(invite.options().role()))
                        .setMaxView(view(invite.options().mostView()))
                        .setMaxUses(invite.options().uses()))
                .build();
    }

    private static GroupSlab slab(byte[] observation, byte[] legal) {
        return GroupSlab.newBuilder()
                .setObservation(wrap(observation))
                .setLegal(wrap(legal))
                .build();
    }

    private static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
