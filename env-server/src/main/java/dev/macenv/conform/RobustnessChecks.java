package dev.macenv.conform;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Group 10: nonsense harms nobody: it is refused by a code that the protocol knows, and the next right step is accepted. */
final class RobustnessChecks {
    private static final int MESSAGES = 150;
    private static final int LONG_COLUMN = 50_000;
    private static final Set<Code> NEVER = Set.of(Code.UNKNOWN, Code.OUT_OF_RANGE);

    private RobustnessChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("random bytes", RobustnessChecks::randomBytes),
                Check.ofServer("damaged requests", RobustnessChecks::damaged),
                Check.ofTargets("a message above the limit", Target::hasConnection, RobustnessChecks::tooLarge),
                Check.ofServer("very long columns", RobustnessChecks::longColumns),
                Check.ofServer("fields that nobody knows", RobustnessChecks::unknownFields),
                Check.ofServer("a spectator that does not read", RobustnessChecks::slowReader));
    }

    private static List<MethodDescriptor<?, ?>> unaryMethods() {
        List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
        methods.addAll(CatalogServiceGrpc.getServiceDescriptor().getMethods());
        methods.addAll(SessionServiceGrpc.getServiceDescriptor().getMethods());
        return methods.stream()
                .filter(method -> method.getType() == MethodDescriptor.MethodType.UNARY)
                .toList();
    }

    private static void randomBytes(Trial trial) throws InterruptedException {
        Player bystander = trial.create(trial.session(1, 1));
        Rows rows = bystander.collect();
        for (int i = 0; i < MESSAGES; i++) {
            byte[] nonsense = new byte[trial.random().nextInt(200)];
            trial.random().nextBytes(nonsense);
            for (MethodDescriptor<?, ?> method : unaryMethods()) {
                send(trial, method, nonsense);
            }
        }
        bystander.answer(rows);
    }

    private static void damaged(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(2, 1));
        Rows rows = player.collect();
        byte[] right = player.decisions(rows).build().toByteArray();
        byte[] creation = trial.session(1, 1).build().toByteArray();
        for (int i = 0; i < MESSAGES; i++) {
            send(trial, SessionServiceGrpc.getCreateSessionMethod(), damaged(trial, creation));
            byte[] step = damaged(trial, right);
            if (!isSession(step, player)) {
                send(trial, SessionServiceGrpc.getStepMethod(), step);
            }
        }
        player.answer(rows);
    }

    /** Whether the message, for all its damage, may be a right step of the player. */
    private static boolean isSession(byte[] message, Player player) {
        try {
            StepRequest request = StepRequest.parseFrom(message);
            return request.getToken().equals(player.token()) && request.getStepId() == player.nextStepId();
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static byte[] damaged(Trial trial, byte[] right) {
        byte[] bytes = right.clone();
        int flips = 1 + trial.random().nextInt(4);
        for (int i = 0; i < flips; i++) {
            bytes[trial.random().nextInt(bytes.length)] ^=
                    (byte) (1 << trial.random().nextInt(8));
        }
        int length = trial.random().nextInt(4) == 0 ? trial.random().nextInt(bytes.length) : bytes.length;
        return ByteString.copyFrom(bytes, 0, length).toByteArray();
    }

    /** Sends bytes as they are; the server may answer them or refuse them, by a code that it may use. */
    private static void send(Trial trial, MethodDescriptor<?, ?> method, byte[] message) {
        MethodDescriptor<byte[], byte[]> raw = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        try {
            byte[] answer = ClientCalls.blockingUnaryCall(
                    trial.channel(),
                    raw,
                    CallOptions.DEFAULT.withDeadlineAfter(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS),
                    message);
            if (method.equals(SessionServiceGrpc.getCreateSessionMethod())) {
                var created = dev.macenv.v1.CreateSessionResponse.parseFrom(answer);
                trial.closeLater(created.getSession(), created.getToken());
            }
        } catch (InvalidProtocolBufferException e) {
            throw new Violation(
                    "session.proto, CreateSessionResponse", "an answer", "a message", "bytes that are none");
        } catch (StatusRuntimeException refusal) {
            Violation.unless(
                    !NEVER.contains(refusal.getStatus().getCode())
                            && refusal.getStatus().getCode() != Code.DEADLINE_EXCEEDED,
                    "error.proto: OUT_OF_RANGE and UNKNOWN are never used; and nothing hangs",
                    method.getFullMethodName() + " with " + message.length + " bytes of nonsense",
                    "a code that means something",
                    Refusal.of(refusal));
        }
    }

    private static void tooLarge(Trial trial) throws InterruptedException {
        int most = trial.server().getLimits().getMaxMessageBytes();
        if (most == 0) {
            throw new SkippedException("the server announces no limit");
        }
        Player player = trial.create(trial.session(1, 1));
        Rows rows = player.collect();
        StepRequest large = player.decisions(rows)
                .setParams(ByteString.copyFrom(new byte[most + 1]))
                .build();
        try {
            // Over a connection of its own, which the server may close.
            Trial.sessions(trial.ownChannel(trial.target())).step(large);
            throw new Violation(
                    "catalog.proto, ServerLimits.max_message_bytes",
                    "a message of " + (most + 1) + " bytes",
                    "refused",
                    "accepted");
        } catch (StatusRuntimeException refusal) {
            Violation.unlessEqual(
                    "catalog.proto, ServerLimits.max_message_bytes: refused with RESOURCE_EXHAUSTED",
                    "the code for " + (most + 1) + " bytes",
                    Code.RESOURCE_EXHAUSTED,
                    refusal.getStatus().getCode());
        }
        player.answer(rows);
    }

    private static void longColumns(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(1, 1));
        Rows rows = player.collect();
        List<LaneInfo> before = player.lanesNow();
        StepRequest.Builder sameEverywhere = player.request();
        StepRequest.Builder onlyLanes = player.request();
        StepRequest.Builder farAway = player.request();
        for (int i = 0; i < LONG_COLUMN; i++) {
            sameEverywhere.addLane(0).addSeat(0).addAction(0);
            onlyLanes.addLane(0);
            farAway.addLane(i - 1).addSeat(-i).addAction(Integer.MIN_VALUE);
        }
        for (StepRequest.Builder request : List.of(sameEverywhere, onlyLanes, farAway)) {
            Refusal.by(() -> player.stub().step(request.build())).is(Code.INVALID_ARGUMENT, "INVALID_FIELD");
        }
        ErrorChecks.refusedCreation(trial, trial.session(10_000_000)).is(Code.INVALID_ARGUMENT, "INVALID_FIELD");
        CreateSessionRequest.Builder seeds = trial.session(1);
        for (int i = 0; i < LONG_COLUMN; i++) {
            seeds.addSeeds(i);
        }
        ErrorChecks.refusedCreation(trial, seeds)
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("seeds");
        Violation.unlessEqual("error.proto: after any refusal", "the lanes", before, player.lanesNow());
        player.answer(rows);
    }

    private static void unknownFields(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(1, 1).setUnknownFields(unknown()));
        Rows rows = player.rows(player.step(player.request().setUnknownFields(unknown())));
        Violation.unlessEqual(
                "docs/protocol.md, Versions: macenv.v1 only grows, so unknown fields are passed over",
                "rows for requests with unknown fields",
                1,
                rows.count());
    }

    private static UnknownFieldSet unknown() {
        return UnknownFieldSet.newBuilder()
                .addField(
                        9_999,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("of a later version"))
                                .build())
                .build();
    }

    /** The player never waits for a spectator, which then learns what it has missed. */
    private static void slowReader(Trial trial) throws InterruptedException {
        trial.needs("watch");
        // so many lanes that what is told of them is more than connections hold, a megabyte or so
        Player player = trial.create(trial.session(32, 1).addInvites(InviteOptions.getDefaultInstance()));
        Player spectator = player.join(player.created().getInvites(0));
        Watching watching = trial.closing(new Watching(
                trial.channel(),
                WatchRequest.newBuilder()
                        .setSession(player.session())
                        .setToken(spectator.token())
                        .build()));
        Rows rows = player.collect();
        for (int i = 0; i < 2000; i++) {
            rows = player.answer(rows);
        }
        Optional<WatchResponse> first = watching.read(Trial.PATIENCE.toMillis());
        Violation.unless(
                first.isPresent(),
                "session.proto, Watch: the first message has the last event of every lane",
                "a message",
                "one",
                "none");
        int messages = 1;
        while (messages < 1900 && watching.read(500).isPresent()) {
            messages++;
        }
        Violation.unless(
                messages < 1900,
                "session.proto, WatchResponse: a reader too slow for the game misses events",
                "messages kept for a spectator that did not read during 2000 steps",
                "few",
                messages + " or more");
    }
}
