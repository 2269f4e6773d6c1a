package dev.macenv.avf.experiment;

import dev.macenv.client.Decisions;
import dev.macenv.client.Events;
import dev.macenv.client.SessionOptions;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All lanes of a run, dealt in turns over the servers that serve: one session on each. The lanes have the numbers, the seeds and the
 * order that they would have in one session on one server, so that the results are the same.
 *
 * <pre>{@code
 * lanes.open(witness);
 * while (...) {
 *     lanes.decide(lane, agent, macroAction);     // for every pending agent of every lane that is to go on
 *     lanes.begin();                              // and do something else meanwhile
 *     lanes.finish(reader);                       // rows in the order of the lanes
 * }
 * }</pre>
 *
 * <p>For one thread. Several servers step side by side.
 */
final class LaneSet implements AutoCloseable {

    private final Servers servers;
    private final SessionOptions wish;
    private final int maxTicks;
    private final List<LaneHistory> histories = new ArrayList<>();
    private final boolean[] waiting; // [lane] until somebody decides
    private final List<LastingSession> sessions = new ArrayList<>(); // lane -> sessions[lane % size]
    private final List<Decisions> decisions = new ArrayList<>(); // [session]
    private boolean[] begun = new boolean[0]; // [session] whether it steps
    private @Nullable Events[] answers = new Events[0]; // [session]
    private int[] read = new int[0]; // [session] rows of the answer that have been handed on

    /**
     * @param wish the sessions wanted, without lanes and seeds
     * @param lanes how many
     * @param seed from which the lanes' seeds are derived as the protocol says
     * @param maxTicks each lane reports after so many ticks at the latest; 0 for no such limit
     */
    LaneSet(Servers servers, SessionOptions wish, int lanes, long seed, int maxTicks) {
        this.servers = servers;
        this.wish = wish;
        this.maxTicks = maxTicks;
        this.waiting = new boolean[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            histories.add(new LaneHistory(LaneHistory.laneSeed(seed, lane)));
        }
    }

    /** The number of lanes. */
    int size() {
        return histories.size();
    }

    /**
     * Opens the sessions and brings each lane to where it was; lanes that have begun nothing wait for the first step.
     *
     * @param witness is shown every row and decision on the way
     */
    void open(LastingSession.Witness witness) {
        int count = Math.min(size(), servers.serving());
        begun = new boolean[count];
        answers = new Events[count];
        read = new int[count];
        for (int number = 0; number < count; number++) {
            List<LaneHistory> dealt = new ArrayList<>();
            for (int lane = number; lane < size(); lane += count) {
                dealt.add(histories.get(lane));
            }
            LastingSession session = new LastingSession(servers, number, wish, maxTicks, dealt);
            sessions.add(session);
            decisions.add(new Decisions().maxTicks(maxTicks));
            session.open(new Dealt(number, witness));
        }
    }

    /** Adds a decision to those that the next {@link #begin} sends. */
    void decide(int lane, int agent, int macroAction) {
        waiting[lane] = false;
        decisions.get(lane % sessions.size()).add(lane / sessions.size(), agent, macroAction);
    }

    /** {@link #begin} and {@link #finish}. */
    void step(Rows reader) {
        begin();
        finish(reader);
    }

    /** Sends the decisions. Until {@link #finish} nothing else is to be asked of the lanes. */
    void begin() {
        for (int number = 0; number < sessions.size(); number++) {
            begun[number] = canRun(number);
            if (begun[number]) {
                sessions.get(number).begin(decisions.get(number));
            }
        }
    }

    /**
     * Waits until every lane that could run has reported.
     *
     * @param reader receives the rows, ascending by lane
     */
    void finish(Rows reader) {
        for (int number = 0; number < sessions.size(); number++) {
            answers[number] = begun[number] ? sessions.get(number).finish(decisions.get(number)) : null;
            decisions.get(number).clear();
        }
        handOn(reader);
    }

    /** A session all of whose lanes wait would have nothing to answer but what it said before. */
    private boolean canRun(int session) {
        for (int lane = session; lane < size(); lane += sessions.size()) {
            if (!waiting[lane]) {
                return true;
            }
        }
        return false;
    }

    private void handOn(Rows reader) {
        Arrays.fill(read, 0);
        int count = sessions.size();
        for (int lane = 0; lane < size(); lane++) {
            int session = lane % count;
            Events events = answers[session];
            while (events != null && read[session] < events.rows() && events.lane(read[session]) == lane / count) {
                int row = read[session]++;
                waiting[lane] = anyPending(events, row);
                reader.received(lane, events, row);
            }
        }
    }

    private static boolean anyPending(Events events, int row) {
        for (int agent = 0; agent < events.spec().size(); agent++) {
            if (events.pending(row, agent)) {
                return true;
            }
        }
        return false;
    }

    /** Begins new episodes in all lanes, each going on with its sequence of seeds. Decisions that were not sent are dropped. */
    void reset() {
        decisions.forEach(Decisions::clear);
        Arrays.fill(waiting, false);
        sessions.forEach(LastingSession::reset);
    }

    void save(DataOutput out) throws IOException {
        for (LaneHistory history : histories) {
            history.save(out);
        }
    }

    /** Goes back to what {@link #save} wrote; to be called before {@link #open}. */
    void load(DataInput in) throws IOException {
        for (LaneHistory history : histories) {
            history.load(in);
        }
    }

    /** Ends the sessions, as far as they can be reached. Never throws. */
    @Override
    public void close() {
        sessions.forEach(LastingSession::close);
    }

    /** Gives a session's lanes the numbers that they have in the run. */
    private final class Dealt implements LastingSession.Witness {
        private final int session;
        private final LastingSession.Witness witness;

        Dealt(int session, LastingSession.Witness witness) {
            this.session = session;
            this.witness = witness;
        }

        @Override
        public void received(int lane, Events events, int row) {
            waiting[number(lane)] = anyPending(events, row);
            witness.received(number(lane), events, row);
        }

        @Override
        public void decided(int lane, int agent, int macroAction) {
            waiting[number(lane)] = false;
            witness.decided(number(lane), agent, macroAction);
        }

        private int number(int lane) {
            return lane * answers.length + session;
        }
    }
}
