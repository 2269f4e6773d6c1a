package dev.macenv.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.testing.RelayProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What spectators cost the session that they watch, counted. */
final class WatchersTest {
    private static final int LANES = 64;
    private static final long MILLISECOND = 1_000_000;

    private final Catalog catalog = Catalog.of(new RelayProvider());
    private final List<Long> delays = new ArrayList<>();
    private final List<Runnable> due = new ArrayList<>();
    private long now;
    private final Sessions sessions = new Sessions(SessionLimits.STANDARD, Runnable::run, () -> now, (nanos, work) -> {
        delays.add(nanos);
        due.add(work);
    });
    private long stepId;

    /** A reader that reads when the test lets it; to tell it something takes a millisecond. */
    private final class Reader implements WatchSink {
        final List<WatchNews> told = new ArrayList<>();
        boolean reads;

        @Nullable
        RefusedException end;

        @Override
        public boolean ready() {
            return reads;
        }

        @Override
        public boolean gone() {
            return false;
        }

        @Override
        public void send(WatchNews news) {
            told.add(news);
            now += MILLISECOND;
        }

        @Override
        public void end(RefusedException why) {
            end = why;
        }
    }

    /** Episodes of one tick, so that every lane ends one in every step. */
    private Session session() {
        return sessions.create(
                "somebody",
                new SessionOptions(
                        LANES,
                        new long[] {3},
                        1,
                        ResetMode.AUTO,
                        View.PLAIN,
                        SeatingPlan.OWNER_ALONE,
                        Optional.empty(),
                        Optional.empty()),
                () -> catalog.create("relay", Map.of("horizon", 1)),
                "",
                "");
    }

    private void step(Session session) {
        int[] lane = new int[3 * LANES];
        int[] seat = new int[3 * LANES];
        for (int i = 0; i < lane.length; i++) {
            lane[i] = i / 3;
            seat[i] = i % 3;
        }
        session.step(
                session.owner(), new Decisions(++stepId, lane, seat, new int[lane.length], 0, 0, 0), new StepAnswer() {
                    @Override
                    public void answered(StepResult result) {}

                    @Override
                    public void refused(Throwable why) {
                        throw new AssertionError(why);
                    }

                    @Override
                    public boolean gone() {
                        return false;
                    }
                });
    }

    private Reader watch(Session session) {
        Reader reader = new Reader();
        session.watch(session.owner(), List.of(), Duration.ZERO, reader);
        return reader;
    }

    private void runDue() {
        List<Runnable> ringing = List.copyOf(due);
        due.clear();
        ringing.forEach(Runnable::run);
    }

    @Test
    void whoDoesNotReadIsSentOneMessageInTheEndWithAllResults() {
        Session session = session();
        Reader reader = watch(session);
        for (int i = 0; i < 40; i++) {
            step(session);
            runDue();
        }
        assertThat(reader.told).isEmpty();
        assertThat(delays).as("nobody is woken for it").isEmpty();
        reader.reads = true;
        session.readerReady();
        runDue();
        assertThat(reader.told).hasSize(1);
        WatchNews news = reader.told.get(0);
        assertThat(news.events().rows()).as("END and START of each lane").isEqualTo(2 * LANES);
        assertThat(news.events().ended()).hasSize(40 * LANES);
        assertThat(news.events().ended())
                .isSortedAccordingTo((one, other) -> one.lane() != other.lane()
                        ? Integer.compare(one.lane(), other.lane())
                        : Integer.compare(one.episode(), other.episode()));
        assertThat(news.droppedRows() + news.events().rows()).isEqualTo(LANES * (1 + 40 * 2));
    }

    @Test
    void whoNeverReadsIsGivenUpBeforeTheResultsOutgrowAMessage() {
        Session session = session();
        Reader reader = watch(session);
        int most = SessionLimits.STANDARD.responseBytes() / (8 * 64);
        int steps = 0;
        while (reader.end == null) {
            assertThat(LANES * steps++).isLessThan(most + 2 * LANES);
            step(session);
            runDue();
        }
        assertThat(reader.end.reason()).isEqualTo(Reason.QUOTA_REACHED);
        assertThat(reader.end.metadata()).containsEntry("limit", "watch_backlog");
        delays.clear();
        step(session);
        assertThat(delays).as("nobody watches any more").isEmpty();
    }

