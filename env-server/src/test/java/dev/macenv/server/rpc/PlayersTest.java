package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Events;
import dev.macenv.client.Invite;
import dev.macenv.client.JoinOptions;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.env.SplitMix64;
import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Box Pushing by the Java client, each agent a client of its own: the law of determinism. */
final class PlayersTest {
    private static final int LANES = 4;
    private static final int EPISODES = 3;
    private static final SessionOptions BOXES =
            SessionOptions.of("bp-6").withSeeds(7L).withGamma(0.98);

    private final EnvironmentServer server =
            Transports.TCP.start(Catalog.of(new BoxPushingProvider()), ServerOptions.standard());
    private final List<EnvironmentClient> clients = new ArrayList<>();

    @AfterEach
    void stop() {
        clients.forEach(EnvironmentClient::close);
        server.close();
    }

    private EnvironmentClient client(ClientOptions options) {
        EnvironmentClient client = EnvironmentClient.connect(server.target(), options);
        clients.add(client);
        return client;
    }

    /** How to ask; what happens must not depend on it. */
    private record Way(ClientOptions.StepTransport transport, int minReady) {
        ClientOptions options() {
            return ClientOptions.defaults().withTransport(transport);
        }
    }

    @Test
    void oneOwnerAndTwoPlayersGoThroughTheSameEpisodes() throws ExecutionException, InterruptedException {
        TreeMap<String, String> digests = new TreeMap<>();
        for (ClientOptions.StepTransport transport : ClientOptions.StepTransport.values()) {
            for (int minReady : new int[] {0, 1, LANES / 2}) {
                Way way = new Way(transport, minReady);
                digests.put("one owner, " + way, digest(byOneOwner(way)));
                digests.put("two players, " + way, digest(byTwoPlayers(way, BOXES.withLanes(LANES), LANES)));
            }
            digests.put("two players, lanes apart, " + transport, digest(apart(new Way(transport, 0))));
        }
        assertThat(digests.values())
                .as("%s", digests)
                .containsOnly(digests.firstEntry().getValue());
    }

    private List<List<String>> byOneOwner(Way way) {
        try (Session session = client(way.options()).createSession(BOXES.withLanes(LANES))) {
            return play(session, way, LANES);
        }
    }

    /** The owner plays agent 0, a guest agent 1, each in a thread and over a connection of its own. */
    private List<List<String>> byTwoPlayers(Way way, SessionOptions options, int lanes)
            throws ExecutionException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Session owner = client(way.options()).createSession(options.withOpenSeats(1))) {
            assertThat(owner.seats()).containsExactly(0);
            Invite invite = owner.invites().get(0);
            Session guest = client(way.options()).join(JoinOptions.of(invite));
            assertThat(guest.seats()).containsExactly(1);
            Future<List<List<String>>> one = threads.submit(() -> play(owner, way, lanes));
            Future<List<List<String>>> two = threads.submit(() -> play(guest, way, lanes));
            List<List<String>> both = new ArrayList<>(one.get());
            both.addAll(two.get());
            guest.close();
            return both;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<List<String>> apart(Way way) throws ExecutionException, InterruptedException {
        List<Long> seeds;
        try (Session together = client(way.options()).createSession(BOXES.withLanes(LANES))) {
            seeds = together.seeds();
        }
        List<List<String>> all = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            all.addAll(
                    lane, byTwoPlayers(way, BOXES.withSeeds(seeds.get(lane)), 1).subList(0, 1));
            all.add(byTwoPlayers(way, BOXES.withSeeds(seeds.get(lane)), 1).get(1));
        }
        return all;
    }

    /** What each seat of the session is told until all lanes have played: by seat, then by lane. */
    private static List<List<String>> play(Session session, Way way, int lanes) {
        List<List<String>> told = new ArrayList<>();
        for (int i = 0; i < session.seats().size() * lanes; i++) {
            told.add(new ArrayList<>());
        }
        int[] ended = new int[lanes];
        int complete = 0;
        Decisions decisions = new Decisions().minReady(way.minReady());
        while (complete < lanes) {
            Events events = session.step(decisions);
            decisions.clear();
            for (int r = 0; r < events.rows(); r++) {
                int lane = events.lane(r);
                complete += events.kind(r).isEnd() && ++ended[lane] == EPISODES ? 1 : 0;
                for (int i = 0; i < session.seats().size(); i++) {
                    int seat = session.seats().get(i);
                    boolean concerned =
                            events.pending(r, seat) || events.kind(r).isEnd();
                    if (concerned && events.episode(r) < EPISODES) {
                        told.get(i * lanes + lane).add(text(events, r, seat));
                    }
                    if (events.pending(r, seat)) {
                        decisions.add(lane, seat, choose(events, r, seat));
                    }
                }
            }
        }
        return told;
    }

    private static String text(Events events, int r, int seat) {
        float[] observation = new float[events.spec().observationSize(seat)];
        events.observation(r, seat, observation, 0);
        return events.episode(r) + " " + events.tick(r) + " " + events.kind(r) + " " + events.status(r, seat) + " "
                + java.util.Arrays.toString(observation) + " "
                + Double.toHexString(events.agentReward(r, seat)) + "/" + events.agentTau(r, seat);
    }

    private static int choose(Events events, int r, int seat) {
        long key = (events.episode(r) * 1000L + events.tick(r)) * 10L + seat;
        int actions = events.spec().actionCount(seat);
        int action = (int) Long.remainderUnsigned(SplitMix64.mix(key), actions);
        while (!events.legal(r, seat, action)) {
            action = (action + 1) % actions;
        }
        return action;
    }

    private static String digest(List<List<String>> told) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            told.forEach(rows -> sha.update((rows + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPlayerThatComesBackUnderTheSameNameGoesOnWhereItStood() {
        try (Session owner = client(ClientOptions.defaults()).createSession(BOXES.withOpenSeats(1))) {
            JoinOptions place = JoinOptions.of(owner.invites().get(0)).withRequestId("second arm");
            Session before = client(ClientOptions.defaults()).join(place);
            Events start = before.step(new Decisions());
            Session after = client(ClientOptions.defaults()).join(place);
            assertThat(after.key()).isEqualTo(before.key());
            Events again = after.step(new Decisions());
            assertThat(again.rows()).isEqualTo(1);
            assertThat(text(again, 0, 1)).isEqualTo(text(start, 0, 1));
            assertThatThrownBy(() -> client(ClientOptions.defaults())
                            .join(JoinOptions.of(owner.invites().get(0))))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessageContaining("SEAT_TAKEN");
        }
    }
}
