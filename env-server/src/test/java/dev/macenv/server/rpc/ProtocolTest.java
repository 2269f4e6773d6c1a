package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.Player.Batching;
import dev.macenv.server.session.EpisodeSeeds;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.v1.AgentStatus;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EpisodeStart;
import dev.macenv.v1.EpisodeSummary;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.LaneState;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.ResetResponse;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the protocol promises, whatever it travels on. */
@ParameterizedClass
@EnumSource(Transports.class)
final class ProtocolTest {
    static final Catalog CATALOG = Catalog.of(new RelayProvider(), new BoxPushingProvider());

    private final EnvironmentServer server;
    private final ManagedChannel channel;

    ProtocolTest(Transports transport) {
        server = transport.start(CATALOG, ServerOptions.standard().withLimits(SessionLimits.STANDARD.withSessions(50)));
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    private Player player(CreateSessionRequest.Builder request) {
        return Player.create(channel, request);
    }

    // ------------------------------------------------------------------------------------------------ catalog

    @Test
    void theCatalogListsItsEnvironmentsPageByPageInOrder() {
        CatalogServiceGrpc.CatalogServiceBlockingStub catalog = CatalogServiceGrpc.newBlockingStub(channel);
        List<String> ids = new ArrayList<>();
        String token = "";
        do {
            ListEnvironmentsResponse page = catalog.listEnvironments(ListEnvironmentsRequest.newBuilder()
                    .setPageSize(3)
                    .setPageToken(token)
                    .build());
            assertThat(page.getEnvironmentsCount()).isBetween(1, 3);
            page.getEnvironmentsList().forEach(entry -> ids.add(entry.getId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(ids).isSorted().doesNotHaveDuplicates().contains("relay", "bp-10", "box-pushing");
        assertThat(ids).hasSameSizeAs(CATALOG.environments());
    }

    @Test
    void aSpecificationSaysWhatAPlayerNeeds() {
        var spec = CatalogServiceGrpc.newBlockingStub(channel)
                .getEnvironment(GetEnvironmentRequest.newBuilder()
                        .setEnvironment("relay@1")
                        .build())
                .getSpec();
        assertThat(spec.getAgentsList()).extracting("name").containsExactly("runner", "walker", "sprinter");
        assertThat(spec.getAgentsList()).extracting("group").containsExactly(0, 1, 0);
        assertThat(spec.getGroupsList()).extracting("numActions").containsExactly(3, 2);
        assertThat(spec.getHorizon()).isEqualTo(40);
        assertThat(spec.getCooperative()).isTrue();
        assertThat(spec.getFeatures().getMaxMacroTicks()).isEqualTo(20);
        assertThat(spec.getConfigValues().getFieldsMap().keySet()).containsExactlyInAnyOrder("fault", "horizon");
        assertThat(player(Player.relay(1)).spec()).isEqualTo(spec);
    }

    @Test
    void theServerNamesItsProtocolFeaturesAndLimits() {
        var info = CatalogServiceGrpc.newBlockingStub(channel).getServerInfo(GetServerInfoRequest.getDefaultInstance());
        assertThat(info.getProtocolsList()).containsExactly("macenv.v1");
        assertThat(info.getFeaturesList())
                .containsExactly("play", "seats", "absence", "watch", "snapshot", "restore", "render", "recording");
        assertThat(info.getLimits().getMaxSessions()).isEqualTo(50);
        assertThat(info.getLimits().getMaxLanes()).isPositive();
        assertThat(info.getNow().getSeconds()).isPositive();
    }

    // ------------------------------------------------------------------------------------------------ event algebra

    /** Plays random legal macro-actions and checks every row against the definitions, with nothing but the spec in hand. */
    @ParameterizedTest
    @ValueSource(strings = {"relay", "bp-6", "bp-10-prim"})
    void everyRowFollowsFromTheOnesBefore(String environment) {
        double gamma = 0.9;
        int lanes = 4;
        Player player =
                player(Player.relay(lanes, 11).setEnvironment(environment).setGamma(gamma));
        int agents = player.spec().getAgentsCount();
        Map<Integer, Row> previous = new HashMap<>();
        List<EpisodeSummary> ended = new ArrayList<>();
        StepResponse response = player.collect();
        while (ended.size() < 12) {
            Rows rows = player.rows(response);
            assertThat(rows.lengthProblems()).isEmpty();
            int endRows = 0;
            for (int row = 0; row < rows.count(); row++) {
                if (row > 0) {
                    assertThat(order(rows, row)).isGreaterThan(order(rows, row - 1));
                }
                Row now = new Row(rows, row);
                Row before = previous.put(rows.lane(row), now);
                if (rows.kind(row) == EventKind.EVENT_KIND_START) {
                    assertStarts(now, before, agents);
                } else {
                    assertFollows(now, before, agents, gamma);
                }
                if (rows.ends(row)) {
                    EpisodeSummary summary = response.getEvents().getEnded(endRows++);
                    assertSums(summary, now, player.spec().getHorizon());
                    ended.add(summary);
                    assertThat(rows.kind(row + 1)).isEqualTo(EventKind.EVENT_KIND_START);
                    assertThat(rows.lane(row + 1)).isEqualTo(rows.lane(row));
                }
            }
            assertThat(response.getEvents().getEndedCount()).isEqualTo(endRows);
            response = player.answer(rows);
        }
    }

    /** A row, and sums over its episode so far. */
    private static final class Row {
        final Rows rows;
        final int row;
        final List<Double> rewards = new ArrayList<>();
        int decisions;

        Row(Rows rows, int row) {
            this.rows = rows;
            this.row = row;
        }
    }

    private static long order(Rows rows, int row) {
        return ((rows.lane(row) * 1000L + rows.episode(row)) * 100_000L + rows.tick(row)) * 10L
                + rows.kind(row).getNumber();
    }

    private static void assertStarts(Row now, Row before, int agents) {
        assertThat(now.rows.tick(now.row)).isZero();
        assertThat(now.rows.jointTau(now.row)).isZero();
        assertThat(now.rows.jointReward(now.row)).isZero();
        assertThat(now.rows.episode(now.row)).isEqualTo(before == null ? 0 : before.rows.episode(before.row) + 1);
        if (before != null) {
            assertThat(before.rows.ends(before.row)).isTrue();
        }
        for (int agent = 0; agent < agents; agent++) {
            assertThat(now.rows.status(now.row, agent)).isEqualTo(AgentStatus.AGENT_STATUS_FRESH);
            assertThat(now.rows.agentTau(now.row, agent)).isZero();
            assertThat(now.rows.agentReward(now.row, agent)).isZero();
            assertThat(now.rows.currentAction(now.row, agent)).isEqualTo(-1);
            assertThat(now.rows.macroState(now.row, agent)).isEqualTo(now.rows.state(now.row));
        }
    }

    private static void assertFollows(Row now, Row before, int agents, double gamma) {
        Rows rows = now.rows;
        int row = now.row;
        assertThat(before.rows.ends(before.row))
                .as("nothing follows an END row but START")
                .isFalse();
        assertThat(rows.episode(row)).isEqualTo(before.rows.episode(before.row));
        assertThat(rows.jointTau(row)).isPositive().isEqualTo(rows.tick(row) - before.rows.tick(before.row));
        double[] trace = rows.trace(row);
        assertThat(rows.jointReward(row)).isCloseTo(discounted(trace, gamma), within(1e-12));
        now.rewards.addAll(before.rewards);
        for (double reward : trace) {
            now.rewards.add(reward);
        }
        now.decisions = before.decisions;
        boolean someoneDone = false;
        for (int agent = 0; agent < agents; agent++) {
            boolean decided = before.rows.pending(before.row, agent);
            now.decisions += decided ? 1 : 0;
            int tauBefore = decided ? 0 : before.rows.agentTau(before.row, agent);
            assertThat(rows.agentTau(row, agent)).isEqualTo(tauBefore + rows.jointTau(row));
            double[] own =
                    now.rewards.subList(now.rewards.size() - rows.agentTau(row, agent), now.rewards.size()).stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray();
            assertThat(rows.agentReward(row, agent)).isCloseTo(discounted(own, gamma), within(1e-12));
            if (decided) {
                assertThat(rows.currentAction(row, agent)).isNotNegative();
            } else {
                assertThat(rows.currentAction(row, agent)).isEqualTo(before.rows.currentAction(before.row, agent));
            }
            AgentStatus status = rows.status(row, agent);
            if (status == AgentStatus.AGENT_STATUS_DONE) {
                someoneDone = true;
                assertThat(rows.macroState(row, agent)).isEqualTo(rows.state(row));
            } else {
                assertThat(status)
                        .isEqualTo(rows.ends(row) ? AgentStatus.AGENT_STATUS_CUT : AgentStatus.AGENT_STATUS_ONGOING);
                assertThat(rows.observation(row, agent)).isEqualTo(before.rows.observation(before.row, agent));
                assertThat(rows.legal(row, agent)).isEqualTo(before.rows.legal(before.row, agent));
                assertThat(rows.macroState(row, agent)).isEqualTo(before.rows.macroState(before.row, agent));
            }
        }
        if (rows.kind(row) == EventKind.EVENT_KIND_DECISION) {
            assertThat(someoneDone).isTrue();
        } else {
            assertThat(rows.ends(row)).isTrue();
        }
    }

    private static double discounted(double[] rewards, double gamma) {
        double sum = 0;
        for (int k = rewards.length - 1; k >= 0; k--) {
            sum = rewards[k] + gamma * sum;
        }
        return sum;
    }

    private static void assertSums(EpisodeSummary summary, Row end, int horizon) {
        double[] rewards = end.rewards.stream().mapToDouble(Double::doubleValue).toArray();
        assertThat(summary.getTicks()).isEqualTo(end.rows.tick(end.row)).isEqualTo(rewards.length);
        assertThat(summary.getTotalReward()).isCloseTo(discounted(rewards, 1), within(1e-9));
        assertThat(summary.getDiscountedReward()).isCloseTo(discounted(rewards, 0.9), within(1e-9));
        assertThat(summary.getDecisions()).isEqualTo(end.decisions);
        assertThat(summary.getTicks()).isLessThanOrEqualTo(horizon);
        if (end.rows.kind(end.row) == EventKind.EVENT_KIND_END_TRUNCATED) {
            assertThat(summary.getTicks()).isEqualTo(horizon);
        }
    }

    @Test
    void whatTheViewDoesNotGrantIsNotSent() {
        Player player = player(Player.relay(2).clearOwnerView());
        var events = player.collect().getEvents();
        assertThat(events.getRows()).isEqualTo(2);
        assertThat(events.getState()).isEmpty();
        assertThat(events.getMacroState()).isEmpty();
        assertThat(events.getCurrentAction()).isEmpty();
        assertThat(events.getRewardTrace()).isEmpty();
        assertThat(events.getGroups(0).getObservation().size()).isEqualTo(2 * 2 * 3 * 4);
    }

    @Test
    void rowsHaveTheSizeThatWasAnnounced() {
        Player player = player(Player.relay(3));
        var events = player.collect().getEvents();
        int bytes = events.getKind().size()
                + events.getStatus().size()
                + 8 * events.getJointRewardCount()
                + events.getAgentReward().size()
                + events.getAgentTau().size()
                + events.getState().size()
                + events.getMacroState().size()
                + events.getCurrentAction().size();
        for (var group : events.getGroupsList()) {
            bytes += group.getObservation().size() + group.getLegal().size();
        }
        assertThat(bytes).isEqualTo(3 * player.session.getLimits().getRowBytes());
    }

    // ------------------------------------------------------------------------------------------------ determinism

    @Test
    void theTrajectoryDoesNotDependOnHowItIsPlayed() {
        List<List<String>> plain = player(Player.relay(4, 5)).play(3, Batching.PLAIN);
        assertThat(plain).hasSize(4);
        assertThat(plain.get(0)).isNotEqualTo(plain.get(1));
        assertThat(player(Player.relay(4, 5)).onStream().play(3, Batching.PLAIN))
                .isEqualTo(plain);
        assertThat(player(Player.relay(4, 5)).play(3, new Batching(0, 1, false)))
                .isEqualTo(plain);
        assertThat(player(Player.relay(4, 5)).play(3, new Batching(0, 2, false)))
                .isEqualTo(plain);
        assertThat(player(Player.relay(4, 5)).onStream().play(3, new Batching(0, 0, true)))
                .isEqualTo(plain);
        assertThat(player(Player.relay(4, 6)).play(3, Batching.PLAIN)).isNotEqualTo(plain);
    }

    @Test
    void lanesTogetherPlayAsLanesApart() {
        Player together = player(Player.relay(4, 5));
        List<List<String>> all = together.play(2, Batching.PLAIN);
        for (int lane = 0; lane < 4; lane++) {
            Player alone = player(Player.relay(1, together.session.getSeeds(lane)));
            assertThat(alone.play(2, Batching.PLAIN).get(0)).isEqualTo(all.get(lane));
        }
        assertThat(player(Player.relay(1, 5)).play(2, Batching.PLAIN).get(0)).isEqualTo(all.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void lookingInEveryFewTicksDoesNotChangeTheGame(int maxTicks) {
        Map<Integer, List<String>> plain = squeezed(player(Player.relay(3, 5)), 0);
        assertThat(squeezed(player(Player.relay(3, 5)), maxTicks)).isEqualTo(plain);
    }

    /** The rows that are no TICK_LIMIT, with the joint clock summed up over those that were left out. */
    private static Map<Integer, List<String>> squeezed(Player player, int maxTicks) {
        Map<Integer, List<String>> trajectories = new HashMap<>();
        Map<Integer, List<Double>> traces = new HashMap<>();
        StepResponse response = player.step(player.request().setMaxTicks(maxTicks));
        for (int step = 0; step < 200; step++) {
            Rows rows = player.rows(response);
            for (int row = 0; row < rows.count(); row++) {
                List<Double> trace = traces.computeIfAbsent(rows.lane(row), lane -> new ArrayList<>());
                for (double reward : rows.trace(row)) {
                    trace.add(reward);
                }
                if (maxTicks > 0) {
                    assertThat(rows.jointTau(row)).isLessThanOrEqualTo(maxTicks);
                }
                if (rows.kind(row) == EventKind.EVENT_KIND_TICK_LIMIT) {
                    assertThat(rows.jointTau(row)).isEqualTo(maxTicks);
                    for (int agent = 0; agent < rows.agents(); agent++) {
                        assertThat(rows.status(row, agent)).isEqualTo(AgentStatus.AGENT_STATUS_ONGOING);
                    }
                    continue;
                }
                StringBuilder text = new StringBuilder()
                        .append(rows.episode(row) + " " + rows.tick(row) + " " + rows.kind(row) + " " + trace);
                trace.clear();
                for (int agent = 0; agent < rows.agents(); agent++) {
                    text.append(rows.status(row, agent))
                            .append(rows.observation(row, agent).hashCode())
                            .append(rows.macroState(row, agent).hashCode())
                            .append(rows.agentReward(row, agent))
                            .append(rows.agentTau(row, agent));
                }
                List<String> trajectory = trajectories.computeIfAbsent(rows.lane(row), lane -> new ArrayList<>());
                if (trajectory.size() < 40) {
                    trajectory.add(text.toString());
                }
            }
            response = player.step(player.decisions(rows).setMaxTicks(maxTicks));
        }
        assertThat(trajectories.values()).allMatch(trajectory -> trajectory.size() == 40);
        return trajectories;
    }

    @Test
    void manualLanesWaitForTheirResetAndThenPlayOnAsAutomaticOnesDo() {
        List<String> automatic =
                player(Player.relay(1, 5)).play(3, Batching.PLAIN).get(0);
        Player player = player(Player.relay(1, 5).setResetMode(ResetMode.RESET_MODE_MANUAL));
        List<String> manual = new ArrayList<>();
        for (int episode = 0; episode < 3; episode++) {
            Rows rows = player.rows(player.collect());
            manual.add(rows.text(0));
            while (!rows.ends(0)) {
                rows = player.rows(player.answer(rows));
                assertThat(rows.count()).isEqualTo(1);
                manual.add(rows.text(0));
            }
            assertThat(lane(player, 0).getState()).isEqualTo(LaneState.LANE_STATE_IDLE);
            assertThat(player.collect().getEvents().getRows())
                    .as("an idle lane owes nothing")
                    .isZero();
            player.stub.reset(reset(player).build());
        }
        assertThat(manual).isEqualTo(automatic);
    }

    private static ResetRequest.Builder reset(Player player) {
        return ResetRequest.newBuilder().setSession(player.session.getSession()).setToken(player.session.getToken());
    }

    private static GetSessionResponse look(Player player) {
        return player.stub.getSession(GetSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
    }

    private static LaneInfo lane(Player player, int lane) {
        return look(player).getLanes(lane);
    }

    // ------------------------------------------------------------------------------------------------ seeds

    @Test
    void episodeSeedsFollowThePublishedFormula() {
        Player player = player(Player.relay(3, 7));
        assertThat(player.session.getSeedsList()).containsExactly(7L, 0x044c3cd7f43c661cL, 0xe6984080bab12a02L);
        for (EpisodeStart start : player.collect().getEvents().getStartedList()) {
            long laneSeed = player.session.getSeeds(start.getLane());
            assertThat(start.getSeed()).isEqualTo(new SplittableRandom(laneSeed).nextLong());
        }
        Rows rows = player.rows(player.step(player.request()));
        List<Long> seeds = new ArrayList<>();
        List<Long> summaries = new ArrayList<>();
        while (seeds.size() < 4) {
            StepResponse response = player.answer(rows);
            response.getEvents().getStartedList().stream()
                    .filter(start -> start.getLane() == 0)
                    .forEach(start -> seeds.add(start.getSeed()));
            response.getEvents().getEndedList().stream()
                    .filter(end -> end.getLane() == 0)
                    .forEach(end -> summaries.add(end.getSeed()));
            rows = player.rows(response);
        }
        SplittableRandom stream = new SplittableRandom(7);
        List<Long> expected = stream.longs(5).boxed().toList();
        assertThat(seeds).isEqualTo(expected.subList(1, 5));
        assertThat(summaries).isEqualTo(expected.subList(0, 4));
    }

    @Test
    void zeroIsASeedAndNoSeedMeansThatTheServerDrawsAndReportsThem() {
        assertThat(player(Player.relay(1, 0)).session.getSeedsList()).containsExactly(0L);
        Player drawn = player(Player.relay(3));
        assertThat(drawn.session.getSeedsList()).hasSize(3).doesNotHaveDuplicates();
        assertThat(player(Player.relay(3)).session.getSeedsList())
                .doesNotContainAnyElementsOf(drawn.session.getSeedsList());
        long[] reported =
                drawn.session.getSeedsList().stream().mapToLong(Long::longValue).toArray();
        assertThat(player(Player.relay(3, reported)).play(1, Batching.PLAIN)).isEqualTo(drawn.play(1, Batching.PLAIN));
    }

    @Test
    void aResetLaneBeginsANewEpisodeWithTheNextSeedAnotherLaneSeedOrAGivenEpisodeSeed() {
        Player player = player(Player.relay(3, 7));
        player.collect();
        long laneSeed = player.session.getSeeds(1);
        ResetResponse next = player.stub.reset(reset(player).addLanes(1).build());
        assertThat(next.getStartedList()).containsExactly(start(1, 1, EpisodeSeeds.episodeSeed(laneSeed, 1)));
        ResetResponse exact = player.stub.reset(reset(player)
                .addLanes(2)
                .addLanes(1)
                .addEpisodeSeeds(40)
                .addEpisodeSeeds(41)
                .build());
        assertThat(exact.getStartedList()).containsExactly(start(2, 1, 40), start(1, 2, 41));
        assertThat(player.stub.reset(reset(player).addLanes(1).build()).getStartedList())
                .as("the sequence counted the episode with the given seed")
                .containsExactly(start(1, 3, EpisodeSeeds.episodeSeed(laneSeed, 3)));
        ResetResponse reseeded =
                player.stub.reset(reset(player).addLanes(1).addSeeds(99).build());
        assertThat(reseeded.getStartedList()).containsExactly(start(1, 4, EpisodeSeeds.episodeSeed(99, 0)));
        Rows rows = player.rows(player.collect());
        assertThat(IntStream.range(0, rows.count()).map(rows::lane)).containsExactly(1, 2);
        assertThat(IntStream.range(0, rows.count()).mapToObj(rows::kind)).containsOnly(EventKind.EVENT_KIND_START);
    }

    private static EpisodeStart start(int lane, int episode, long seed) {
        return EpisodeStart.newBuilder()
                .setLane(lane)
                .setEpisode(episode)
                .setSeed(seed)
                .build();
    }

    @Test
    void aRepeatedResetResetsOnce() {
        Player player = player(Player.relay(2, 7));
        ResetRequest request = reset(player).setRequestId("once").build();
        ResetResponse first = player.stub.reset(request);
        assertThat(player.stub.reset(request)).isEqualTo(first);
        assertThat(lane(player, 0).getEpisode()).isEqualTo(1);
        Refused.by(() -> player.stub.reset(request.toBuilder().addLanes(1).build()))
                .is(Status.Code.ABORTED, "REQUEST_ID_REUSED");
    }

    @Test
    void anyEpisodeCanBePlayedAgainAlone() {
        Player player = player(Player.relay(1, 7));
        List<String> all = player.play(4, Batching.PLAIN).get(0);
        List<String> third = all.stream().filter(row -> row.startsWith("2 ")).toList();
        Player again = player(Player.relay(1, 1234));
        again.stub.reset(
                reset(again).addEpisodeSeeds(EpisodeSeeds.episodeSeed(7, 2)).build());
        again.stub.reset(
                reset(again).addEpisodeSeeds(EpisodeSeeds.episodeSeed(7, 2)).build());
        List<String> alone = new ArrayList<>();
        Rows rows = again.rows(again.collect());
        alone.add(rows.text(0));
        while (!rows.ends(0)) {
            rows = again.rows(again.answer(rows));
            alone.add(rows.text(0));
        }
        assertThat(alone).isEqualTo(third);
    }

    // ------------------------------------------------------------------------------------------------ exactly once

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRepeatedStepIsAnsweredBitForBitAndNotTakenAgain(boolean stream) {
        Player player = player(Player.relay(4, 5));
        if (stream) {
            player.onStream();
        }
        Rows rows = player.rows(player.collect());
        StepRequest request = player.decisions(rows).build();
        ByteString first = player.step(request.toBuilder()).toByteString();
        List<LaneInfo> lanes = look(player).getLanesList();
        for (int again = 0; again < 3; again++) {
            assertThat(player.send(request).toByteString()).isEqualTo(first);
        }
        assertThat(look(player).getLanesList()).isEqualTo(lanes);
        assertThat(look(player).getGrant().getLastStepId()).isEqualTo(2);
    }

    @Test
    void aStreamMayBeResumedByAnotherOrByUnaryCalls() {
        Player player = player(Player.relay(2, 5)).onStream();
        Rows rows = player.rows(player.collect());
        StepRequest request = player.decisions(rows).build();
        StepResponse answered = player.step(request.toBuilder());
        player.line().hangUp();
        assertThat(player.stub.step(request)).isEqualTo(answered);
        assertThat(new PlayLine(channel).send(request).await()).isEqualTo(answered);
        assertThat(player.onStream().answer(player.rows(answered)).getEvents().getRows())
                .isPositive();
    }

    @Test
    void aClientThatLostItsMemoryIsToldAgainWhereItsLanesWait() {
        Player player = player(Player.relay(3, 5));
        StepResponse last = player.collect();
        for (int step = 0; step < 5; step++) {
            last = player.answer(player.rows(last));
        }
        Rows standing = player.rows(last);
        Map<Integer, String> waiting = new HashMap<>();
        for (int row = 0; row < standing.count(); row++) {
            waiting.put(standing.lane(row), standing.text(row));
        }
        Rows again = player.rows(player.collect());
        assertThat(again.count()).isEqualTo(3);
        for (int row = 0; row < 3; row++) {
            assertThat(again.text(row)).isEqualTo(waiting.get(again.lane(row)));
        }
    }

    @Test
    void decisionsMayComePieceByPieceAndTheClockWaitsForTheLast() {
        Player player = player(Player.relay(1, 5));
        player.collect();
        StepResponse two = player.step(player.request()
                .addLane(0)
                .addSeat(2)
                .addAction(0)
                .addLane(0)
                .addSeat(0)
                .addAction(0));
        assertThat(two.getEvents().getRows()).isZero();
        assertThat(lane(player, 0).getPendingList()).containsExactly(1);
        assertThat(lane(player, 0).getTick()).isZero();
        GetMacroObservationResponse held = player.stub.getMacroObservation(GetMacroObservationRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
        assertThat(held.getPending().toByteArray()).containsExactly(0, 1, 0);
        StepResponse all = player.step(player.request().addLane(0).addSeat(1).addAction(0));
        assertThat(all.getEvents().getRows()).isPositive();
    }

    @Test
    void startRowsAndTheFirstDecisionsMayShareARequest() {
        Player player = player(Player.relay(1, 5));
        StepRequest.Builder request = player.request();
        for (int seat = 0; seat < 3; seat++) {
            request.addLane(0).addSeat(seat).addAction(0);
        }
        Rows rows = player.rows(player.step(request));
        assertThat(rows.kind(0)).isEqualTo(EventKind.EVENT_KIND_START);
        assertThat(rows.count()).isGreaterThan(1);
        assertThat(rows.tick(1)).isPositive();
    }

    // ------------------------------------------------------------------------------------------------ looking

    @Test
    void lookingShowsWhatTheAgentsHoldAndMovesNothing() {
        Player player = player(Player.relay(3, 5));
        StepResponse last = player.collect();
        for (int step = 0; step < 7; step++) {
            last = player.answer(player.rows(last));
        }
        // All lanes have run, so the last answer has a row of each, and the last row of each is where it stands.
        Rows rows = player.rows(last);
        GetMacroObservationResponse held = player.stub.getMacroObservation(GetMacroObservationRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .addLanes(2)
                .addLanes(0)
                .build());
        GetMacroStateResponse states = player.stub.getMacroState(GetMacroStateRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .addLanes(2)
                .addLanes(0)
                .build());
        assertThat(held.getLaneList()).containsExactly(0, 2);
        assertThat(states.getLaneList()).containsExactly(0, 2);
        int stateBytes = 4 * player.spec().getState().getShape(0);
        for (int k = 0; k < 2; k++) {
            int row = lastRowOf(rows, held.getLane(k));
            assertThat(held.getTick(k)).isEqualTo(rows.tick(row));
            assertThat(held.getEpisode(k)).isEqualTo(rows.episode(row));
            assertThat(held.getLaneState().byteAt(k)).isEqualTo((byte) LaneState.LANE_STATE_AWAITING_VALUE);
            for (int agent = 0; agent < 3; agent++) {
                assertThat(held.getStatus().byteAt(k * 3 + agent))
                        .isEqualTo((byte) rows.status(row, agent).getNumber());
                assertThat(held.getPending().byteAt(k * 3 + agent))
                        .isEqualTo((byte) (rows.pending(row, agent) ? 1 : 0));
                int from = (k * 3 + agent) * stateBytes;
                assertThat(states.getMacroState().substring(from, from + stateBytes))
                        .isEqualTo(rows.macroState(row, agent));
            }
            assertThat(held.getGroups(1).getObservation().substring(k * 8, k * 8 + 8))
                    .isEqualTo(rows.observation(row, 1));
            assertThat(held.getGroups(1).getLegal().substring(k * 2, k * 2 + 2)).isEqualTo(rows.legal(row, 1));
            assertThat(states.getState().substring(k * stateBytes, (k + 1) * stateBytes))
                    .isEqualTo(rows.state(row));
        }
        assertThat(player.answer(rows).getEvents().getRows()).isPositive();
    }

    private static int lastRowOf(Rows rows, int lane) {
        for (int row = rows.count() - 1; row >= 0; row--) {
            if (rows.lane(row) == lane) {
                return row;
            }
        }
        throw new AssertionError("no row of lane " + lane);
    }

    @Test
    void aSessionDescribesItself() {
        Player player = player(Player.relay(2, 5));
        GetSessionResponse fresh = look(player);
        assertThat(fresh.getLanesList()).extracting(LaneInfo::getState).containsOnly(LaneState.LANE_STATE_AWAITING);
        assertThat(fresh.getLanes(1).getPendingList()).containsExactly(0, 1, 2);
        assertThat(fresh.getFingerprint()).isEqualTo(player.spec().getFingerprint());
        assertThat(fresh.getGrant().getSeatsList()).containsExactly(0, 1, 2);
        assertThat(fresh.getGrant().getView()).isEqualTo(Player.EVERYTHING);
        assertThat(fresh.getGamma()).isEqualTo(0.9);
        assertThat(fresh.hasSpec()).isFalse();
        player.step(player.decisions(player.rows(player.collect())).setMaxTicks(1));
        assertThat(look(player).getLanesList())
                .extracting(LaneInfo::getState)
                .isSubsetOf(LaneState.LANE_STATE_AWAITING, LaneState.LANE_STATE_PAUSED);
    }

    // ------------------------------------------------------------------------------------------------ life

    @Test
    void creationWithOneRequestIdHappensOnce() {
        CreateSessionRequest.Builder request = Player.relay(1).setRequestId("only-once");
        Player first = player(request);
        Player second = player(request);
        assertThat(second.session).isEqualTo(first.session);
        Refused.by(() -> player(request.clone().setLanes(2))).is(Status.Code.ABORTED, "REQUEST_ID_REUSED");
        close(first);
        assertThat(player(request).session.getSession()).isNotEqualTo(first.session.getSession());
    }

    private static void close(Player player) {
        player.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
    }

    @Test
    void closingEndsStreamsFreesCapacityAndMayBeRepeated() {
        Player player = player(Player.relay(2)).onStream();
        player.collect();
        close(player);
        Refused.end(player.line()).is(Status.Code.NOT_FOUND, "SESSION_CLOSED").metadata("cause", "OWNER");
        close(player);
        Refused.by(() -> look(player))
                .is(Status.Code.NOT_FOUND, "SESSION_CLOSED")
                .resource("macenv.v1.Session", player.session.getSession());
        assertThat(server.sessionCount()).isZero();
    }

    @Test
    void aNewerStreamTakesOverFromAnOlderOne() {
        Player player = player(Player.relay(1)).onStream();
        player.collect();
        PlayLine older = player.line();
        player.onStream();
        assertThat(player.collect().getEvents().getRows()).isEqualTo(1);
        Refused.end(older).is(Status.Code.ABORTED, "SUPERSEDED");
        assertThat(player.collect().getEvents().getRows()).isEqualTo(1);
    }

    @Test
    void aHalfClosedStreamEndsWellAfterItsLastAnswerAndTheSessionStays() {
        Player player = player(Player.relay(1)).onStream();
        player.line().send(player.request().build());
        player.line().halfClose();
        assertThat(player.line().await().getEvents().getRows()).isEqualTo(1);
        assertThat(player.line().awaitEnd().getStatus().isOk()).isTrue();
        assertThat(look(player).getGrant().getLastStepId()).isEqualTo(1);
    }

    @Test
    void requestsOnAStreamMayBeSentAheadAndAreAnsweredInOrder() {
        Player player = player(Player.relay(1, 5)).onStream();
        StepRequest first = player.request().build();
        StepRequest second = player.request().setStepId(2).build();
        player.line().send(first).send(second);
        assertThat(player.line().await().getStepId()).isEqualTo(1);
        assertThat(player.line().await().getStepId()).isEqualTo(2);
    }

    @Test
    void healthAndReflectionAreServed() throws InterruptedException, ExecutionException, TimeoutException {
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.newBuilder()
                                .setService("macenv.v1.SessionService")
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        names.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(service -> service.getName())
                                .toList());
                    }

                    @Override
                    public void onError(Throwable problem) {
                        names.completeExceptionally(problem);
                    }

                    @Override
                    public void onCompleted() {}
                });
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(names.get(60, TimeUnit.SECONDS))
                .contains("macenv.v1.CatalogService", "macenv.v1.SessionService", "grpc.health.v1.Health");
        ask.onCompleted();
    }

    @Test
    void aServerThatStopsEndsItsStreamsWithUnavailable() {
        Player player = player(Player.relay(1)).onStream();
        player.collect();
        server.close();
        Refused.end(player.line()).is(Status.Code.UNAVAILABLE, "DRAINING").retry();
    }

    @Test
    void aStreamOnWhichNothingHasBeenSaidDoesNotHoldUpAServerThatStops() {
        PlayLine silent = new PlayLine(channel);
        player(Player.relay(1)).onStream().collect(); // on the same connection, and so behind it
        assertThat(server.stop()).as("all calls have ended by themselves").isTrue();
        Refused.end(silent).is(Status.Code.UNAVAILABLE, "DRAINING").retry();
    }
}
