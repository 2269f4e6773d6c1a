package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.ClientOptions.StepTransport;
import dev.macenv.client.Decisions;
import dev.macenv.client.Drawing;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Events;
import dev.macenv.client.JoinOptions;
import dev.macenv.client.MacenvException.FieldViolation;
import dev.macenv.client.MacroStates;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.Snapshot;
import dev.macenv.client.View;
import dev.macenv.client.Watch;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import dev.macenv.client.policy.Policy;
import dev.macenv.server.catalog.Catalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The client and the server together, over every transport. */
class ClientTest {

    private static final int EPISODES = 2;
    private static final SessionOptions BOX_PUSHING =
            SessionOptions.of("bp-6").withSeeds(7L).withGamma(0.9).withView(View.training());

    @ParameterizedTest
    @MethodSource("ways")
    void theSameSeedGivesTheSameBytesOnEveryWay(Transports transport, StepTransport steps) {
        try (EnvironmentServer server = transport.start(Catalog.load(), ServerOptions.standard());
                EnvironmentClient client = EnvironmentClient.connect(server.target(), options(steps));
                Session eight = client.createSession(BOX_PUSHING.withLanes(8));
                Session one = client.createSession(BOX_PUSHING)) {
            TrajectoryDigest all = play(eight, new Decisions());
            TrajectoryDigest alone = play(one, new Decisions());

            assertThat(all.all()).isEqualTo(reference().all());
            assertThat(alone.lane(0)).isEqualTo(all.lane(0));
        }
    }