    @Test
    void allSpectatorsTogetherGetATwentiethOfTheTime() {
        Session session = session();
        Reader reader = watch(session);
        reader.reads = true;
        session.readerReady();
        step(session);
        step(session);
        assertThat(due).as("told in a piece of work of its own, once").hasSize(1);
        runDue();
        assertThat(reader.told).hasSize(1);
        delays.clear();
        step(session);
        step(session);
        assertThat(delays).containsExactly(19 * (MILLISECOND + Watchers.TRANSPORT_NANOS));
    }

    @Test
    void whoWishesToBeLeftAloneIsUnlessResultsPileUp() {
        Session session = session();
        Reader reader = new Reader();
        reader.reads = true;
        session.watch(session.owner(), List.of(), Duration.ofSeconds(60), reader);
        runDue();
        assertThat(reader.told).hasSize(1);
        for (int i = 0; i < 40; i++) {
            step(session);
            now += 50 * MILLISECOND;
            runDue();
        }
        assertThat(reader.told).as("2 seconds later").hasSize(1);
        int half = SessionLimits.STANDARD.responseBytes() / (16 * 64);
        for (int i = 40; i <= half / LANES + 1; i++) {
            step(session);
        }
        now += 50 * MILLISECOND;
        runDue();
        assertThat(reader.told).as("sooner, so that nothing is lost").hasSize(2);
    }

    /** What is kept for several at once is what would be kept for each alone. */
    @Test
    void howFastOthersReadChangesNothingForAnybody() {
        int spectators = 4;
        List<List<WatchNews>> together = new ArrayList<>();
        Session shared = session();
        playTo(shared, IntStream.range(0, spectators).boxed().toList(), together);
        for (int spectator = 0; spectator < spectators; spectator++) {
            List<List<WatchNews>> alone = new ArrayList<>();
            stepId = 0;
            playTo(session(), List.of(spectator), alone);
            assertThat(together.get(spectator)).hasSizeGreaterThan(10);
            assertThat(texts(together.get(spectator))).isEqualTo(texts(alone.get(0)));
        }
    }

    private static List<String> texts(List<WatchNews> told) {
        return told.stream().map(WatchersTest::text).toList();
    }

    private static String text(WatchNews news) {
        EventBatch events = news.events();
        return Arrays.toString(events.lane())
                + Arrays.toString(events.episode())
                + Arrays.toString(events.tick())
                + Arrays.toString(events.jointTau())
                + Arrays.toString(events.jointReward())
                + Arrays.toString(events.kind())
                + Arrays.toString(events.status())
                + events.ended()
                + news.droppedRows();
    }

    /** One that sees nobody, or everybody. */
    private Grant grant(Session session, int number, boolean all) {
        boolean[] seats = {all, all, all};
        Grant.Terms terms = new Grant.Terms(Role.SPECTATOR, seats, View.PLAIN, Duration.ofHours(1));
        return new Grant(session, 1 + number, "token" + number, terms, 1, () -> now);
    }

    /** Plays to spectators of whom each, by its number, reads at moments of its own, and the last hardly ever. */
    private void playTo(Session session, List<Integer> spectators, List<List<WatchNews>> told) {
        List<Reader> readers = new ArrayList<>();
        List<SplittableRandom> moments = new ArrayList<>();
        for (int spectator : spectators) {
            Reader reader = new Reader();
            session.watch(grant(session, spectator, spectator % 2 == 0), List.of(), Duration.ZERO, reader);
            readers.add(reader);
            moments.add(new SplittableRandom(spectator));
            told.add(reader.told);
        }
        for (int i = 0; i < 200; i++) {
            for (int reader = 0; reader < readers.size(); reader++) {
                readers.get(reader).reads = moments.get(reader).nextInt(2 + 6 * spectators.get(reader)) == 0;
            }
            session.readerReady();
            runDue();
            step(session);
            if (i % 17 == 0) {
                session.reset(session.owner(), new Session.ResetRequest(List.of(1), List.of(), List.of(), ""));
            }
            runDue();
        }
    }

    @Test
    void whatAllAreToldIsWrittenOnce() {
        Session session = session();
        List<Reader> readers = List.of(new Reader(), new Reader(), new Reader());
        for (Reader reader : readers) {
            reader.reads = true;
            session.watch(grant(session, readers.indexOf(reader), true), List.of(), Duration.ZERO, reader);
        }
        runDue();
        step(session);
        runDue();
        assertThat(readers).allSatisfy(reader -> assertThat(reader.told).hasSize(2));
        assertThat(readers.get(1).told.get(1).events())
                .isSameAs(readers.get(0).told.get(1).events())
                .isSameAs(readers.get(2).told.get(1).events());
    }
}
