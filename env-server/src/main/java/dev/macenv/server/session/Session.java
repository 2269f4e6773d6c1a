package dev.macenv.server.session;

import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * N lanes of one environment and the grants to play them.
 *
 * <p>Threading: {@link #submit} hands work to the session's mailbox, which runs one piece at a time; every method that
 * says "in the mailbox" must run inside such a piece. The others may be called from anywhere.
 */
public final class Session {
    private final String name;
    private final EnvironmentSpec spec;
    private final TeamShape shape;
    private final double gamma;
    private final ResetMode resetMode;
    private final Duration lease;
    private final Lane[] lanes;
    private final long[] laneSeeds;
    private final Grant owner;
    private final Mailbox mailbox;
    private final InlineBudget budget = new InlineBudget();
    private final boolean guarded;
    private final LongSupplier nanoClock;
    private volatile long lastContact;
    private final AtomicReference<@Nullable CloseCause> closed = new AtomicReference<>();
    private volatile boolean draining;

    private final long[] markedAt; // [lane * n + seat]: the validation that saw this pair, to find duplicates
    private long validation;
    private @Nullable ResetRequest lastReset;
    private List<EpisodeStart> lastResetAnswer = List.of();

    /**
     * A request to begin new episodes.
     *
     * @param lanes which, each at most once; empty for all
     * @param laneSeeds none, or one for each of the lanes
     * @param episodeSeeds none, or one for each of the lanes; excludes {@code laneSeeds}
     * @param requestId makes it safe to repeat; empty for never mind
     */
    public record ResetRequest(List<Integer> lanes, List<Long> laneSeeds, List<Long> episodeSeeds, String requestId) {}

    /** A session whose lanes all stand at the start of their first episode. */
    Session(
            String name,
            String ownerToken,
            SessionOptions options,
            long[] laneSeeds,
            Duration lease,
            Supplier<MacDecPomdp> environments,
            Executor pool,
            SessionLimits limits,
            LongSupplier nanoClock) {
        this.name = name;
        this.gamma = options.gamma();
        this.resetMode = options.resetMode();
        this.lease = lease;
        this.laneSeeds = laneSeeds.clone();
        this.nanoClock = nanoClock;
        MacDecPomdp first = environments.get();
        // What may have to be waited for runs neither on an event loop nor on the pool that other sessions need.
        guarded = first instanceof GuardedEnvironment;
        Executor runner = first instanceof GuardedEnvironment environment
                ? environment.guard().threads()
                : pool;
        this.mailbox = new Mailbox(runner, limits.waiting());
        spec = first.spec();
        shape = new TeamShape(spec);
        requireSmallAnswers(options, limits);
        lanes = new Lane[options.lanes()];
        for (int i = 0; i < lanes.length; i++) {
            MacDecPomdp environment = i == 0 ? first : environments.get();
            lanes[i] = new Lane(i, spec, shape, environment, environments, resetMode, gamma, laneSeeds[i]);
        }
        boolean[] allSeats = new boolean[shape.agents()];
        Arrays.fill(allSeats, true);
        owner = new Grant(this, ownerToken, allSeats, options.view(), shape, lanes.length);
        markedAt = new long[lanes.length * shape.agents()];
        for (Lane lane : lanes) {
            lane.begin();
            owner.owe(lane.index());
        }
        lastContact = nanoClock.getAsLong();
    }

    /** Every lane may send an END and a START row in one answer; no answer may ever exceed the limit. */
    private void requireSmallAnswers(SessionOptions options, SessionLimits limits) {
        long rowBytes = shape.rowBytes(options.view());
        int longestEpisode = spec.horizon() == 0 ? Integer.MAX_VALUE : spec.horizon();
        long traceBytes =
                options.view().rewardTrace() ? (long) Double.BYTES * Math.min(spec.maxMacroTicks(), longestEpisode) : 0;
        long most = limits.responseBytes() / (2 * rowBytes + traceBytes);
        if (options.lanes() > most) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "lanes",
                    options.lanes() + " (expected: at most " + most + ", since a row has " + rowBytes
                            + " bytes in this view and an answer at most " + limits.responseBytes() + ")");
        }
    }

    // ------------------------------------------------------------------------------------------------ stepping

    /**
     * Takes a step, in the mailbox: checks the whole request, applies it, runs every lane that waits for nobody to its
     * next event, and collects the rows that the grant is owed. A request that is refused changes nothing.
     *
     * <p>A request without decisions, when nothing is owed and nothing can run, repeats the rows at which lanes wait for
     * this grant.
     *
     * @throws RefusedException saying what is wrong and how to mend it
     */
    public StepResult step(Grant grant, Decisions decisions) {
        requireOpen();
        StepResult stored = grant.replay(decisions);
        if (stored != null) {
            return stored;
        }
        requireNotDraining();
        validate(grant, decisions);
        for (int row = 0; row < decisions.rows(); row++) {
            lanes[decisions.lane()[row]].decide(decisions.seat()[row], decisions.action()[row]);
        }
        EventWriter writer = grant.writer();
        writer.clear();
        runAndCollect(grant, decisions.maxTicks(), writer);
        if (decisions.rows() == 0 && writer.rows() == 0) {
            repeatPendingRows(grant, writer);
        }
        StepResult result = new StepResult(decisions.stepId(), writer.build(), 0, 0);
        grant.remember(decisions, result);
        return result;
    }

    private void runAndCollect(Grant grant, int maxTicks, EventWriter writer) {
        long begun = nanoClock.getAsLong();
        int ran = 0;
        for (Lane lane : lanes) {
            if (grant.takeOwed(lane.index())) {
                writer.event(lane);
            }
            if (lane.ready()) {
                lane.run(maxTicks, writer);
                ran++;
            }
        }
        if (ran > 0) {
            budget.took(nanoClock.getAsLong() - begun, ran);
        }
    }

    private void repeatPendingRows(Grant grant, EventWriter writer) {
        for (Lane lane : lanes) {
            boolean waitsForGrant = false;
            for (int seat = 0; seat < shape.agents(); seat++) {
                waitsForGrant |= grant.holds(seat) && lane.pending(seat);
            }
            if (waitsForGrant) {
                writer.event(lane);
            }
        }
    }

    private void validate(Grant grant, Decisions decisions) {
        int rows = decisions.rows();
        requireLength("seat", decisions.seat().length, rows);
        requireLength("action", decisions.action().length, rows);
        if (decisions.paramsLength() != 0) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "params",
                    decisions.paramsLength()
                            + " bytes (expected: 0, no macro-action of this environment has parameters)");
        }
        validation++;
        for (int row = 0; row < rows; row++) {
            validate(grant, decisions, row);
        }
    }

    private static void requireLength(String column, int length, int rows) {
        if (length != rows) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    column,
                    length + " values (expected: " + rows + ", as many as in column lane)");
        }
    }

    private void validate(Grant grant, Decisions decisions, int row) {
        int laneIndex = decisions.lane()[row];
        int seat = decisions.seat()[row];
        int action = decisions.action()[row];
        int agents = shape.agents();
        if (laneIndex < 0 || laneIndex >= lanes.length) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "lane[" + row + "]",
                    Integer.toUnsignedString(laneIndex) + " (expected: 0 .. " + (lanes.length - 1) + ")");
        }
        if (seat < 0 || seat >= agents) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "seat[" + row + "]",
                    Integer.toUnsignedString(seat) + " (expected: 0 .. " + (agents - 1) + ")");
        }
        int pair = laneIndex * agents + seat;
        if (markedAt[pair] == validation) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "seat[" + row + "]",
                    "lane " + laneIndex + ", seat " + seat + " for the second time (expected: each pair once)");
        }
        markedAt[pair] = validation;
        if (!grant.holds(seat)) {
            throw new RefusedException(
                            Reason.SEAT_NOT_GRANTED, "seat[" + row + "]: seat " + seat + " is not part of this grant")
                    .with("seat", seat);
        }
        int actions = shape.actionCount(seat);
        if (action < -1 || action >= actions) {
            throw RefusedException.field(
                            Reason.ACTION_OUT_OF_RANGE,
                            "action[" + row + "]",
                            action + " (expected: 0 .. " + (actions - 1) + ", the macro-actions of seat " + seat + ")")
                    .with("lane", laneIndex)
                    .with("seat", seat)
                    .with("action", action)
                    .with("actions", actions);
        }
        validatePhase(lanes[laneIndex], seat, action, row);
    }

    private static void validatePhase(Lane lane, int seat, int action, int row) {
        switch (lane.phase()) {
            case IDLE ->
                throw new RefusedException(
                                Reason.LANE_ENDED,
                                "lane[" + row + "]: the episode of lane " + lane.index() + " is over (Reset it first)")
                        .with("lane", lane.index());
            case FAULTED ->
                throw new RefusedException(
                                Reason.LANE_FAULTED,
                                "lane[" + row + "]: lane " + lane.index() + " is faulted (Reset it first)")
                        .with("lane", lane.index());
            case AWAITING -> {}
        }
        if (!lane.pending(seat)) {
            throw new RefusedException(
                            Reason.SEAT_ONGOING,
                            "seat[" + row + "]: seat " + seat + " of lane " + lane.index()
                                    + " owes no decision, its macro-action goes on (await a row in which it is DONE)")
                    .with("lane", lane.index())
                    .with("seat", seat)
                    .with("since_tick", lane.sinceTick(seat));
        }
        if (action == -1) {
            throw new RefusedException(
                            Reason.NO_FALLBACK,
                            "action[" + row + "]: -1, but the absence policy of seat " + seat
                                    + " names no fallback (choose a macro-action)")
                    .with("lane", lane.index())
                    .with("seat", seat);
        }
        if (!lane.legal(seat, action)) {
            throw new RefusedException(
                            Reason.ACTION_ILLEGAL,
                            "action[" + row + "]: macro-action " + action + " of seat " + seat + " in lane "
                                    + lane.index() + " cannot begin now (choose one whose byte in the legal mask is 1)")
                    .with("lane", lane.index())
                    .with("seat", seat)
                    .with("action", action);
        }
    }

    // ------------------------------------------------------------------------------------------------ other verbs

    /**
     * Abandons the current episodes of some lanes and begins new ones, in the mailbox; their rows are then owed.
     *
     * @return the new episodes in the order of the lanes asked for
     */
    public List<EpisodeStart> reset(Grant grant, ResetRequest request) {
        requireOpen();
        requireNotDraining();
        if (grant != owner) {
            throw new RefusedException(Reason.OWNER_ONLY, "only the owner of a session may reset lanes");
        }
        ResetRequest previous = lastReset;
        if (!request.requestId().isEmpty()
                && previous != null
                && previous.requestId().equals(request.requestId())) {
            if (!previous.equals(request)) {
                throw new RefusedException(
                                Reason.REQUEST_ID_REUSED,
                                "request_id: " + request.requestId() + " was used by a request with other content")
                        .with("request_id", request.requestId());
            }
            return lastResetAnswer;
        }
        int[] which = lanesOf(request.lanes());
        List<FieldProblem> problems = new ArrayList<>();
        seedProblems("seeds", request.laneSeeds().size(), which.length, problems);
        seedProblems("episode_seeds", request.episodeSeeds().size(), which.length, problems);
        if (!request.laneSeeds().isEmpty() && !request.episodeSeeds().isEmpty()) {
            problems.add(new FieldProblem("episode_seeds", "given beside seeds (expected: one of the two at most)"));
        }
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        List<EpisodeStart> started = new ArrayList<>(which.length);
        for (int i = 0; i < which.length; i++) {
            Lane lane = lanes[which[i]];
            if (!request.laneSeeds().isEmpty()) {
                lane.beginWithLaneSeed(request.laneSeeds().get(i));
            } else if (!request.episodeSeeds().isEmpty()) {
                lane.beginWithEpisodeSeed(request.episodeSeeds().get(i));
            } else {
                lane.begin();
            }
            grant.owe(lane.index());
            started.add(lane.startOfEpisode());
        }
        lastReset = request;
        lastResetAnswer = List.copyOf(started);
        return lastResetAnswer;
    }

    private static void seedProblems(String field, int count, int lanes, List<FieldProblem> problems) {
        if (count != 0 && count != lanes) {
            problems.add(new FieldProblem(
                    field, count + " values (expected: none, or one for each of the " + lanes + " lanes to reset)"));
        }
    }

    /** The lanes asked for, all of them if none is named; refuses unknown and repeated ones. */
    private int[] lanesOf(List<Integer> asked) {
        if (asked.isEmpty()) {
            int[] all = new int[lanes.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = i;
            }
            return all;
        }
        boolean[] seen = new boolean[lanes.length];
        List<FieldProblem> problems = new ArrayList<>();
        int[] which = new int[asked.size()];
        for (int i = 0; i < which.length && problems.size() < 16; i++) {
            int lane = asked.get(i);
            which[i] = lane;
            if (lane < 0 || lane >= lanes.length) {
                problems.add(new FieldProblem(
                        "lanes[" + i + "]",
                        Integer.toUnsignedString(lane) + " (expected: 0 .. " + (lanes.length - 1) + ")"));
            } else if (seen[lane]) {
                problems.add(
                        new FieldProblem("lanes[" + i + "]", lane + " for the second time (expected: each lane once)"));
            } else {
                seen[lane] = true;
            }
        }
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        return which;
    }

    /** What the agents of the grant hold now, in the mailbox; one row per lane, ascending. Changes nothing. */
    public HeldObservations macroObservations(Grant grant, List<Integer> asked) {
        requireOpen();
        return LaneReader.observations(this, grant, sorted(lanesOf(asked)));
    }

    /** The macro-states now, in the mailbox; one row per lane, ascending. Changes nothing. */
    public HeldMacroStates macroStates(Grant grant, List<Integer> asked) {
        requireOpen();
        if (!grant.view().macroState()) {
            throw new RefusedException(
                            Reason.SEAT_NOT_GRANTED,
                            "macro-states are not part of this grant's view (ask for View.macro_state on creation)")
                    .with("view", "macro_state");
        }
        return LaneReader.macroStates(this, grant, sorted(lanesOf(asked)));
    }

    private static int[] sorted(int[] lanes) {
        Arrays.sort(lanes);
        return lanes;
    }

    /** Where every lane stands, in the mailbox. */
    public List<LaneReport> lanes() {
        requireOpen();
        return LaneReader.reports(this);
    }

    Lane lane(int index) {
        return lanes[index];
    }

    // ------------------------------------------------------------------------------------------------ life

    /**
     * Runs {@code work} when everything submitted before it is done.
     *
     * @param lanesToRun how many lanes it may run, for choosing between the caller's thread and the pool
     * @throws RefusedException if too much is waiting already
     */
    public void submit(int lanesToRun, Runnable work) {
        mailbox.submit(work, cheap(lanesToRun));
    }

    /** As {@link #submit}, for streams, which bound by themselves what waits, and whose order must not be broken. */
    public void submitInStream(int lanesToRun, Runnable work) {
        mailbox.submitAlways(work, cheap(lanesToRun));
    }

    private boolean cheap(int lanesToRun) {
        return lanesToRun == 0 || (!guarded && budget.cheap(lanesToRun));
    }

    /** Takes note of a sign of life. */
    void touch() {
        lastContact = nanoClock.getAsLong();
    }

    /** Time left until the session is reaped if nobody gives a sign. */
    public Duration leaseRemaining() {
        if (owner.streaming()) {
            return lease;
        }
        Duration left = lease.minusNanos(nanoClock.getAsLong() - lastContact);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Ends the session for everybody; false if it had ended already. */
    boolean close(CloseCause cause) {
        if (!closed.compareAndSet(null, cause)) {
            return false;
        }
        owner.endStream(closedRefusal(name, cause));
        return true;
    }

    static RefusedException closedRefusal(String name, CloseCause cause) {
        return new RefusedException(
                        Reason.SESSION_CLOSED, "session " + name + " has closed: " + cause + " (create another)")
                .with("session", name)
                .with("cause", cause)
                .withResource("macenv.v1.Session", name);
    }

    /** Steps under way are finished and answered, nothing new begins. */
    void drain() {
        draining = true;
        // Behind whatever is under way, so that its answer still goes out.
        mailbox.submitAlways(() -> owner.endStream(drainingRefusal()), true);
    }

    private void requireOpen() {
        CloseCause cause = closed.get();
        if (cause != null) {
            throw closedRefusal(name, cause);
        }
    }

    private void requireNotDraining() {
        if (draining) {
            throw drainingRefusal();
        }
    }

    static RefusedException drainingRefusal() {
        return new RefusedException(Reason.DRAINING, "the server is going down (try again later, or another server)")
                .withRetryAfter(Duration.ofSeconds(5));
    }

    // ------------------------------------------------------------------------------------------------ reading

    /** Public, safe to log. */
    public String name() {
        return name;
    }

    public EnvironmentSpec spec() {
        return spec;
    }

    public TeamShape shape() {
        return shape;
    }

    public int laneCount() {
        return lanes.length;
    }

    /** The lane seeds that the session was created with. */
    public long[] laneSeeds() {
        return laneSeeds.clone();
    }

    public double gamma() {
        return gamma;
    }

    public ResetMode resetMode() {
        return resetMode;
    }

    public Duration lease() {
        return lease;
    }

    public boolean draining() {
        return draining;
    }

    /** The grant of whoever created the session. */
    public Grant owner() {
        return owner;
    }

    /** The grant with this token; null if there is none. */
    @Nullable
    Grant grant(String token) {
        return owner.mayEnter(token) ? owner : null;
    }
}
