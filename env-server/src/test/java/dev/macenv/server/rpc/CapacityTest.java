package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However many clients come, and however they leave, the server keeps to its limits and to its size. */
final class CapacityTest {
    private static final int SESSIONS = 20;

    @ParameterizedTest
    @EnumSource(
            value = Transports.class,
            names = {"IN_PROCESS", "TCP"})
    void twiceAsManyCreationsAtOnceAsThereIsRoomFillTheServerAndNoMore(Transports transport)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (EnvironmentServer server = transport.start(
                ProtocolTest.CATALOG,
                ServerOptions.standard().withLimits(SessionLimits.STANDARD.withSessions(SESSIONS)))) {
            ManagedChannel channel = transport.connect(server);
            List<CompletableFuture<CreateSessionResponse>> creations = new ArrayList<>();
            for (int i = 0; i < 2 * SESSIONS; i++) {
                creations.add(create(channel));
            }
            int made = 0;
            for (CompletableFuture<CreateSessionResponse> creation : creations) {
                made += succeeded(creation) ? 1 : 0;
            }
            assertThat(made).isEqualTo(SESSIONS);
            assertThat(server.sessionCount()).isEqualTo(SESSIONS);
            assertThat(server.reservedSessionCount()).isEqualTo(SESSIONS);
            Refused.by(() -> Player.create(channel, Player.relay(1)))
                    .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                    .quota()
                    .retry();
            channel.shutdownNow();
        }
    }

    private static CompletableFuture<CreateSessionResponse> create(ManagedChannel channel) {
        CompletableFuture<CreateSessionResponse> result = new CompletableFuture<>();
        SessionServiceGrpc.newStub(channel).createSession(Player.relay(1).build(), new StreamObserver<>() {
            @Override
            public void onNext(CreateSessionResponse created) {
                result.complete(created);
            }

            @Override
            public void onError(Throwable problem) {
                result.completeExceptionally(problem);
            }

            @Override
            public void onCompleted() {}
        });
        return result;
    }

    private static boolean succeeded(CompletableFuture<CreateSessionResponse> creation)
            throws InterruptedException, TimeoutException, ExecutionException {
        try {
            creation.get(60, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusRuntimeException refused
                    && refused.getStatus().getCode() == Code.RESOURCE_EXHAUSTED) {
                return false;
            }
            throw e;
        }
    }

    @Test
    void whatConstructsEnvironmentsDoesNotPileUp() {
        try (EnvironmentServer server = EnvironmentServer.inProcess(
                ProtocolTest.CATALOG,
                ServerOptions.standard().withLimits(SessionLimits.STANDARD.withConstructions(0)))) {
            ManagedChannel channel = Transports.IN_PROCESS.connect(server);
            Refused.by(() -> Player.create(channel, Player.relay(1)))
                    .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                    .metadata("limit", "constructions")
                    .quota()
                    .retry();
            channel.shutdownNow();
        }
    }

    /** A client that vanishes closes nothing, and half of them leave a stream open behind them. */
    @Tag("slow")
    @Test
    void aThousandClientsThatVanishLeaveNothingBehind(@TempDir Path folder) throws InterruptedException, IOException {
        AtomicLong nanos = new AtomicLong();
        Path state = folder.resolve("state");
        try (EnvironmentServer server = Transports.TCP.start(
                ProtocolTest.CATALOG,
                ServerOptions.standard()
                        .withManualReaping(nanos::get)
                        .withDurability(
                                new Durability(state, Duration.ZERO, 1 << 18, 1 << 20, StateDirectory.Opener.FILES)))) {
            vanish(server, 200, nanos);
            assertThat(StateFiles.awaitRemoval(state)).containsExactly("key", "lock");
            ProcessSize before = ProcessSize.now();
            vanish(server, 1000, nanos);
            assertThat(StateFiles.awaitRemoval(state)).containsExactly("key", "lock");
            assertThat(server.sessionCount()).isZero();
            assertThat(server.reservedSessionCount()).isZero();
            before.assertComesBack(ProcessSize::now);
        }
    }

    private static void vanish(EnvironmentServer server, int clients, AtomicLong nanos) throws InterruptedException {
        for (int i = 0; i < clients; i++) {
            ManagedChannel channel = Transports.TCP.connect(server);
            Player player = Player.create(channel, Player.relay(4, i));
            if (i % 2 == 0) {
                player.onStream();
            }
            player.answer(player.rows(player.answer(player.rows(player.collect()))));
            channel.shutdownNow();
            assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            if (i % 100 == 99) {
                nanos.addAndGet(Duration.ofMinutes(11).toNanos());
                long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                // The server may still be reading of the last ones that they have gone.
                while (server.sessionCount() > 0 && System.nanoTime() < giveUp) {
                    server.reap();
                    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
                    Thread.onSpinWait();
                }
                assertThat(server.sessionCount()).isZero();
            }
        }
    }
}
