package dev.macenv.avf.experiment;

import dev.macenv.client.AccessDeniedException;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeStart;
import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import dev.macenv.client.MacenvException;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.TeamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that outlives its server. When the server is gone, or has forgotten the session, another one is opened, there or
 * elsewhere, and brought to the same point: each lane begins with the seed of its running episode, and the decisions of that episode
 * are sent again. What follows is the same as if nothing had happened, bit for bit. The same way leads from a checkpoint back into
 * the middle of an episode.
 *
 * <p>For one thread. Whoever closes it closes the session on the server.
 */
final class LastingSession implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LastingSession.class);

    /** So many servers in a row may be lost over one step; more is no accident. */
    private static final int MOST_LOSSES = 20;

    /** Looks on while lanes are brought to where they were: receives their rows for the second time. */
    interface Witness extends Rows {

        /** Looks at nothing. */
        Witness NONE = (lane, events, row) -> {};

        /** An agent of the lane decides this once more. */
        default void decided(int lane, int agent, int macroAction) {}
    }

    private final Servers servers;
    private final int home;
    private final SessionOptions wish;
    private final int maxTicks;
    private final List<LaneHistory> lanes;
    private @Nullable Session session;
    private @Nullable TeamSpec known;
    private @Nullable Supplier<Events> answer; // to the step that has begun, if it has reached a server

    /**
     * @param home number of the server to be preferred
     * @param wish what to open; seeds and number of lanes come from the histories
     * @param maxTicks each lane reports after so many ticks at the latest; 0 for no such limit
     * @param lanes where each lane is; kept up to date here
     */
    LastingSession(Servers servers, int home, SessionOptions wish, int maxTicks, List<LaneHistory> lanes) {
        this.servers = servers;
        this.home = home;
        this.wish = wish.withLanes(lanes.size());
        this.maxTicks = maxTicks;
        this.lanes = List.copyOf(lanes);
    }

    /**
     * Opens the session and brings each lane to where its history ends; does nothing if it is open.
     *
     * @param witness is shown every row and decision on the way
     * @throws RequestRefusedException if the server does not want to
     * @throws ReplayException if the lanes do not go the way that they went before
     */
    void open(Witness witness) {
        Session unused = opened(witness);
    }

    private Session opened(Witness witness) {
        Session live = session;
        if (live == null) {
            live = servers.anywhere(home, client -> open(client, witness));
            session = live;
        }
        return live;
    }

    private Session open(EnvironmentClient client, Witness witness) {
        List<Long> seeds = lanes.stream().map(LaneHistory::seedToGoOn).toList();
        Session fresh = client.createSession(wish.withSeeds(seeds));
        try {
            check(fresh.spec());
            new Replay(fresh, lanes, maxTicks, witness).run();
            return fresh;
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    /** An environment is the same everywhere, or the results would depend on the server. */
    private void check(TeamSpec spec) {
        TeamSpec before = known;
        if (before != null && !before.fingerprint().equals(spec.fingerprint())) {
            throw new ReplayException(
                    "environment %s: version %s, fingerprint %s (expected: version %s, fingerprint %s, as before)"
                            .formatted(
                                    spec.environment(),
                                    spec.version(),
                                    spec.fingerprint(),
                                    before.version(),
                                    before.fingerprint()));
        }
        known = spec;
    }

    /** The environment; the session has to have been opened once. */
    TeamSpec spec() {
        TeamSpec spec = known;
        if (spec == null) {
            throw new IllegalStateException("session: not open (expected: open() first)");
        }
        return spec;
    }

    /** See {@link Session#step}. Ends well whatever happens to the server, as long as there is one. */
    Events step(Decisions decisions) {
        begin(decisions);
        return finish(decisions);
    }

    /** Sends decisions and does not wait; see {@link Session#begin}. Nothing is known of them before {@link #finish}. */
    void begin(Decisions decisions) {
        try {
            answer = opened(Witness.NONE).begin(decisions);
        } catch (MacenvException e) {
            lose(e, 0); // to be begun again by whoever waits
        }
    }

    /**
     * Waits for the events of the step that has begun.
     *
     * @param decisions those that it was begun with
     */
    Events finish(Decisions decisions) {
        for (int losses = 0; ; losses++) {
            try {
                Supplier<Events> begun = answer;
                answer = null;
                Events events = begun == null ? opened(Witness.NONE).step(decisions) : begun.get();
                remember(decisions, events);
                return events;
            } catch (MacenvException e) {
                lose(e, losses);
            }
        }
    }

    /** Begins new episodes in all lanes; their START rows come with the next step. Each lane goes on with its sequence of seeds. */
    void reset() {
        reset(List.of());
    }

    /**
     * Begins new episodes in all lanes; their START rows come with the next step.
     *
     * @param seeds a new seed for each lane; none to go on with the old ones
     */
    void reset(List<Long> seeds) {
        for (int lane = 0; lane < lanes.size(); lane++) {
            if (seeds.isEmpty()) {
                lanes.get(lane).abandon();
            } else {
                lanes.get(lane).reseed(seeds.get(lane));
            }
        }
        Session live = session;
        if (live != null) {
            try {
                List<EpisodeStart> unused = live.reset(List.of(), seeds);
            } catch (MacenvException e) {
                lose(e, 0); // the next one to be opened begins with these episodes anyway
            }
        }
    }

    private void remember(Decisions decisions, Events events) {
        for (int i = 0; i < decisions.size(); i++) {
            lanes.get(decisions.lane(i)).decided(decisions.action(i));
        }
        for (int row = 0; row < events.rows(); row++) {
            EventKind kind = events.kind(row);
            lanes.get(events.lane(row)).saw(kind, kind == EventKind.START ? 0 : events.jointTau(row));
        }
    }

    /** Forgets a session that is lost; a failure of another kind is thrown on. */
    private void lose(MacenvException failure, int losses) {
        boolean lost = failure instanceof ServerUnavailableException
                || (failure instanceof AccessDeniedException && failure.reason().equals("UNAUTHENTICATED"))
                || (failure instanceof RequestRefusedException
                        && failure.reason().equals("SESSION_CLOSED"));
        if (!lost || losses >= MOST_LOSSES || Thread.currentThread().isInterrupted()) {
            throw failure;
        }
        log.warn("a session was lost, going on from the same point with a new one: {}", failure.getMessage());
        Session gone = session;
        session = null;
        if (gone != null) {
            gone.close();
        }
    }

    /** Ends the session on the server, as far as that can be reached. Never throws. */
    @Override
    public void close() {
        Session live = session;
        session = null;
        if (live != null) {
            live.close();
        }
    }

    /**
     * Sends a fresh session's lanes the way that they went.
     *
     * <p>A lane that nobody decides for may run by itself when all report tick by tick. So lanes with less to catch up on wait at
     * their START, where everybody is pending, and all arrive together.
     */
    private static final class Replay {
        private final Session session;
        private final List<LaneHistory> lanes;
        private final int maxTicks;
        private final Witness witness;
        private final int[] rows; // [lane] caught up on
        private final int[] ticks; // [lane]
        private final int[] decisions; // [lane]
        private final List<List<Integer>> pending = new ArrayList<>(); // lane -> agents that wait

        Replay(Session session, List<LaneHistory> lanes, int maxTicks, Witness witness) {
            this.session = session;
            this.lanes = lanes;
            this.maxTicks = maxTicks;
            this.witness = witness;
            this.rows = new int[lanes.size()];
            this.ticks = new int[lanes.size()];
            this.decisions = new int[lanes.size()];
            lanes.forEach(lane -> pending.add(new ArrayList<>()));
        }

        void run() {
            if (lanes.stream().noneMatch(LaneHistory::running)) {
                return; // nothing has begun: the START rows are for the caller
            }
            int longest = lanes.stream().mapToInt(LaneHistory::rows).max().orElseThrow();
            Decisions again = new Decisions().maxTicks(maxTicks);
            receive(session.step(again));
            for (int left = longest; left > 0; left--) {
                again.clear();
                for (int lane = 0; lane < lanes.size(); lane++) {
                    if (lanes.get(lane).rows() >= left) {
                        decide(lane, again);
                    }
                }
                receive(session.step(again));
            }
            for (int lane = 0; lane < lanes.size(); lane++) {
                LaneHistory history = lanes.get(lane);
                expect(lane, rows[lane] == history.rows() && ticks[lane] == history.ticks());
                expect(lane, decisions[lane] == history.decisions());
            }
        }

        private void receive(Events events) {
            for (int row = 0; row < events.rows(); row++) {
                int lane = events.lane(row);
                EventKind kind = events.kind(row);
                switch (kind) {
                    case START -> expect(lane, rows[lane] == 0);
                    case DECISION, TICK_LIMIT -> {
                        rows[lane]++;
                        ticks[lane] += events.jointTau(row);
                        expect(lane, rows[lane] <= lanes.get(lane).rows());
                    }
                    case END_TERMINATED, END_TRUNCATED, FAULT -> expect(lane, false);
                }
                int seen = row;
                pending.set(
                        lane,
                        IntStream.range(0, events.spec().size())
                                .filter(agent -> events.pending(seen, agent))
                                .boxed()
                                .toList());
                witness.received(lane, events, row);
            }
        }

        private void decide(int lane, Decisions again) {
            LaneHistory history = lanes.get(lane);
            for (int agent : pending.get(lane)) {
                expect(lane, decisions[lane] < history.decisions());
                int macroAction = history.macroAction(decisions[lane]++);
                again.add(lane, agent, macroAction);
                witness.decided(lane, agent, macroAction);
            }
            pending.set(lane, List.of());
        }

        private static void expect(int lane, boolean met) {
            if (!met) {
                throw new ReplayException(
                        "lane " + lane
                                + ": its episode goes another way than before (expected: the version of the environment with which the run began)");
            }
        }
    }
}
