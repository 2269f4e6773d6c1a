package dev.macenv.conform;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.GetEnvironmentResponse;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.JoinResponse;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a wrong server does wrong, and the group that must find it. */
@SuppressWarnings("ImmutableEnumChecker") // some remember what the one server that has them was sent
enum PlantedFault {
    NONE(null),

    // ------------------------------------------------------------------------------------------------ 1
    A_ROW_SIZE_THAT_IS_WRONG(Group.SPECIFICATIONS) {
        @Override
        CreateSessionResponse created(CreateSessionResponse.Builder created) {
            created.getLimitsBuilder().setRowBytes(created.getLimits().getRowBytes() + 1);
            return created.build();
        }
    },
    AN_ACTION_TOO_FEW_IN_THE_GROUP(Group.SPECIFICATIONS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("GetEnvironment")) {
                return message;
            }
            GetEnvironmentResponse.Builder described = GetEnvironmentResponse.parseFrom(message).toBuilder();
            described.getSpecBuilder().getGroupsBuilder(0).setNumActions(1);
            return described.build().toByteArray();
        }
    },
    A_CATALOGUE_OUT_OF_ORDER(Group.SPECIFICATIONS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("ListEnvironments")) {
                return message;
            }
            ListEnvironmentsResponse.Builder page = ListEnvironmentsResponse.parseFrom(message).toBuilder();
            if (page.getEnvironmentsCount() == 2) {
                var first = page.getEnvironments(0);
                page.setEnvironments(0, page.getEnvironments(1)).setEnvironments(1, first);
            }
            return page.build().toByteArray();
        }
    },

    // ------------------------------------------------------------------------------------------------ 2
    A_WRONG_JOINT_TAU(Group.EVENT_ALGEBRA) {
        @Override
        void events(EventBatch.Builder events) {
            for (int row = 0; row < events.getRows(); row++) {
                if (events.getJointTau(row) > 1) {
                    events.setJointTau(row, events.getJointTau(row) - 1);
                    events.setRewardTrace(events.getRewardTrace()
                            .substring(0, events.getRewardTrace().size() - 8));
                    return;
                }
            }
        }
    },
    A_WRONG_REWARD_CLOCK(Group.EVENT_ALGEBRA) {
        @Override
        void events(EventBatch.Builder events) {
            for (int row = 0; row < events.getRows(); row++) {
                events.setJointReward(row, 1.001 * events.getJointReward(row));
            }
        }
    },
    AN_AGENT_CLOCK_THAT_NEVER_RESTARTS(Group.EVENT_ALGEBRA) {
        @Override
        void events(EventBatch.Builder events) {
            int agents = events.getRows() == 0 ? 1 : events.getStatus().size() / events.getRows();
            ByteBuffer clocks =
                    ByteBuffer.wrap(events.getAgentTau().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < events.getRows(); row++) {
                if (events.getTick(row) > 0) {
                    clocks.putInt(4 * row * agents, events.getTick(row));
                }
            }
            events.setAgentTau(ByteString.copyFrom(clocks.array()));
        }
    },
    A_STALE_MASK(Group.EVENT_ALGEBRA) {
        private final Map<Integer, Integer> seen = new ConcurrentHashMap<>();

        @Override
        void events(EventBatch.Builder events) {
            if (events.getRows() > 0 && events.getTick(0) > 0) {
                var group = events.getGroupsBuilder(0);
                byte[] legal = group.getLegal().toByteArray();
                legal[seen.merge(0, 1, Integer::sum) % legal.length] ^= 1;
                group.setLegal(ByteString.copyFrom(legal));
            }
        }
    },
    A_LOST_END_ROW(Group.EVENT_ALGEBRA) {
        @Override
        void events(EventBatch.Builder events) {
            for (int row = 0; row < events.getRows(); row++) {
                int kind = events.getKind().byteAt(row);
                if (kind == 3 || kind == 4) {
                    without(events, row);
                    return;
                }
            }
        }
    },
    A_RETURN_THAT_FORGETS_THE_LAST_REWARD(Group.EVENT_ALGEBRA) {
        @Override
        void events(EventBatch.Builder events) {
            for (int i = 0; i < events.getEndedCount(); i++) {
                events.getEndedBuilder(i)
                        .setTotalReward(events.getEnded(i).getTotalReward() - events.getJointReward(0) - 1);
            }
        }
    },
    AN_OBSERVATION_THAT_IS_NOT_HELD(Group.EVENT_ALGEBRA) {
        @Override
        void events(EventBatch.Builder events) {
            for (int row = 0; row < events.getRows(); row++) {
                for (int group = 0; group < events.getGroupsCount(); group++) {
                    byte[] slab = events.getGroups(group).getObservation().toByteArray();
                    if (slab.length > 0 && events.getTick(row) > 0) {
                        slab[0] ^= (byte) events.getTick(row); // the tail of the fraction of the first element
                        events.getGroupsBuilder(group).setObservation(ByteString.copyFrom(slab));
                    }
                }
            }
        }
    },

    // ------------------------------------------------------------------------------------------------ 3
    A_TICK_LIMIT_THAT_CHANGES_WHAT_HAPPENS(Group.SKIPPING) {
        private volatile boolean limited;

        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (method.equals("Step")) {
                limited = StepRequest.parseFrom(message).getMaxTicks() > 0;
            }
            return message;
        }

        @Override
        void events(EventBatch.Builder events) {
            byte[] state = events.getState().toByteArray();
            for (int i = 0; limited && i < state.length; i += 4) {
                state[i] ^= 1;
            }
            events.setState(ByteString.copyFrom(state));
        }
    },

    // ------------------------------------------------------------------------------------------------ 4
    ANOTHER_REWARD_ON_STREAMS(Group.DETERMINISM) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("Play")) {
                return message;
            }
            StepResponse.Builder response = StepResponse.parseFrom(message).toBuilder();
            EventBatch.Builder events = response.getEventsBuilder();
            for (int row = 0; row < events.getRows(); row++) {
                events.setJointReward(row, Math.nextUp(events.getJointReward(row)));
            }
            return response.build().toByteArray();
        }
    },
    SEED_ZERO_TAKEN_FOR_NONE(Group.DETERMINISM) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("CreateSession")) {
                return message;
            }
            CreateSessionRequest.Builder request = CreateSessionRequest.parseFrom(message).toBuilder();
            if (request.getSeedsList().equals(List.of(0L))) {
                request.clearSeeds();
            }
            return request.build().toByteArray();
        }
    },
    EPISODE_SEEDS_DROPPED(Group.DETERMINISM) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("Reset")
                    ? ResetRequest.parseFrom(message).toBuilder()
                            .clearEpisodeSeeds()
                            .build()
                            .toByteArray()
                    : message;
        }
    },

    // ------------------------------------------------------------------------------------------------ 6
    A_CODE_FOR_EVERYTHING(Group.ERRORS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return status.getCode() == Status.Code.FAILED_PRECONDITION
                    ? Status.INTERNAL.withDescription(status.getDescription())
                    : status;
        }
    },
    REFUSALS_WITHOUT_FIELDS(Group.ERRORS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            trailers.discardAll(DETAILS);
            return status;
        }
    },
    REFUSALS_ON_STREAMS_WITHOUT_DETAILS(Group.ERRORS) {
        @Override
        StepResponse stepped(StepResponse.Builder response) {
            if (response.hasError()) {
                response.getErrorBuilder().clearDetails();
            }
            return response.build();
        }
    },
    A_REFUSED_STEP_THAT_TAKES_EFFECT(Group.ERRORS) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("Step")) {
                return message;
            }
            StepRequest request = StepRequest.parseFrom(message);
            return request.getActionList().contains(-2) // mended in silence
                    ? request.toBuilder()
                            .clearLane()
                            .clearSeat()
                            .clearAction()
                            .build()
                            .toByteArray()
                    : message;
        }
    },

    // ------------------------------------------------------------------------------------------------ 7
    A_RETRY_THAT_IS_APPLIED_TWICE(Group.RESUMPTION) {
        private final Map<String, Integer> seen = new ConcurrentHashMap<>();

        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("Step")) {
                return message;
            }
            StepResponse.Builder response = StepResponse.parseFrom(message).toBuilder();
            String key =
                    String.valueOf(response.getStepId()) + response.getEvents().hashCode();
            int times = seen.merge(key, 1, Integer::sum);
            for (int row = 0; times > 1 && row < response.getEvents().getRows(); row++) {
                response.getEventsBuilder().setTick(row, response.getEvents().getTick(row) + 1);
            }
            return response.build().toByteArray();
        }
    },
    A_STREAM_THAT_IS_CUT_FOR_NO_REASON(Group.RESUMPTION) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            if (method.equals("Play") && status.getCode() == Status.Code.ABORTED) {
                trailers.discardAll(DETAILS);
                return Status.UNAVAILABLE;
            }
            return status;
        }
    },

    // ------------------------------------------------------------------------------------------------ 8
    AN_OBSERVATION_THAT_LEAKS(Group.SEATS) {
        @Override
        void events(EventBatch.Builder events) {
            for (int group = 0; group < events.getGroupsCount(); group++) {
                byte[] slab = events.getGroups(group).getObservation().toByteArray();
                for (int i = 0; i < slab.length; i++) {
                    slab[i] |= 1;
                }
                events.getGroupsBuilder(group).setObservation(ByteString.copyFrom(slab));
            }
        }
    },
    A_MASK_THAT_LEAKS_TO_WHO_LOOKS(Group.SEATS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("GetMacroObservation")) {
                return message;
            }
            GetMacroObservationResponse.Builder seen = GetMacroObservationResponse.parseFrom(message).toBuilder();
            for (int group = 0; group < seen.getGroupsCount(); group++) {
                byte[] legal = seen.getGroups(group).getLegal().toByteArray();
                java.util.Arrays.fill(legal, (byte) 1);
                seen.getGroupsBuilder(group).setLegal(ByteString.copyFrom(legal));
            }
            return seen.build().toByteArray();
        }
    },
    A_SPECIFICATION_THAT_TELLS_GUESTS_OF_THE_STATE(Group.SEATS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("Join")) {
                return message;
            }
            JoinResponse.Builder joined = JoinResponse.parseFrom(message).toBuilder();
            joined.getSpecBuilder()
                    .getStateBuilder()
                    .addLabelsBuilder()
                    .setName("secret")
                    .setEnd(1);
            return joined.build().toByteArray();
        }
    },

    A_RECORDING_DAMAGED_ON_THE_WAY(Group.DETERMINISM) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("FetchRecording")) {
                return message;
            }
            FetchRecordingResponse piece = FetchRecordingResponse.parseFrom(message);
            byte[] data = piece.getData().toByteArray();
            data[data.length / 2] ^= 1;
            return piece.toBuilder().setData(ByteString.copyFrom(data)).build().toByteArray();
        }
    },
    A_RECORDING_THAT_ALWAYS_BEGINS_AT_THE_BEGINNING(Group.DETERMINISM) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("FetchRecording")
                    ? FetchRecordingRequest.parseFrom(message).toBuilder()
                            .clearOffset()
                            .build()
                            .toByteArray()
                    : message;
        }
    },
    A_RECORDING_WITHOUT_ITS_EVENTS(Group.DETERMINISM) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("CreateSession")) {
                return message;
            }
            CreateSessionRequest.Builder request = CreateSessionRequest.parseFrom(message).toBuilder();
            if (request.hasRecording()) {
                request.getRecordingBuilder()
                        .setMode(RecordingMode.RECORDING_MODE_DECISIONS)
                        .setPrivileged(false);
            }
            return request.build().toByteArray();
        }
    },

    // ------------------------------------------------------------------------------------------------ 5
    A_RESTORED_LANE_WITH_ANOTHER_FUTURE(Group.SNAPSHOTS) {
        private volatile boolean restored;

        @Override
        byte[] request(String method, byte[] message) {
            restored |= method.equals("Restore");
            return message;
        }

        @Override
        void events(EventBatch.Builder events) {
            for (int row = 0; restored && row < events.getRows(); row++) {
                events.setJointReward(row, Math.nextUp(events.getJointReward(row)));
            }
        }
    },
    A_DAMAGED_SNAPSHOT_CALLED_A_DEFECT(Group.SNAPSHOTS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return status.getCode() == Status.Code.DATA_LOSS ? Status.INTERNAL : status;
        }
    },

    // ------------------------------------------------------------------------------------------------ 9
    A_LEASE_THAT_IS_NOT_THE_ONE_SAID(Group.LEASES) {
        @Override
        CreateSessionResponse created(CreateSessionResponse.Builder created) {
            created.getLeaseBuilder().setSeconds(created.getLease().getSeconds() + 1);
            return created.build();
        }
    },
    A_FULL_SERVER_THAT_DOES_NOT_SAY_SO(Group.LEASES) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                trailers.discardAll(DETAILS);
            }
            return status;
        }
    },

    // ------------------------------------------------------------------------------------------------ 10
    A_CODE_THAT_MEANS_NOTHING(Group.ROBUSTNESS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return status.isOk() ? status : Status.UNKNOWN;
        }
    },

    // ------------------------------------------------------------------------------------------------ 11
    A_DISCOUNT_THAT_NOBODY_ASKED_FOR(Group.COMPATIBILITY) {
        @Override
        CreateSessionResponse created(CreateSessionResponse.Builder created) {
            return created.setGamma(0.99).build();
        }
    },
    A_FIELD_THAT_HAS_GONE(Group.COMPATIBILITY) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("ServerReflectionInfo")) {
                return super.answer(method, message);
            }
            ServerReflectionResponse.Builder told = ServerReflectionResponse.parseFrom(message).toBuilder();
            var files = told.getFileDescriptorResponseBuilder();
            for (int i = 0; i < files.getFileDescriptorProtoCount(); i++) {
                FileDescriptorProto.Builder file =
                        FileDescriptorProto.parseFrom(files.getFileDescriptorProto(i)).toBuilder();
                if (file.getPackage().equals("macenv.v1")) {
                    file.getMessageTypeBuilder(0).clearField();
                    files.setFileDescriptorProto(i, file.build().toByteString());
                }
            }
            return told.build().toByteArray();
        }
    },

    // ------------------------------------------------------------------------------------------------ 12
    NO_HEALTH(Group.OPERATIONS) {
        @Override
        boolean absent(String fullMethod) {
            return fullMethod.startsWith("grpc.health.v1");
        }
    };

    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final @Nullable Group finder;

    PlantedFault(@Nullable Group finder) {
        this.finder = finder;
    }

    /** The group that must find it. */
    Group finder() {
        Group group = finder;
        if (group == null) {
            throw new AssertionError("there is nothing to find");
        }
        return group;
    }

    /** What goes on to the right server in place of the message. */
    byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
        return message;
    }

    /** What the caller gets in place of the message. */
    byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
        return switch (method) {
            case "Step", "Play" ->
                stepped(StepResponse.parseFrom(message).toBuilder()).toByteArray();
            case "CreateSession" ->
                created(CreateSessionResponse.parseFrom(message).toBuilder()).toByteArray();
            default -> message;
        };
    }

    /** How the call ends for the caller; the trailers may be altered. */
    Status end(String method, Status status, Metadata trailers) {
        return status;
    }

    /** Whether the method is not there. */
    boolean absent(String fullMethod) {
        return false;
    }

    StepResponse stepped(StepResponse.Builder response) {
        if (response.hasEvents()) {
            events(response.getEventsBuilder());
        }
        return response.build();
    }

    void events(EventBatch.Builder events) {}

    CreateSessionResponse created(CreateSessionResponse.Builder created) {
        return created.build();
    }

    /** Takes a row away, as if it had never been there. */
    private static void without(EventBatch.Builder events, int row) {
        int rows = events.getRows();
        events.setKind(cut(events.getKind(), row, rows))
                .setStatus(cut(events.getStatus(), row, rows))
                .setAgentReward(cut(events.getAgentReward(), row, rows))
                .setAgentTau(cut(events.getAgentTau(), row, rows))
                .setState(cut(events.getState(), row, rows))
                .setMacroState(cut(events.getMacroState(), row, rows))
                .setCurrentAction(cut(events.getCurrentAction(), row, rows))
                .clearRewardTrace()
                .removeEnded(0)
                .setRows(rows - 1);
        for (int group = 0; group < events.getGroupsCount(); group++) {
            events.getGroupsBuilder(group)
                    .setObservation(cut(events.getGroups(group).getObservation(), row, rows))
                    .setLegal(cut(events.getGroups(group).getLegal(), row, rows));
        }
        List<Integer> lane = new ArrayList<>(events.getLaneList());
        List<Integer> episode = new ArrayList<>(events.getEpisodeList());
        List<Integer> tick = new ArrayList<>(events.getTickList());
        List<Integer> tau = new ArrayList<>(events.getJointTauList());
        List<Double> reward = new ArrayList<>(events.getJointRewardList());
        List.of(lane, episode, tick, tau, reward).forEach(column -> column.remove(row));
        events.clearLane().addAllLane(lane).clearEpisode().addAllEpisode(episode);
        events.clearTick().addAllTick(tick).clearJointTau().addAllJointTau(tau);
        events.clearJointReward().addAllJointReward(reward);
    }

    private static ByteString cut(ByteString slab, int row, int rows) {
        int width = slab.size() / rows;
        return slab.substring(0, row * width).concat(slab.substring((row + 1) * width));
    }
}
