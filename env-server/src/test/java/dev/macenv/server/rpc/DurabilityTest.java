package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.rpc.WatchedDisk.Act;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process, a power cut and a disk that cannot be forced may cost, and what not. */
final class DurabilityTest {
    private static final int STEPS = 30;
    private static final Duration NONE = Duration.ZERO;
    private static final Duration HOUR = Duration.ofHours(1); // so that nothing is forced before the server stops

    @TempDir
    private Path temporary = Path.of("");

    private final WatchedDisk disk = new WatchedDisk();
    private final List<EnvironmentServer> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private int copies;

    @AfterEach
    void stopServers() {
        disk.before = WatchedDisk.NOBODY;
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(EnvironmentServer::close);
    }

    private Path directory() {
        return temporary.resolve("state");
    }

    private Path nextCopy() {
        return temporary.resolve("copy" + copies++);
    }

    private ManagedChannel serve(Path directory, Duration loss, WatchedDisk opener) {
        EnvironmentServer server = Transports.IN_PROCESS.start(
                ProtocolTest.CATALOG,
                ServerOptions.standard().withDurability(new Durability(directory, loss, 1 << 20, 1 << 20, opener)));
        servers.add(server);
        ManagedChannel channel = Transports.IN_PROCESS.connect(server);
        channels.add(channel);
        return channel;
    }

    private Player startedAgain(Player player, Path left) {
        return player.on(serve(left, NONE, new WatchedDisk()));
    }

