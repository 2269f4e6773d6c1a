package dev.macenv.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import dev.macenv.env.AnnouncedEnvironment;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.Settings;
import dev.macenv.env.contract.ContractCheck;
import dev.macenv.host.v1.Offer;
import dev.macenv.host.v1.Outcome;
import dev.macenv.host.v1.RunResponse;
import dev.macenv.server.session.EnvironmentFaultException;
import dev.macenv.server.testing.FakeHost;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An environment at a host keeps every promise while the host does, and says what is wrong when it does not. */
final class EnvironmentHostTest {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int[] BOTH_HOP = {0, 0};
    private static final int[] BOTH_DRIFT = {1, 1};
    private static final long SEED = 3; // both may drift at its start, and nothing ends before they have

    private FakeHost fake = new FakeHost(0);
    private final EnvironmentHost host = EnvironmentHost.dial(fake.address(), PATIENCE);

    @AfterEach
    void close() {
        host.close();
        fake.close();
    }

    private Supplier<MacDecPomdp> lanes() {
        return host.lanes(FakeHost.ENVIRONMENT, Settings.none());
    }

    private AnnouncedEnvironment environment() {
        return (AnnouncedEnvironment) lanes().get();
    }

    // ------------------------------------------------------------------------------------------------ truth

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS_ALLOCATE_NOTHING")
    void anHonestHostsEnvironmentKeepsEveryPromise(ContractCheck check) {
        check.verify(lanes());
    }

    @Test
    void nobodyPromisesThatMessagesAllocateNothing() {
        assertThat(ContractCheck.STEPS_ALLOCATE_NOTHING.concerns(environment())).isFalse();
    }

    @Test
    void whatIsAnnouncedToSeveralIsAskedForInOneMessage() {
        Supplier<MacDecPomdp> lanes = lanes();
        AnnouncedEnvironment one = (AnnouncedEnvironment) lanes.get();
        AnnouncedEnvironment other = (AnnouncedEnvironment) lanes.get();
        one.announceReset(1);
        other.announceReset(2);
        one.reset(1);
        other.reset(2);
        assertThat(fake.requests()).hasSize(1);

        one.announceSteps(BOTH_HOP, 0, OptionalLong.empty());
        other.announceSteps(BOTH_HOP, 0, OptionalLong.empty());
        one.step(BOTH_HOP);
        other.step(BOTH_HOP);
        assertThat(fake.requests()).hasSize(2);
        assertThat(fake.requests().get(1).getTasksCount()).isEqualTo(2);
    }

