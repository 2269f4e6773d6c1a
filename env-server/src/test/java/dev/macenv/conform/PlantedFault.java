package dev.macenv.conform;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.GetEnvironmentResponse;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetServerInfoResponse;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.JoinResponse;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RenderResponse;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.SnapshotResponse;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    A_FEATURE_NAMED_TWICE(Group.SPECIFICATIONS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("GetServerInfo")) {
                return message;
            }
            GetServerInfoResponse.Builder info = GetServerInfoResponse.parseFrom(message).toBuilder();
            return info.addFeatures(info.getFeatures(0)).build().toByteArray();
        }
    },
    A_STATE_FOR_EVERYBODY(Group.SPECIFICATIONS) {
        @Override
        void events(EventBatch.Builder events) {
            if (events.getState().isEmpty()) {
                events.setState(ByteString.copyFrom(new byte[4]));
            }
        }
    },
    AN_OBSERVATION_OUT_OF_BOUNDS(Group.SPECIFICATIONS) {
        @Override
        void events(EventBatch.Builder events) {
            if (events.getRows() > 0) {
                byte[] slab = events.getGroups(0).getObservation().toByteArray();
                ByteBuffer.wrap(slab).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 1e9f);
                events.getGroupsBuilder(0).setObservation(ByteString.copyFrom(slab));
            }
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

    A_DRAWING_OF_ANOTHER_TICK(Group.EVENT_ALGEBRA) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("Render")) {
                return message;
            }
            RenderResponse drawn = RenderResponse.parseFrom(message);
            return drawn.toBuilder().setTick(drawn.getTick() + 1).build().toByteArray();
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

    A_LANE_THAT_KNOWS_ITS_NUMBER(Group.DETERMINISM) {
        @Override
        void events(EventBatch.Builder events) {
            for (int row = 0; row < events.getRows(); row++) {
                if (events.getLane(row) > 0) {
                    events.setJointReward(row, Math.nextUp(events.getJointReward(row)));
                }
            }
        }
    },
    ANOTHER_REWARD_FOR_GUESTS(Group.DETERMINISM) {
        @Override
        void events(EventBatch.Builder events) {
            byte[] status = events.getStatus().toByteArray();
            byte[] rewards = events.getAgentReward().toByteArray();
            boolean hidden = false;
            for (byte one : status) {
                hidden |= one == 0;
            }
            for (int i = 0; i < status.length; i++) {
                if (hidden && status[i] != 0) {
                    rewards[8 * i] ^= 1;
                }
            }
            events.setAgentReward(ByteString.copyFrom(rewards));
        }
    },
    ANOTHER_REWARD_WHILE_RECORDED(Group.DETERMINISM) {
        private final Marked recorded = new Marked();

        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return recorded.request(
                    method,
                    message,
                    method.equals("CreateSession")
                            && CreateSessionRequest.parseFrom(message).hasRecording());
        }

        @Override
        CreateSessionResponse created(CreateSessionResponse.Builder created) {
            return recorded.created(created);
        }

        @Override
        void events(EventBatch.Builder events) {
            recorded.events(events);
        }
    },
    ANOTHER_REWARD_WHILE_WATCHED(Group.DETERMINISM) {
        private final Marked watched = new Marked();

        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (method.equals("Watch")) {
                watched.add(WatchRequest.parseFrom(message).getSession());
            }
            return watched.request(method, message, false);
        }

        @Override
        void events(EventBatch.Builder events) {
            watched.events(events);
        }
    },
    A_RECORDING_REFUSED_FOR_ANOTHER_REASON(Group.DETERMINISM) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return method.equals("FetchRecording") && !status.isOk() ? Status.INTERNAL : status;
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
    A_DRAWING_REFUSED_FOR_ANOTHER_REASON(Group.ERRORS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return method.equals("Render") && status.getCode() == Status.Code.PERMISSION_DENIED
                    ? Status.UNAUTHENTICATED
                    : status;
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

    A_FEATURE_THAT_IS_THERE_AND_NOT_ANNOUNCED(Group.ERRORS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("GetServerInfo")) {
                return message;
            }
            GetServerInfoResponse info = GetServerInfoResponse.parseFrom(message);
            return info.toBuilder()
                    .clearFeatures()
                    .addAllFeatures(info.getFeaturesList().stream()
                            .filter(feature -> !feature.equals("render"))
                            .toList())
                    .build()
                    .toByteArray();
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
    A_STEP_THAT_WAITS_CALLED_A_WRONG_STEP_ID(Group.RESUMPTION) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            if (method.equals("Step") && "STEP_IN_FLIGHT".equals(trailers.get(REASON))) {
                trailers.discardAll(DETAILS);
                trailers.discardAll(REASON);
                trailers.put(REASON, "STEP_ID_MISMATCH");
            }
            return status;
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

    A_STREAM_THAT_ENDS_BADLY(Group.RESUMPTION) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return method.equals("Play") && status.isOk() ? Status.UNAVAILABLE : status;
        }
    },
    A_CREATION_THAT_IS_ALWAYS_ANOTHER(Group.RESUMPTION) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("CreateSession")
                    ? CreateSessionRequest.parseFrom(message).toBuilder()
                            .clearRequestId()
                            .build()
                            .toByteArray()
                    : message;
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

    A_RIGHT_REFUSED_FOR_ANOTHER_REASON(Group.SEATS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return switch (status.getCode()) {
                case PERMISSION_DENIED, ALREADY_EXISTS, UNAUTHENTICATED, FAILED_PRECONDITION -> Status.INTERNAL;
                default -> status;
            };
        }
    },
    A_GUEST_WHO_IS_ALWAYS_ANOTHER(Group.SEATS) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("Join")
                    ? JoinRequest.parseFrom(message).toBuilder()
                            .clearRequestId()
                            .build()
                            .toByteArray()
                    : message;
        }
    },
    ANOTHER_POLICY_FOR_ABSENT_SEATS(Group.SEATS) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("CreateSession")) {
                return message;
            }
            CreateSessionRequest.Builder request = CreateSessionRequest.parseFrom(message).toBuilder();
            request.getSeatsBuilderList().forEach(seat -> {
                switch (seat.getAbsence().getKind()) {
                    case ABSENCE_KIND_FALLBACK_ACTION, ABSENCE_KIND_TRUNCATE ->
                        seat.getAbsenceBuilder().clearAction().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
                    case ABSENCE_KIND_RANDOM_LEGAL ->
                        seat.getAbsenceBuilder().setKind(AbsenceKind.ABSENCE_KIND_FALLBACK_ACTION);
                    default -> {}
                }
            });
            return request.build().toByteArray();
        }
    },
    A_PLAYER_WHO_IS_NEVER_ABSENT(Group.SEATS) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("Join")
                    ? JoinRequest.parseFrom(message).toBuilder()
                            .clearLease()
                            .build()
                            .toByteArray()
                    : message;
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
    A_COPY_WITH_ANOTHER_FUTURE(Group.SNAPSHOTS) {
        private final Marked copies = new Marked();

        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return copies.request(
                    method,
                    message,
                    method.equals("CreateSession")
                            && !CreateSessionRequest.parseFrom(message)
                                    .getSnapshot()
                                    .isEmpty());
        }

        @Override
        CreateSessionResponse created(CreateSessionResponse.Builder created) {
            return copies.created(created);
        }

        @Override
        void events(EventBatch.Builder events) {
            copies.events(events);
        }
    },
    ANOTHER_FUTURE_IN_ANOTHER_SESSION(Group.SNAPSHOTS) {
        private final Set<String> saved = ConcurrentHashMap.newKeySet();
        private final Marked elsewhere = new Marked();

        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            if (method.equals("Snapshot")) {
                saved.add(SnapshotRequest.parseFrom(message).getSession());
            }
            if (method.equals("Restore")) {
                String session = RestoreRequest.parseFrom(message).getSession();
                if (!saved.contains(session)) {
                    elsewhere.add(session);
                }
            }
            return elsewhere.request(method, message, false);
        }

        @Override
        void events(EventBatch.Builder events) {
            elsewhere.events(events);
        }
    },
    A_STORED_SNAPSHOT_WITHOUT_A_NAME(Group.SNAPSHOTS) {
        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("Snapshot")
                    ? SnapshotResponse.parseFrom(message).toBuilder()
                            .clearSnapshotId()
                            .build()
                            .toByteArray()
                    : super.answer(method, message);
        }
    },
    A_SNAPSHOT_THAT_IS_ANOTHER_EACH_TIME(Group.SNAPSHOTS) {
        private final Map<String, Integer> saved = new ConcurrentHashMap<>();

        @Override
        byte[] answer(String method, byte[] message) throws InvalidProtocolBufferException {
            if (!method.equals("Snapshot")) {
                return super.answer(method, message);
            }
            SnapshotResponse response = SnapshotResponse.parseFrom(message);
            byte[] data = response.getSnapshot().toByteArray();
            int times = saved.merge("", 1, Integer::sum);
            for (int i = 0; i < data.length; i++) {
                data[i] += (byte) times;
            }
            return response.toBuilder()
                    .setSnapshot(ByteString.copyFrom(data))
                    .build()
                    .toByteArray();
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

    A_SECOND_CLOSE_THAT_IS_REFUSED(Group.LEASES) {
        private final Set<String> closed = ConcurrentHashMap.newKeySet();
        private volatile boolean again;

        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            again = method.equals("CloseSession")
                    && !closed.add(CloseSessionRequest.parseFrom(message).getSession());
            return message;
        }

        @Override
        Status end(String method, Status status, Metadata trailers) {
            return again && method.equals("CloseSession") ? Status.NOT_FOUND : status;
        }
    },
    A_SESSION_THAT_OUTLIVES_ITS_LEASE(Group.LEASES) {
        @Override
        byte[] request(String method, byte[] message) throws InvalidProtocolBufferException {
            return method.equals("CreateSession")
                    ? CreateSessionRequest.parseFrom(message).toBuilder()
                            .clearLease()
                            .build()
                            .toByteArray()
                    : message;
        }
    },

    // ------------------------------------------------------------------------------------------------ 10
    A_CODE_THAT_MEANS_NOTHING(Group.ROBUSTNESS) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return status.isOk() ? status : Status.UNKNOWN;
        }
    },

    UNKNOWN_FIELDS_TAKEN_FOR_NONSENSE(Group.ROBUSTNESS) {
        @Override
        byte[] request(String method, byte[] message) {
            try {
                boolean known = !method.equals("CreateSession")
                        || CreateSessionRequest.parseFrom(message)
                                .getUnknownFields()
                                .asMap()
                                .isEmpty();
                return known ? message : new byte[] {-1};
            } catch (InvalidProtocolBufferException nonsense) {
                return message;
            }
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

    A_LATER_METHOD_THAT_MEANS_NOTHING(Group.COMPATIBILITY) {
        @Override
        Status end(String method, Status status, Metadata trailers) {
            return status.getCode() == Status.Code.UNIMPLEMENTED ? Status.UNKNOWN : status;
        }
    },

    // ------------------------------------------------------------------------------------------------ 12
    NO_REFLECTION(Group.OPERATIONS) {
        @Override
        boolean absent(String fullMethod) {
            return fullMethod.startsWith("grpc.reflection");
        }
    },
    NO_HEALTH(Group.OPERATIONS) {
        @Override
        boolean absent(String fullMethod) {
            return fullMethod.startsWith("grpc.health.v1");
        }
    };

    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("macenv-reason", Metadata.ASCII_STRING_MARSHALLER);

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

    /** Sessions whose rewards are altered, by the step that was sent last. */
    private static final class Marked {
        private final Set<String> sessions = ConcurrentHashMap.newKeySet();
        private volatile String stepped = "";
        private volatile boolean next; // the one that is created now

        void add(String session) {
            sessions.add(session);
        }

        byte[] request(String method, byte[] message, boolean marked) throws InvalidProtocolBufferException {
            if (method.equals("CreateSession")) {
                next = marked;
            }
            if (method.equals("Step") || method.equals("Play")) {
                stepped = StepRequest.parseFrom(message).getSession();
            }
            return message;
        }

        CreateSessionResponse created(CreateSessionResponse.Builder created) {
            if (next) {
                add(created.getSession());
            }
            return created.build();
        }

        void events(EventBatch.Builder events) {
            for (int row = 0; sessions.contains(stepped) && row < events.getRows(); row++) {
                events.setJointReward(row, Math.nextUp(events.getJointReward(row)));
            }
        }
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
