package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeStart;
import dev.macenv.client.Events;
import dev.macenv.client.RecordedEntry;
import dev.macenv.client.RecordedEntry.RecordedClose;
import dev.macenv.client.RecordedEntry.RecordedDecisions;
import dev.macenv.client.RecordedEntry.RecordedEvents;
import dev.macenv.client.RecordedEntry.RecordedGrant;
import dev.macenv.client.RecordedEntry.RecordedLane;
import dev.macenv.client.RecordedEntry.RecordedReset;
import dev.macenv.client.Recording;
import dev.macenv.client.RecordingOptions;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.Snapshot;
import dev.macenv.client.rpc.RecordingReader;
import dev.macenv.server.catalog.Catalog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A session's recording, read by a client: what it says, and that it plays again. */
final class ClientRecordingTest {

    private static final SessionOptions TARGET =
            SessionOptions.of("ct-2").withLanes(2).withSeeds(7L).withGamma(0.95);

    @Test
    void aRecordedSessionPlaysAgain() throws IOException {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            Session session = client.createSession(TARGET.withRecording(RecordingOptions.ofEverything()));
            Events events = session.step(new Decisions());
            Snapshot saved = session.snapshot(1);
            for (int step = 0; step < 12; step++) {
                if (step == 4) {
                    saved = session.snapshot(1);
                    session.reset(List.of(0), List.of(9L));
                    events = session.step(new Decisions());
                } else if (step == 8) {
                    session.resetEpisodes(List.of(1), List.of(5L));
                    session.restore(0, saved);
                    events = session.step(new Decisions());
                }
                events = session.step(decide(events).maxTicks(3));
            }
            assertThat(session.fetchRecording().complete()).isFalse();
            session.close();

            Recording recording = RecordingReader.read(
                    new ByteArrayInputStream(session.fetchRecording().bytes()));
            assertThat(recording.complete()).isTrue();
            assertThat(recording.header().spec()).isEqualTo(session.spec());
            assertThat(recording.header().laneSeeds()).isEqualTo(session.seeds());
            assertThat(recording.header().gamma()).isEqualTo(0.95);
            assertThat(recording.header().options().privileged()).isTrue();
            assertThat(recording.entries())
                    .<Class<?>>extracting(Object::getClass)
                    .contains(
                            RecordedGrant.class,
                            RecordedDecisions.class,
                            RecordedEvents.class,
                            RecordedReset.class,
                            RecordedLane.class,
                            RecordedClose.class);
            assertThat(recording.entries()).extracting(RecordedEntry::sequence).isSorted();

            List<String> happened = new ArrayList<>();
            for (RecordedEntry entry : recording.entries()) {
                if (entry instanceof RecordedEvents recorded) {
                    happened.addAll(rows(recorded.events()));
                    recorded.events().state(0, new float[session.spec().stateSize()], 0);
                }
            }
            // Rows that a reset overtook are in the recording, and were never sent.
            assertThat(happened).containsAll(playAgain(client, recording));
            assertThat(playAgain(client, recording)).hasSizeGreaterThan(20);
        }
    }

    @Test
    void aForkIsRecordedWithItsSnapshots() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session parent = client.createSession(TARGET)) {
            parent.step(decide(parent.step(new Decisions())));
            SessionOptions copies =
                    TARGET.fromSnapshot(parent.snapshot(0)).withRecording(RecordingOptions.ofDecisions());
            try (Session fork = client.createSession(copies)) {
                List<String> played = new ArrayList<>();
                Events events = fork.step(new Decisions());
                for (int step = 0; step < 4; step++) {
                    played.addAll(rows(events));
                    events = fork.step(decide(events));
                }
                played.addAll(rows(events));
                assertThat(playAgain(client, fork.fetchRecording())).isEqualTo(played);
            }
        }
    }

    @Test
    void aRecordingIsFetchedThroughCuts() throws IOException {
        try (EnvironmentServer server = Transports.TCP.start(Catalog.load(), ServerOptions.standard());
                CuttingProxy proxy = new CuttingProxy(port(server), new SplittableRandom(5), 90_000, 120_000);
                EnvironmentClient direct = EnvironmentClient.connect(server.target());
                EnvironmentClient client = EnvironmentClient.connect(proxy.target());
                Session session =
                        direct.createSession(TARGET.withLanes(8).withRecording(RecordingOptions.ofEverything()))) {
            Events events = session.step(new Decisions());
            for (int step = 0; step < 300; step++) {
                events = session.step(decide(events));
            }
            byte[] whole = session.fetchRecording().bytes();
            assertThat(whole).hasSizeGreaterThan(200_000);

            assertThat(client.attach(session.key()).fetchRecording().bytes()).isEqualTo(whole);
            assertThat(proxy.cuts()).isGreaterThan(1);
        }
    }

    @Test
    void aSessionThatIsNotRecordedHasNone() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(TARGET)) {
            assertThatExceptionOfType(RequestRefusedException.class)
                    .isThrownBy(session::fetchRecording)
                    .satisfies(refused -> assertThat(refused.reason()).isEqualTo("RECORDING_NOT_FOUND"));
        }
    }

    @Test
    void whatIsNoRecordingIsRefusedAndADamagedEntryEndsOne() throws IOException {
        for (String text : List.of("", "MACENV01", "something else")) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() ->
                            RecordingReader.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
        }
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(TARGET.withRecording(RecordingOptions.ofEvents()))) {
            session.step(new Decisions());
            Recording whole = session.fetchRecording();
            byte[] damaged = whole.bytes().clone();
            damaged[damaged.length - 1] ^= 1;
            for (byte[] bytes : List.of(damaged, Arrays.copyOf(damaged, damaged.length - 1))) {
                assertThat(RecordingReader.read(new ByteArrayInputStream(bytes)).entries())
                        .hasSize(whole.entries().size() - 1);
            }
        }
    }

    /** Plays what was decided, and says what came of it. */
    private static List<String> playAgain(EnvironmentClient client, Recording recording) {
        List<String> happened = new ArrayList<>();
        try (Session again = client.createSession(recording.header().sessionOptions())) {
            for (RecordedEntry entry : recording.entries()) {
                if (entry instanceof RecordedDecisions made) {
                    happened.addAll(rows(again.step(made.decisions())));
                } else if (entry instanceof RecordedReset reset) {
                    List<Integer> lanes =
                            reset.started().stream().map(EpisodeStart::lane).toList();
                    if (reset.laneSeeds().isEmpty()) {
                        again.resetEpisodes(
                                lanes,
                                reset.started().stream().map(EpisodeStart::seed).toList());
                    } else {
                        again.reset(lanes, reset.laneSeeds());
                    }
                } else if (entry instanceof RecordedLane copy) {
                    again.restore(copy.lane(), copy.snapshot());
                }
            }
        }
        return happened;
    }

    private static List<String> rows(Events events) {
        List<String> rows = new ArrayList<>();
        for (int r = 0; r < events.rows(); r++) {
            StringBuilder row = new StringBuilder("lane " + events.lane(r) + " episode " + events.episode(r) + " tick "
                    + events.tick(r) + " " + events.kind(r) + " " + events.jointReward(r));
            for (int agent = 0; agent < events.spec().size(); agent++) {
                float[] observation = new float[events.spec().observationSize(agent)];
                events.observation(r, agent, observation, 0);
                row.append(events.status(r, agent)).append(Arrays.toString(observation));
            }
            rows.add(row.toString());
        }
        return rows;
    }

    /** Choices that differ from row to row and are the same whenever the rows are. */
    private static Decisions decide(Events events) {
        Decisions decisions = new Decisions();
        for (int r = 0; r < events.rows(); r++) {
            for (int agent = 0; agent < events.spec().size(); agent++) {
                if (events.pending(r, agent)) {
                    int count = events.spec().actionCount(agent);
                    int action = (events.tick(r) * 7 + events.lane(r) * 5 + agent) % count;
                    while (!events.legal(r, agent, action)) {
                        action = (action + 1) % count;
                    }
                    decisions.add(events.lane(r), agent, action);
                }
            }
        }
        return decisions;
    }

    private static int port(EnvironmentServer server) {
        return Integer.parseInt(server.target().substring(server.target().lastIndexOf(':') + 1));
    }
}
