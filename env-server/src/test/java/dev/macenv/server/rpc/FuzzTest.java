package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes of all kinds to every method: each call gets a status, and never one that blames the server. */
@ParameterizedClass
@EnumSource(
        value = Transports.class,
        names = {"IN_PROCESS", "TCP"})
final class FuzzTest {
    private static final int CALLS = 150;

    private final Transports transport;
    private final EnvironmentServer server;
    private final ManagedChannel channel;

    FuzzTest(Transports transport) {
        this.transport = transport;
        server = transport.start(ProtocolTest.CATALOG, ServerOptions.standard());
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    static Stream<String> methods() {
        return Stream.of(CatalogServiceGrpc.getServiceDescriptor(), SessionServiceGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(methods -> methods.stream().map(MethodDescriptor::getFullMethodName));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyCallIsAnsweredAndNoneBlamesTheServer(String method)
            throws InterruptedException, ExecutionException, TimeoutException {
        Random random = new Random(method.hashCode());
        Player player = Player.create(channel, Player.relay(2, 5));
        byte[] valid = method.endsWith("CreateSession")
                ? Player.relay(2, 5).build().toByteArray()
                : player.request().addLane(0).addSeat(1).addAction(1).build().toByteArray();
        for (int call = 0; call < CALLS; call++) {
            List<byte[]> messages = new ArrayList<>();
            for (int count = random.nextInt(12) == 0 ? random.nextInt(4) : 1; count > 0; count--) {
                messages.add(call % 2 == 0 ? noise(random) : mutated(valid, random));
            }
            Status status = call(method, messages).get(60, TimeUnit.SECONDS);
            assertThat(status.getCode())
                    .as("call %s with %s messages: %s", call, messages.size(), status)
                    .isNotIn(Code.UNKNOWN, Code.INTERNAL, Code.OUT_OF_RANGE, Code.DEADLINE_EXCEEDED);
            assertThat(status.getCode() == Code.DATA_LOSS && !takesSnapshots(method))
                    .isFalse();
        }
        assertThat(Player.create(channel, Player.relay(1)).collect().getEvents().getRows())
                .isEqualTo(1);
    }

    /** Every answer has a status of the protocol with its reason, and nothing is left when it is over. */
    @Tag("slow")
    @Test
    void aHundredThousandRequestsDoTheServerNoHarm()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        assumeTrue(transport == Transports.TCP, "bytes are bytes");
        AtomicLong nanos = new AtomicLong();
        List<String> all = methods().toList();
        Random random = new Random(5);
        try (EnvironmentServer fuzzed =
                transport.start(ProtocolTest.CATALOG, ServerOptions.standard().withManualReaping(nanos::get))) {
            ManagedChannel line = transport.connect(fuzzed);
            Player player = Player.create(line, Player.relay(2, 5));
            @Nullable ProcessSize before = null;
            for (int call = 0; call < 100_000; call++) {
                if (call % 5_000 == 0) {
                    nanos.addAndGet(Duration.ofDays(2).toNanos());
                    fuzzed.reap();
                    player = Player.create(line, Player.relay(2, 5));
                    before = call == 10_000 ? ProcessSize.now() : before;
                }
                String method = all.get(random.nextInt(all.size()));
                byte[] message = nasty(method, player, random);
                Ended ended = ended(line, method, List.of(message)).get(60, TimeUnit.SECONDS);
                assertThat(ended.status().getCode())
                        .as("call %s to %s: %s", call, method, ended.status())
                        .isNotIn(
                                Code.UNKNOWN,
                                Code.INTERNAL,
                                Code.OUT_OF_RANGE,
                                Code.DEADLINE_EXCEEDED,
                                Code.CANCELLED,
                                Code.UNAVAILABLE);
                assertThat(ended.status().getCode() == Code.DATA_LOSS && !takesSnapshots(method))
                        .isFalse();
                assertThat(ended.status().isOk() || ended.trailers().containsKey(Refusals.REASON_TRAILER))
                        .as("call %s to %s has a reason: %s", call, method, ended.status())
                        .isTrue();
            }
            assertThat(Player.create(line, Player.relay(1))
                            .collect()
                            .getEvents()
                            .getRows())
                    .isEqualTo(1);
            nanos.addAndGet(Duration.ofDays(2).toNanos());
            fuzzed.reap();
            assertThat(fuzzed.sessionCount()).isZero();
            assertThat(fuzzed.reservedSessionCount()).isZero();
            Objects.requireNonNull(before).assertComesBack(ProcessSize::now);
            line.shutdownNow();
        }
    }

    /** Noise, a valid request with a few bits turned, or one with columns, counts and enums that nobody sends. */
    private static byte[] nasty(String method, Player player, Random random) {
        if (random.nextInt(3) == 0) {
            return noise(random);
        }
        byte[] valid;
        if (method.endsWith("CreateSession")) {
            CreateSessionRequest.Builder request = Player.relay(random.nextInt(4), random.nextLong());
            switch (random.nextInt(4)) {
                case 0 -> request.setLanes(random.nextInt());
                case 1 -> request.setResetModeValue(random.nextInt());
                case 2 -> request.setGamma(Double.longBitsToDouble(random.nextLong()));
                default -> request.setRequestId("r" + random.nextInt(9));
            }
            valid = request.build().toByteArray();
        } else {
            StepRequest.Builder request = player.request().setStepId(random.nextInt(4));
            int rows = random.nextInt(200) == 0 ? 50_000 : random.nextInt(5);
            for (int row = 0; row < rows; row++) {
                request.addLane(random.nextInt(4)).addSeat(random.nextInt(4) - 1);
                if (random.nextInt(20) != 0) {
                    request.addAction(random.nextInt(6) - 2);
                }
            }
            valid = request.setMaxTicks(random.nextInt())
                    .setMinReady(random.nextInt())
                    .build()
                    .toByteArray();
        }
        return random.nextBoolean() ? valid : mutated(valid, random);
    }

    /** Bytes that are no snapshot are damaged data. */
    private static boolean takesSnapshots(String method) {
        return method.endsWith("/Restore") || method.endsWith("/CreateSession");
    }

    private record Ended(Status status, Metadata trailers) {}

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mutated(byte[] valid, Random random) {
        byte[] bytes = java.util.Arrays.copyOf(valid, Math.max(1, valid.length - random.nextInt(3)));
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /**
     * Sends these messages and half-closes; the future is the status with which the call ended. Who has seen something of a
     * session that goes on hangs up.
     */
    private CompletableFuture<Status> call(String method, List<byte[]> messages) {
        return ended(channel, method, messages).thenApply(Ended::status);
    }

    private static CompletableFuture<Ended> ended(ManagedChannel channel, String method, List<byte[]> messages) {
        CompletableFuture<Ended> status = new CompletableFuture<>();
        ClientCall<byte[], byte[]> call = channel.newCall(
                MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                        .setFullMethodName(method)
                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                        .build(),
                CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] message) {
                        if (method.endsWith("/Watch")) {
                            status.complete(new Ended(Status.OK, new Metadata()));
                            call.cancel("seen enough", null);
                        }
                    }

                    @Override
                    public void onClose(Status end, Metadata trailers) {
                        status.complete(new Ended(end, trailers));
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
        messages.forEach(call::sendMessage);
        call.halfClose();
        return status;
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void columnsAsLongAsAMessageMayBeAreRefusedWithoutHarm() {
        Player player = Player.create(channel, Player.relay(2, 5));
        StepRequest.Builder bomb = player.request();
        for (int i = 0; i < 1_000_000; i++) {
            bomb.addLane(i);
        }
        Refused.by(() -> player.stub.step(bomb.build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("seat", "action");
        assertThat(player.collect().getEvents().getRows()).isEqualTo(2);
    }

    @Test
    void hugeCountsMeanAsManyAsThereAre() {
        Player player = Player.create(channel, Player.relay(2, 5));
        StepResponse all = player.step(player.request().setMinReady(-1).setMaxTicks(-1));
        assertThat(all.getEvents().getRows()).isEqualTo(2);
    }

    @Test
    void aCreationWithFarTooManySeedsIsRefused() {
        CreateSessionRequest.Builder request = Player.relay(3);
        for (int i = 0; i < 400_000; i++) {
            request.addSeeds(i);
        }
        Refused.by(() -> Player.create(channel, request))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("seeds");
    }

    @Test
    void namesOfAnyLengthAreRefusedWithAnswersOfBoundedLength() {
        String longName = "\u03c0%".repeat(50_000);
        Refused.by(() -> Player.create(channel, Player.relay(1).setEnvironment(longName)))
                .is(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND");
        Struct.Builder settings = Struct.newBuilder();
        for (int i = 0; i < 2000; i++) {
            settings.putFields("key" + i, Value.newBuilder().setNumberValue(i).build());
        }
        settings.putFields(longName, Value.newBuilder().setStringValue(longName).build());
        settings.putFields("fault", Value.newBuilder().setStringValue(longName).build());
        Refused.by(() -> Player.create(channel, Player.relay(1).setConfig(settings)))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD");
    }

    @Test
    void aMessageBeyondTheLimitIsRefusedByTheTransport() {
        assumeTrue(transport != Transports.IN_PROCESS, "messages in one process are not serialized");
        Player player = Player.create(channel, Player.relay(2, 5));
        StepRequest huge = player.request()
                .setParams(ByteString.copyFrom(new byte[5 << 20]))
                .build();
        assertThatThrownBy(() -> player.stub.step(huge))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
        assertThat(player.collect().getEvents().getRows()).isEqualTo(2);
    }
}
