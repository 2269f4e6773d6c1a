package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.host.EnvironmentHost;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.rpc.Player.Batching;
import dev.macenv.server.testing.FakeHost;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session whose lanes are at an environment host is a session like any other, and costs the host few messages. */
final class HostedSessionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @TempDir
    private Path state = Path.of("");

    private FakeHost fake = new FakeHost(0);
    private final EnvironmentHost host = EnvironmentHost.dial(fake.address(), PATIENCE);
    private final List<EnvironmentServer> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(EnvironmentServer::close);
        host.close();
        fake.close();
    }

    private ManagedChannel serve(ServerOptions options) {
        Catalog catalog = ProtocolTest.CATALOG.and(List.of(host));
        EnvironmentServer server = Transports.IN_PROCESS.start(catalog, options);
        servers.add(server);
        ManagedChannel channel = Transports.IN_PROCESS.connect(server);
        channels.add(channel);
        return channel;
    }

    private ManagedChannel serve() {
        return serve(ServerOptions.standard());
    }

    private static CreateSessionRequest.Builder drift(int lanes, long... seeds) {
        return Player.relay(lanes, seeds).setEnvironment(FakeHost.ENVIRONMENT);
    }

    // ------------------------------------------------------------------------------------------------ few messages

    @ParameterizedTest
    @ValueSource(ints = {1, 32})
    void howeverManyLanesEachStepIsOneMessageToTheHostNewEpisodesIncluded(int lanes) {
        Player player = Player.create(serve(), drift(lanes, 7));
        StepResponse answer = player.collect();
        assertThat(fake.requests()).hasSize(1);
        assertThat(fake.requests().get(0).getTasksCount()).isEqualTo(lanes);
        assertThat(fake.requests().get(0).getLanes()).isEqualTo(lanes);
        int starts = 0;
        for (int step = 1; step <= 100; step++) {
            answer = player.answer(player.rows(answer));
            assertThat(fake.requests()).hasSize(1 + step);
            assertThat(fake.requests().get(step).getTasksCount()).isEqualTo(lanes);
            for (int row = 0; row < answer.getEvents().getRows(); row++) {
                starts += player.rows(answer).kind(row) == EventKind.EVENT_KIND_START ? 1 : 0;
            }
        }
        assertThat(starts).isGreaterThan(lanes);
    }

    @Test
    void aResetOfManyLanesIsOneMessage() {
        Player player = Player.create(serve(), drift(5, 7));
        var unused = player.collect();
        var unusedToo = player.stub.reset(reset(player).build());
        assertThat(fake.requests()).hasSize(2);
        assertThat(fake.requests().get(1).getTasksCount()).isEqualTo(5);
    }

    @Test
    void batchingAndLanesMakeNoDifferenceToTheEpisodes() {
        List<List<String>> plain = Player.create(serve(), drift(3, 7)).play(3, Batching.PLAIN);
        assertThat(Player.create(serve(), drift(3, 7)).play(3, new Batching(0, 1, true)))
                .isEqualTo(plain);
        assertThat(Player.create(serve(), drift(1, 7)).play(3, Batching.PLAIN)).isEqualTo(plain.subList(0, 1));
    }

    @Test
    void tickByTickIsTheSameEpisodeSeenMoreOften() {
        List<List<String>> plain = Player.create(serve(), drift(2, 7)).play(2, Batching.PLAIN);
        List<List<String>> ticks = Player.create(serve(), drift(2, 7)).play(2, new Batching(1, 0, false));
        assertThat(ticks.get(0)).hasSizeGreaterThan(plain.get(0).size());
        assertThat(ends(ticks)).isEqualTo(ends(plain));
    }

    /** The agents' side of END rows: what is held, rewards and durations on each agent's own clock. */
    private static List<String> ends(List<List<String>> trajectories) {
        return trajectories.stream()
                .flatMap(List::stream)
                .filter(row -> row.contains("_END_"))
                .map(row -> row.substring(row.indexOf('|'), row.lastIndexOf('|')))
                .toList();
    }

    @Test
    void aSessionThatClosesLetsGoOfItsLanes() throws InterruptedException {
        Player player = Player.create(serve(), drift(3, 7));
        var unused = player.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
        fake.awaitEndOfCall();
    }

    // ------------------------------------------------------------------------------------------------ bad hosts

    @Test
    void aLieAboutOneLaneCostsThatLaneTheEpisodeAndNobodyElseAnything() {
        Player player = Player.create(serve(), drift(3, 7));
        Player honest = Player.create(serve(), drift(3, 7));
        Rows start = player.rows(player.collect());
        Rows same = honest.rows(honest.collect());
        fake.twist(1, outcome -> outcome.getRowBuilder().clearState());
        StepResponse answer = player.answer(start);
        assertThat(answer.getEvents().getFaultsList()).singleElement().satisfies(fault -> {
            assertThat(fault.getLane()).isEqualTo(1);
            assertThat(fault.getStatus().getMessage())
                    .contains("drift at its host: state: 0 bytes (expected: 16, for 2 numbers)");
        });
        fake.twist(response -> response);
        Rows others = player.rows(answer);
        Rows expected = honest.rows(honest.answer(same));
        assertThat(texts(others, 0)).isEqualTo(texts(expected, 0));
        assertThat(texts(others, 2)).isEqualTo(texts(expected, 2));

        var unused = player.stub.reset(reset(player).addLanes(1).build());
        assertThat(kinds(player.rows(player.collect()))).contains(EventKind.EVENT_KIND_START);
    }

    @Test
    void aHostBeyondTheBoundsOfItsSpecFaultsTheLane() {
        Player player = Player.create(serve(), drift(1, 7));
        Rows start = player.rows(player.collect());
        fake.twist(0, outcome -> outcome.getRowBuilder().setObservations(FakeHost.numbers(9, 9)));
        assertThat(player.answer(start).getEvents().getFaults(0).getStatus().getMessage())
                .contains("draw", "9", "(expected: ");
    }

    @Test
    void aSilentHostFaultsTheLanesThatWaitedAndTheServerServesOn() {
        ManagedChannel channel = serve();
        Player player = Player.create(channel, drift(3, 7));
        Player other = Player.create(channel, Player.relay(1, 3));
        Rows start = player.rows(player.collect());
        fake.fallSilent(true);
        StepResponse answer = player.answer(start);
        assertThat(answer.getEvents().getFaultsList())
                .hasSize(3)
                .allSatisfy(fault -> assertThat(fault.getStatus().getMessage())
                        .contains("did not answer (expected: within 3000 ms)"));
        assertThat(other.play(1, Batching.PLAIN)).isNotEmpty();
        fake.fallSilent(false);
        var unused = player.stub.reset(reset(player).build());
        assertThat(kinds(player.rows(player.collect()))).containsOnly(EventKind.EVENT_KIND_START);
    }

    @Test
    void aHostThatIsStartedAgainCostsTheEpisodesAndTheSessionGoesOn() {
        Player player = Player.create(serve(), drift(2, 7));
        Rows start = player.rows(player.collect());
        int port = fake.port();
        fake.close();
        fake = new FakeHost(port);
        assertThat(player.answer(start).getEvents().getFaultsList())
                .hasSize(2)
                .allSatisfy(fault -> assertThat(fault.getStatus().getMessage())
                        .contains("is gone", "(expected: a reset, for another one)"));
        var unused = player.stub.reset(
                reset(player).addAllEpisodeSeeds(List.of(5L, 6L)).build());
        Rows fresh = player.rows(player.collect());
        assertThat(kinds(fresh)).containsOnly(EventKind.EVENT_KIND_START);
        assertThat(player.answer(fresh).getEvents().getFaultsList()).isEmpty();
    }

    // ------------------------------------------------------------------------------------------------ coming back

    @Test
    void aServerThatIsStartedAgainPlaysItsSessionsAgainAtTheHost() {
        ServerOptions durable = ServerOptions.standard()
                .withDurability(new Durability(state, Duration.ZERO, 1 << 20, 1 << 20, StateDirectory.Opener.FILES));
        List<StepResponse> undisturbed = play(Player.create(serve(), drift(3, 7)), 40);
        Player player = Player.create(serve(durable), drift(3, 7));
        List<StepResponse> answers = play(player, 20);
        assertThat(answers).isEqualTo(undisturbed.subList(0, 20));
        servers.get(1).close();

        Player again = player.on(serve(durable));
        for (int step = 20; step < 40; step++) {
            StepResponse last = undisturbed.get(step - 1);
            assertThat(again.answer(again.rows(last))).isEqualTo(undisturbed.get(step));
        }
    }

    private static List<StepResponse> play(Player player, int steps) {
        List<StepResponse> answers = new ArrayList<>(List.of(player.collect()));
        while (answers.size() < steps) {
            answers.add(player.answer(player.rows(answers.get(answers.size() - 1))));
        }
        return answers;
    }

    private static ResetRequest.Builder reset(Player player) {
        return ResetRequest.newBuilder().setSession(player.session.getSession()).setToken(player.session.getToken());
    }

    private static List<EventKind> kinds(Rows rows) {
        List<EventKind> kinds = new ArrayList<>();
        for (int row = 0; row < rows.count(); row++) {
            kinds.add(rows.kind(row));
        }
        return kinds;
    }

    private static List<String> texts(Rows rows, int lane) {
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < rows.count(); row++) {
            if (rows.lane(row) == lane) {
                texts.add(rows.text(row));
            }
        }
        return texts;
    }
}