    @Test
    void aLaneAloneIsTheLaneAmongOthers() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session eight = client.createSession(BOX_PUSHING.withLanes(8));
                Session fifth =
                        client.createSession(BOX_PUSHING.withSeeds(eight.seeds().get(5)))) {
            assertThat(play(fifth, new Decisions()).lane(0))
                    .isEqualTo(play(eight, new Decisions()).lane(5));
        }
    }

    @Test
    void answeringEarlyChangesNoTrajectory() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(BOX_PUSHING.withLanes(8))) {
            assertThat(play(session, new Decisions().minReady(3)).all())
                    .isEqualTo(reference().all());
        }
    }

    @ParameterizedTest
    @EnumSource(StepTransport.class)
    void connectionsThatAreCutAnywhereChangeNothing(StepTransport steps) throws IOException {
        try (EnvironmentServer server = Transports.TCP.start(Catalog.load(), ServerOptions.standard());
                CuttingProxy proxy = new CuttingProxy(port(server), new SplittableRandom(5), 2000, 9000);
                EnvironmentClient client = EnvironmentClient.connect(proxy.target(), options(steps));
                Session session = client.createSession(BOX_PUSHING.withLanes(8))) {
            assertThat(play(session, new Decisions()).all())
                    .isEqualTo(reference().all());
            assertThat(proxy.cuts()).isGreaterThan(5);
        }
    }

    @Test
    void aLaneIsPutBackAndCopied() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(BOX_PUSHING)) {
            Decisions decisions = new Decisions();
            decide(session.step(decisions), decisions);
            decide(session.step(decisions), decisions);
            Snapshot saved = session.snapshot(0);
            TrajectoryDigest original = play(session, decisions);

            session.restore(0, saved);
            TrajectoryDigest again = play(session, new Decisions());
            try (Session copy = client.createSession(BOX_PUSHING.fromSnapshot(saved))) {
                assertThat(copy.seeds()).isEmpty();
                assertThat(play(copy, new Decisions()).all()).isEqualTo(again.all());
            }
            session.restore(0, saved);
            decide(session.step(new Decisions()), decisions);
            assertThat(play(session, decisions).all()).isEqualTo(original.all());
        }
    }

    @Test
    void aSpectatorFollowsUntilTheSessionCloses() {
        View all = new View(true, true, true, true, true, false);
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            Session session = client.createSession(BOX_PUSHING.withSpectators(all));
            Session spectator =
                    client.join(JoinOptions.of(session.invites().get(0)).withView(all));
            Watch watch = spectator.watch();
            assertThat(spectator.seats()).isEmpty();
            Decisions decisions = new Decisions();
            Events events = session.step(decisions);
            for (int i = 0; i < 20; i++) {
                Events seen = watch.next();
                assertThat(seen.rows()).isEqualTo(events.rows());
                assertThat(seen.tick(0)).isEqualTo(events.tick(0));
                assertThat(seen.kind(0)).isEqualTo(events.kind(0));
                decide(events, decisions);
                events = session.step(decisions);
            }
            session.close();
            while (watch.hasNext()) {
                watch.next();
            }
            assertThat(watch.hasNext()).isFalse();
            assertThat(watch.droppedRows()).isZero();
        }
    }

    @Test
    void aLaneIsDrawn() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(BOX_PUSHING.withView(View.everything()))) {
            Drawing drawing = session.render(0, "");
            assertThat(drawing.format()).isEqualTo("text/plain");
            assertThat(new String(drawing.data(), StandardCharsets.UTF_8)).startsWith("bp-6   tick 0");
            assertThat(drawing.tick()).isZero();
        }
    }

    @Test
    void whoClosesAWatchSeesNoMore() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(BOX_PUSHING)) {
            Watch watch = session.watch(0);
            assertThat(watch.next().rows()).isEqualTo(1);
            watch.close();
            assertThat(watch.hasNext()).isFalse();
        }
    }

    private static void decide(Events events, Decisions decisions) {
        decisions.clear();
        int row = events.rows() - 1; // after an END row, the START row
        for (int agent = 0; agent < 2; agent++) {
            if (events.pending(row, agent)) {
                decisions.add(0, agent, policy().choose(events, row, agent));
            }
        }
    }

    @Test
    void tickByTickIsTheSameEpisode() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session skipping = client.createSession(BOX_PUSHING);
                Session ticking = client.createSession(BOX_PUSHING)) {
            List<double[]> rewards = new ArrayList<>();
            List<EpisodeSummary> whole = new EpisodeLoop(skipping, policy()).play(1);
            List<EpisodeSummary> byTick = new ArrayList<>();
            Decisions decisions = new Decisions().maxTicks(1);
            while (byTick.isEmpty()) {
                Events events = ticking.step(decisions);
                decisions.clear();
                for (int r = 0; r < events.rows(); r++) {
                    assertThat(events.jointTau(r)).isLessThanOrEqualTo(1);
                    rewards.add(events.rewardTrace(r));
                    for (int agent = 0; agent < 2; agent++) {
                        if (events.pending(r, agent)) {
                            decisions.add(events.lane(r), agent, policy().choose(events, r, agent));
                        }
                    }
                }
                byTick.addAll(events.ended());
            }
            assertThat(byTick).isEqualTo(whole);
            assertThat(rewards.stream().mapToInt(trace -> trace.length).sum())
                    .isEqualTo(whole.get(0).ticks());
        }
    }

    @Test
    void theThreePlainVerbs() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(BOX_PUSHING)) {
            Events start = session.step(new Decisions());
            float[] fromEvents = new float[session.spec().observationSize(0)];
            float[] held = new float[fromEvents.length];
            start.observation(0, 0, fromEvents, 0);
            session.macroObservation().observation(0, 0, held, 0);
            assertThat(held).containsExactly(fromEvents);

            float[] state = new float[session.spec().stateSize()];
            float[] macroState = new float[state.length];
            MacroStates states = session.macroState(0);
            states.state(0, state, 0);
            states.macroState(0, 1, macroState, 0);
            assertThat(macroState).as("at the start").containsExactly(state);
            assertThat(session.macroObservation().pending(0, 0)).isTrue();
        }
    }

    @Test
    void resetsAndSeedsOfEpisodes() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(BOX_PUSHING.withLanes(2))) {
            long seed = session.step(new Decisions()).started().get(1).seed();

            assertThat(session.resetEpisodes(List.of(0), List.of(seed)))
                    .singleElement()
                    .satisfies(start -> assertThat(start.seed()).isEqualTo(seed));
            Events events = session.step(new Decisions());
            assertThat(events.started()).singleElement().satisfies(start -> {
                assertThat(start.lane()).isZero();
                assertThat(start.episode()).isOne();
            });
        }
    }

    @Test
    void whatIsWrongWithASessionIsSaidAllAtOnce() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            assertThatExceptionOfType(RequestRefusedException.class)
                    .isThrownBy(() -> client.createSession(BOX_PUSHING
                            .withSettings(Map.of("colour", "red"))
                            .withLanes(0)
                            .withGamma(2)))
                    .satisfies(refused -> {
                        assertThat(refused.reason()).isEqualTo("INVALID_FIELD");
                        assertThat(refused.violations())
                                .extracting(FieldViolation::field)
                                .contains("config.colour", "lanes", "gamma");
                    });
        }
    }

    @Test
    void aSecondClientTakesOver() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session first = client.createSession(BOX_PUSHING)) {
            Events start = first.step(new Decisions());

            Session second = client.attach(first.key());
            Events again = second.step(new Decisions());

            assertThat(again).hasToString(start.toString());
            assertThat(second.spec()).isEqualTo(first.spec());
        }
    }

    private static TrajectoryDigest reference() {
        try (EnvironmentClient client = EnvironmentClient.embedded(options(StepTransport.STREAM));
                Session session = client.createSession(BOX_PUSHING.withLanes(8))) {
            return play(session, new Decisions());
        }
    }

    /** Plays until each lane has ended its first episodes. */
    private static TrajectoryDigest play(Session session, Decisions decisions) {
        TrajectoryDigest digest = new TrajectoryDigest(session.lanes(), EPISODES);
        while (!digest.isComplete()) {
            Events events = session.step(decisions);
            digest.accept(events);
            decisions.clear();
            for (int r = 0; r < events.rows(); r++) {
                for (int agent : session.seats()) {
                    if (events.pending(r, agent)) {
                        decisions.add(events.lane(r), agent, policy().choose(events, r, agent));
                    }
                }
            }
        }
        return digest;
    }

    /** Chooses by when and who alone, so that the choice does not depend on which lanes are played together. */
    private static Policy policy() {
        return (events, row, agent) -> new SplittableRandom(
                        (events.episode(row) * 1000L + events.tick(row)) * 10L + agent)
                .nextInt(events.spec().actionCount(agent));
    }

    private static int port(EnvironmentServer server) {
        return Integer.parseInt(server.target().substring(server.target().lastIndexOf(':') + 1));
    }

    private static ClientOptions options(StepTransport steps) {
        return ClientOptions.defaults().withTransport(steps);
    }

    private static Stream<Arguments> ways() {
        return Stream.of(Transports.values())
                .flatMap(transport -> Stream.of(StepTransport.values()).map(steps -> Arguments.of(transport, steps)));
    }
}