    @Test
    void theTicksUpToAnEventAreOneMessage() {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        environment.announceSteps(BOTH_DRIFT, 0, OptionalLong.empty());
        do {
            environment.step(BOTH_DRIFT);
        } while (!environment.ended(0) && !environment.ended(1));
        assertThat(environment.tick()).isGreaterThan(1);
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void theNextEpisodeComesWithTheEndOfTheLast() {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        int steps = 0;
        while (!environment.terminated() && !environment.truncated()) {
            environment.announceSteps(BOTH_HOP, 0, OptionalLong.of(8));
            environment.step(BOTH_HOP);
            steps++;
        }
        environment.reset(8);
        assertThat(environment.tick()).isZero();
        assertThat(fake.requests()).hasSize(1 + steps);
    }

    /** What was announced binds nobody: the episode is what is really asked for. */
    @Test
    void whoDoesSomethingElseThanAnnouncedGetsWhatItDoes() {
        AnnouncedEnvironment plain = environment();
        AnnouncedEnvironment fickle = environment();
        plain.reset(SEED);
        fickle.announceReset(9);
        fickle.reset(SEED);
        fickle.announceSteps(BOTH_HOP, 0, OptionalLong.of(4));
        plain.step(BOTH_DRIFT);
        fickle.step(BOTH_DRIFT);
        assertThat(fickle.reward()).isEqualTo(plain.reward());
        assertThat(fickle.ended(0)).isEqualTo(plain.ended(0));
        fickle.reset(5);
        plain.reset(5);
        assertThat(fickle.inspect()).isEqualTo(plain.inspect());
    }

    @Test
    void whatTheHostHasAlreadyDoneButNobodyAskedForIsUndone() {
        Supplier<MacDecPomdp> lanes = lanes();
        AnnouncedEnvironment first = (AnnouncedEnvironment) lanes.get();
        AnnouncedEnvironment fickle = (AnnouncedEnvironment) lanes.get();
        AnnouncedEnvironment plain = environment();
        first.reset(1);
        fickle.reset(SEED);
        plain.reset(SEED);
        first.announceSteps(BOTH_HOP, 0, OptionalLong.empty());
        fickle.announceSteps(BOTH_HOP, 0, OptionalLong.empty());
        first.step(BOTH_HOP); // both lanes have hopped at the host
        do {
            plain.step(BOTH_DRIFT);
            fickle.step(BOTH_DRIFT);
            assertThat(fickle.reward()).isEqualTo(plain.reward());
        } while (!plain.ended(0));
        assertThat(fickle.inspect()).isEqualTo(plain.inspect());
    }

    // ------------------------------------------------------------------------------------------------ offers

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:6000,                    ",
        "localhost:6000,                    ",
        "[::1]:6000,                        ",
        "unix:/tmp/host,                    ",
        "6000,              HOST:PORT or unix:PATH",
        "203.0.113.1:6000,  a loopback address or unix:PATH",
    })
    void aHostIsOnThisMachine(String address, String expected) {
        assertThat(EnvironmentHost.problem(address).orElse("")).startsWith(expected == null ? "" : expected);
        assertThat(EnvironmentHost.problem(address).isEmpty()).isEqualTo(expected == null);
    }

    @Test
    void whereNobodyListensTheMessageSaysWhatToStart() {
        String address = fake.address();
        fake.close();
        assertThatThrownBy(() -> EnvironmentHost.dial(address, PATIENCE))
                .isInstanceOf(HostException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("nobody answered there within " + PATIENCE.toMillis() + " ms")
                .hasMessageContaining("(expected: python -m macenv.host, or macenv.host.serve(), running there");
    }

    @Test
    void aConnectionThatEndsWhileTheHostIsAskedCostsNothing() {
        Semaphore lost = new Semaphore(1);
        fake.offer(truth -> {
            if (lost.tryAcquire()) {
                throw Status.UNAVAILABLE.asRuntimeException();
            }
            return truth;
        });
        try (EnvironmentHost host = EnvironmentHost.dial(fake.address(), PATIENCE)) {
            assertThat(host.environments()).hasSize(1);
        }
    }

    @Test
    void aHostThatCannotSayWhatItOffersIsQuoted() {
        fake.offer(truth -> {
            throw Status.INTERNAL.withDescription("KeyError: 'tree'").asRuntimeException();
        });
        assertThatThrownBy(() -> EnvironmentHost.dial(fake.address(), PATIENCE))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("does not say what it offers, INTERNAL (KeyError: 'tree')");
    }

    static Stream<Arguments> offersOfNoSense() {
        return Stream.of(
                nonsense(offer -> offer.setId("Drift"), "Drift"),
                nonsense(Offer.Builder::clearAgents, "agents"),
                nonsense(Offer.Builder::clearState, "state: no labels (expected: at least one)"),
                nonsense(offer -> offer.getAgentsBuilder(1).setName("left"), "left occurs twice"),
                nonsense(offer -> offer.getAgentsBuilder(0).clearMacroActions(), "macro"),
                nonsense(
                        offer -> offer.getAgentsBuilder(0)
                                .getMacroActionsBuilder(1)
                                .setName("hop"),
                        "macro-action: hop occurs twice (expected: unique names)"),
                nonsense(
                        offer -> offer.getAgentsBuilder(0)
                                .getMacroActionsBuilder(0)
                                .setMinTicks(5),
                        "icks"),
                nonsense(offer -> offer.getStateBuilder(0).setSize(0), "size"),
                nonsense(offer -> offer.getStateBuilder(0).setLow(2), "low"),
                nonsense(offer -> offer.setHorizon(-1), "horizon"),
                nonsense(offer -> offer.setMaxMacroTicks(0), "icks"));
    }

    private static Arguments nonsense(Consumer<Offer.Builder> change, String message) {
        return arguments(change, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("offersOfNoSense")
    void anOfferThatMakesNoSenseIsNotTaken(Consumer<Offer.Builder> change, String message) {
        fake.offer(truth -> {
            var twisted = truth.toBuilder();
            change.accept(twisted.getOffersBuilder(0));
            return twisted.build();
        });
        assertThatThrownBy(() -> EnvironmentHost.dial(fake.address(), PATIENCE))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("environment host " + fake.address())
                .hasMessageContaining(message);
    }

    @Test
    void anIdIsOfferedOnce() {
        fake.offer(truth -> truth.toBuilder().addOffers(truth.getOffers(0)).build());
        assertThatThrownBy(() -> EnvironmentHost.dial(fake.address(), PATIENCE))
                .hasMessageContaining("offers drift twice (expected: once)");
    }

    // ------------------------------------------------------------------------------------------------ lies

    static Stream<Arguments> wrongOutcomes() {
        ByteString short1 = FakeHost.numbers(0);
        return Stream.of(
                lie(outcome -> outcome.setRewards(0, Double.NaN), "reward: NaN (expected: a finite number)"),
                lie(Outcome.Builder::clearRewards, "no tick was run (expected: at least one)"),
                lie(Outcome.Builder::clearRow, "where the lane stands is missing (expected: a row)"),
                lie(outcome -> outcome.getRowBuilder().setTick(7), "tick 7 (expected: 1)"),
                lie(outcome -> outcome.getRowBuilder().setEnded(bytes(1)), "ended: 1 flags (expected: 2)"),
                lie(outcome -> outcome.getRowBuilder().setEnded(bytes(1, 2)), "ended[1]: 2 (expected: 0 or 1)"),
                lie(
                        outcome -> outcome.getRowBuilder().setEnded(bytes(0, 0)),
                        "stopped after 1 ticks without an event (expected: as many as asked for)"),
                lie(outcome -> outcome.getRowBuilder().setLegal(bytes(1, 1)), "legal: 2 flags (expected: 4)"),
                lie(
                        outcome -> outcome.getRowBuilder().setObservations(short1),
                        "observations: 8 bytes (expected: 16, for 2 numbers)"),
                lie(
                        outcome -> outcome.getRowBuilder().setObservations(FakeHost.numbers(0, Double.NaN)),
                        "observations[1]: NaN (expected: a finite number)"),
                lie(
                        outcome -> outcome.getRowBuilder().setState(short1),
                        "state: 8 bytes (expected: 16, for 2 numbers)"),
                lie(
                        outcome -> outcome.getRowBuilder().setState(FakeHost.numbers(Double.POSITIVE_INFINITY, 0)),
                        "state[0]: Infinity (expected: a finite number)"));
    }

    private static Arguments lie(Consumer<Outcome.Builder> change, String message) {
        return arguments(change, message);
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrongOutcomes")
    void aWrongOutcomeIsAFaultThatSaysWhatToMendAndTheNextEpisodeBegins(
            Consumer<Outcome.Builder> change, String message) {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        fake.twist(0, change);
        environment.announceSteps(BOTH_HOP, 0, OptionalLong.empty());
        assertThatThrownBy(() -> environment.step(BOTH_HOP))
                .isInstanceOf(EnvironmentFaultException.class)
                .hasMessage("drift at its host: " + message);
        fake.twist(UnaryOperator.identity());
        environment.reset(SEED);
        environment.step(BOTH_HOP);
        assertThat(environment.tick()).isEqualTo(1);
    }

    @Test
    void everybodyIsPendingAtTheStart() {
        fake.twist(0, outcome -> outcome.getRowBuilder().setEnded(bytes(1, 0)));
        assertThatThrownBy(() -> environment().reset(SEED))
                .hasMessage("drift at its host: somebody is not pending at the start (expected: every agent is)");
    }

    @Test
    void noEpisodeGoesOnAfterTheHorizon() {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        fake.twist(0, outcome -> outcome.clearRewards().addAllRewards(Collections.nCopies(20, 0.0)));
        environment.announceSteps(BOTH_DRIFT, 0, OptionalLong.empty());
        assertThatThrownBy(() -> {
                    while (true) {
                        environment.step(BOTH_DRIFT);
                    }
                })
                .hasMessage("drift at its host: the episode goes on after tick 12 (expected: an end at the horizon)");
    }

    static Stream<Arguments> confusedAnswers() {
        return Stream.of(
                confusion(response -> response.setGeneration("other"), "answers for generation other (expected: "),
                confusion(response -> response.setNumber(9), "answers request 9 (expected: 2)"),
                confusion(RunResponse.Builder::clearOutcomes, "answers for lanes [] (expected: [0])"),
                confusion(
                        response -> response.getOutcomesBuilder(0).setLane(5),
                        "answers for lanes [5] (expected: [0])"));
    }

    private static Arguments confusion(Consumer<RunResponse.Builder> change, String message) {
        return arguments(change, message);
    }

    /** Whose answer it is, is in doubt: nothing on that line is believed any more. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("confusedAnswers")
    void anAnswerToSomethingElseEndsTheLineAndTheNextEpisodeBegins(
            Consumer<RunResponse.Builder> change, String message) {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        fake.twist(response -> {
            RunResponse.Builder twisted = response.toBuilder();
            change.accept(twisted);
            return twisted.build();
        });
        assertThatThrownBy(() -> environment.step(BOTH_HOP))
                .isInstanceOf(EnvironmentFaultException.class)
                .hasMessageStartingWith("environment host " + fake.address() + ": " + message);
        fake.twist(UnaryOperator.identity());
        environment.reset(SEED);
        environment.step(BOTH_HOP);
    }

    @Test
    void whatTheAuthorsCodeSaidIsPassedOnInOneLineOfBearableLength() {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        fake.twist(0, outcome -> outcome.clearRow().clearRewards().setFailure("KeyError: 'tree'\n" + "x".repeat(9999)));
        assertThatThrownBy(() -> environment.step(BOTH_HOP))
                .isInstanceOf(EnvironmentFaultException.class)
                .hasMessageStartingWith("drift at its host: KeyError: 'tree' xxx")
                .hasMessageEndingWith("x...")
                .satisfies(fault -> assertThat(fault.getMessage()).hasSizeLessThan(600));
    }

    // ------------------------------------------------------------------------------------------------ silence, and
    // other hosts

    @Test
    void aHostThatDoesNotAnswerIsGivenUp() {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        fake.fallSilent(true);
        assertThatThrownBy(() -> environment.step(BOTH_HOP))
                .isInstanceOf(EnvironmentFaultException.class)
                .hasMessage("environment host " + fake.address() + ": did not answer (expected: within 3000 ms);"
                        + " the episode is lost with it (expected: a reset, for another one)");
        fake.fallSilent(false);
        environment.reset(SEED);
        environment.step(BOTH_HOP);
        assertThat(environment.tick()).isEqualTo(1);
    }

    @Test
    void anEpisodeIsLostWithItsHostAndTheNextOneBeginsAtTheNextHost() {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        environment.step(BOTH_HOP);
        byte[] saved = environment.snapshot();
        restartHost();
        assertThatThrownBy(() -> environment.step(BOTH_HOP))
                .isInstanceOf(EnvironmentFaultException.class)
                .hasMessageContaining("is gone");
        environment.reset(SEED);
        assertThat(fake.requests()).hasSize(1);
        environment.restore(saved);
        assertThat(environment.tick()).isEqualTo(1);
    }

    @Test
    void aHostThatOffersSomethingElseThanBeforeIsNotGoneOnWith() {
        AnnouncedEnvironment environment = environment();
        restartHost();
        fake.offer(truth -> {
            var other = truth.toBuilder();
            other.getOffersBuilder(0).setVersion("2");
            return other.build();
        });
        assertThatThrownBy(() -> environment.reset(SEED))
                .isInstanceOf(EnvironmentFaultException.class)
                .hasMessageContaining("no longer offers drift 1")
                .hasMessageContaining("start the server again");
    }

    private void restartHost() {
        int port = fake.port();
        fake.close();
        fake = new FakeHost(port);
    }

    @Test
    void aHostForgetsTheLanesOfWhoeverIsClosed() throws InterruptedException {
        AnnouncedEnvironment environment = environment();
        environment.reset(SEED);
        environment.close();
        fake.awaitEndOfCall();
    }
}