    private static long lastStepId(Player player) {
        return player.stub
                .getSession(GetSessionRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .getGrant()
                .getLastStepId();
    }

    /** A played game: what was sent and what came back. */
    private record Game(Player player, List<StepRequest> requests, List<StepResponse> answers) {
        static Game begun(ManagedChannel channel) {
            return new Game(Player.create(channel, Player.relay(2, 3)), new ArrayList<>(), new ArrayList<>());
        }

        StepRequest next() {
            return answers.isEmpty()
                    ? player.request().build()
                    : player.decisions(player.rows(answers.get(answers.size() - 1)))
                            .build();
        }

        void step() {
            StepRequest request = next();
            requests.add(request);
            answers.add(player.step(request.toBuilder()));
        }

        /** Another server has the session as it was after this step, and the game can be played on from there. */
        void isKnownUpTo(int step, Player again) {
            assertThat(lastStepId(again)).isEqualTo(step);
            for (int known = Math.max(0, step - 1); known < answers.size(); known++) {
                assertThat(again.send(requests.get(known))).isEqualTo(answers.get(known));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ lossMillis: 0

    @Test
    void whatHasBeenAnsweredOutlivesAPowerCut() {
        Game game = Game.begun(serve(directory(), NONE, disk));
        for (int step = 1; step <= STEPS; step++) {
            game.step();
            game.isKnownUpTo(step, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
        }
    }

    @Test
    void noAnswerLeavesBeforeTheDiskHasWhatItDependsOn() {
        Game game = Game.begun(serve(directory(), NONE, disk));
        game.step();
        AtomicInteger forces = new AtomicInteger();
        disk.before = (act, file) -> {
            if (act == Act.FORCE) {
                assertThat(game.answers()).hasSize(1 + forces.getAndIncrement());
            }
        };
        for (int step = 0; step < STEPS; step++) {
            game.step();
        }
        assertThat(forces).hasValue(STEPS);
    }

    // ------------------------------------------------------------------------------------------------ lossMillis > 0

    @Test
    void withALossAllowedAKilledProcessStillCostsNothing() {
        AtomicInteger forces = new AtomicInteger();
        disk.before = (act, file) -> {
            if (act == Act.FORCE) {
                forces.incrementAndGet();
            }
        };
        Game game = Game.begun(serve(directory(), HOUR, disk));
        for (int step = 1; step <= STEPS; step++) {
            game.step();
            assertThat(forces).hasValue(0); // nobody has waited for the disk
        }
        game.isKnownUpTo(STEPS, startedAgain(game.player(), WatchedDisk.afterKill(directory(), nextCopy())));
    }

    @Test
    void withALossAllowedNobodyWaitsForASlowDiskUntilMoreMightBeLost()
            throws InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        disk.before = (act, file) -> {
            if (act == Act.FORCE) {
                forcing.countDown();
                try {
                    assertThat(goOn.await(5, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException("while the disk was slow");
                }
            }
        };
        AtomicLong nanos = new AtomicLong();
        EnvironmentServer server = Transports.IN_PROCESS.start(
                ProtocolTest.CATALOG,
                ServerOptions.standard()
                        .withManualReaping(nanos::get)
                        .withDurability(new Durability(directory(), Duration.ofMillis(2), 1 << 20, 1 << 20, disk)));
        servers.add(server);
        channels.add(Transports.IN_PROCESS.connect(server));
        Game game = Game.begun(channels.get(0));
        game.step();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(forcing.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture.runAsync(() -> play(game, STEPS)).get(60, TimeUnit.SECONDS);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1)); // now a power cut would cost more than it may
        CompletableFuture<Void> late = CompletableFuture.runAsync(() -> play(game, 1));
        Path cut = disk.afterPowerCut(directory(), nextCopy());
        assertThat(late).isNotDone();
        assertThat(lastStepId(startedAgain(game.player(), cut))).isZero();
        goOn.countDown();
        late.get(60, TimeUnit.SECONDS);
        servers.get(0).close();
        game.isKnownUpTo(STEPS + 2, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
    }

    private static void play(Game game, int steps) {
        for (int step = 0; step < steps; step++) {
            game.step();
        }
    }

    /** What the disk takes and cannot keep is noticed late, and then it is the next step that is refused. */
    @Test
    void withALossAllowedADiskThatCannotBeForcedStopsTheGameAndLosesNothing() {
        AtomicBoolean broken = new AtomicBoolean();
        disk.before = (act, file) -> {
            if (act == Act.FORCE && broken.get()) {
                throw new IOException("Input/output error");
            }
        };
        Game game = Game.begun(serve(directory(), Duration.ofMillis(1), disk));
        game.step();
        broken.set(true);
        boolean refused = false;
        while (!refused) {
            StepRequest request = game.next();
            try {
                game.answers().add(game.player().step(request.toBuilder()));
                game.requests().add(request);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                refused = true;
            }
        }
        broken.set(false);
        for (int step = 0; step < 3; step++) { // one that was being forced meanwhile may still fail
            StepRequest request = game.next();
            game.requests().add(request);
            game.answers().add(takenAtLast(game.player(), request));
        }
        int all = game.answers().size();
        game.isKnownUpTo(all, startedAgain(game.player(), WatchedDisk.afterKill(directory(), nextCopy())));
        servers.get(0).close();
        game.isKnownUpTo(all, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
    }

    @Test
    void withALossAllowedAPowerCutTakesTheSessionBackAndWhoeverIsAheadIsTold() {
        Game game = Game.begun(serve(directory(), HOUR, disk));
        for (int step = 1; step <= STEPS; step++) {
            game.step();
        }
        Player again = startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy()));
        assertThat(lastStepId(again)).isZero(); // the session itself is on the disk before anybody knows it
        Refused.by(() -> again.send(game.next())).is(Code.ABORTED, "STEP_ID_MISMATCH");
        game.isKnownUpTo(0, again); // and the same game comes of the same decisions
    }

    @Test
    void aServerThatStopsForcesWhatItStillMayLose() {
        Game game = Game.begun(serve(directory(), HOUR, disk));
        for (int step = 1; step <= STEPS; step++) {
            game.step();
        }
        servers.get(0).close();
        game.isKnownUpTo(STEPS, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
    }

    @Test
    void whatIsForcedInTimeIsSafe() {
        Game game = Game.begun(serve(directory(), Duration.ofMillis(1), disk));
        for (int step = 1; step <= STEPS; step++) {
            game.step();
        }
        int there = 0;
        while (there < STEPS) { // the window passes by itself
            Player again = startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy()));
            int now = (int) lastStepId(again);
            assertThat(now).isGreaterThanOrEqualTo(there);
            there = now;
        }
    }

    // ------------------------------------------------------------------------------------------------ failing disks

    @Test
    void aDiskThatCannotBeForcedAnswersNobodyAsIfItCouldAndLosesNothing() {
        AtomicBoolean broken = new AtomicBoolean();
        disk.before = (act, file) -> {
            if (act == Act.FORCE && broken.get()) {
                throw new IOException("Input/output error");
            }
        };
        Game game = Game.begun(serve(directory(), NONE, disk));
        for (int step = 1; step <= STEPS; step++) {
            game.step();
        }
        broken.set(true);
        StepRequest request = game.next();
        for (int attempt = 0; attempt < 3; attempt++) {
            Refused refused = Refused.by(() -> game.player().send(request))
                    .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                    .metadata("limit", "journal")
                    .quota()
                    .retry();
            assertThat(refused.message()).contains("Input/output error");
        }
        // A machine that dies now has what it had; one whose process is killed may have taken the step, or not.
        game.isKnownUpTo(STEPS, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
        Player killed = startedAgain(game.player(), WatchedDisk.afterKill(directory(), nextCopy()));
        assertThat(lastStepId(killed)).isBetween((long) STEPS, STEPS + 1L);
        StepResponse there = killed.send(request);

        broken.set(false);
        game.requests().add(request);
        game.answers().add(takenAtLast(game.player(), request));
        assertThat(there).isEqualTo(game.answers().get(STEPS));
        for (int step = 0; step < 5; step++) {
            game.step();
        }
        int all = game.answers().size();
        game.isKnownUpTo(all, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
        game.isKnownUpTo(all, startedAgain(game.player(), WatchedDisk.afterKill(directory(), nextCopy())));
    }

    /** The first request after a failure has writing tried again, and may itself still be refused. */
    private static StepResponse takenAtLast(Player player, StepRequest request) {
        while (true) {
            try {
                return player.step(request.toBuilder());
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            }
        }
    }

    /** The thread that writes all journals outlives whatever one file does to it. */
    @Test
    void aDiskThatFailsAsNobodyExpectedIsADiskThatFails() {
        AtomicBoolean broken = new AtomicBoolean();
        disk.before = (act, file) -> {
            if (broken.get()) {
                throw new IllegalStateException("no such thing can happen to " + act);
            }
        };
        ManagedChannel channel = serve(directory(), NONE, disk);
        Game game = Game.begun(channel);
        Game other = Game.begun(channel);
        game.step();
        broken.set(true);
        Refused refused = Refused.by(() -> game.player().send(game.next()))
                .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                .metadata("limit", "journal");
        assertThat(refused.message())
                .contains("no such thing can happen to"); // writing, or cutting off what was written
        broken.set(false);
        other.step();
        StepRequest request = game.next();
        game.requests().add(request);
        game.answers().add(takenAtLast(game.player(), request));
        game.isKnownUpTo(2, startedAgain(game.player(), disk.afterPowerCut(directory(), nextCopy())));
    }

    @Test
    void aSessionThatCouldBeBegunAndNotPlayedIsThereAfterwards() {
        ManagedChannel channel = serve(directory(), NONE, disk);
        disk.before = (act, file) -> {
            if (act == Act.FORCE) {
                throw new IOException("Input/output error");
            }
        };
        Player player = Player.create(channel, Player.relay(2, 3)); // its first records are forced on another way
        Refused.by(player::collect)
                .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                .metadata("limit", "journal");
        assertThat(lastStepId(startedAgain(player, disk.afterPowerCut(directory(), nextCopy()))))
                .isZero();
    }
}
