package dev.macenv.server.session;

import dev.macenv.env.AnnouncedEnvironment;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * N lanes of one environment and the grants to play them.
 *
 * <p>Threading: {@link #submit} hands work to the session's mailbox, which runs one piece at a time; every method that
 * says "in the mailbox" must run inside such a piece. The others may be called from anywhere.
 */
public final class Session {
    private static final int BYTES_OF_RESULT = 64; // of an episode, as it travels, at most

    private final String name;
    private final EnvironmentSpec spec;
    private final TeamShape shape;
    private final double gamma;
    private final ResetMode resetMode;
    private final Duration lease;
    private final Lane[] lanes;
    private final long[] laneSeeds;
    private final Seating seating;
    private final Barrier barrier;
    private final DecisionCheck check;
    private final Snapshots snapshots;
    private final Watchers watchers;
    private final AtomicBoolean readersReady = new AtomicBoolean(); // and the mailbox will look at them
    private final Grant owner;
    private final SessionLimits limits;
    private final Supplier<String> tokens;
    private final Mailbox mailbox;
    private final InlineBudget budget = new InlineBudget();
    private final boolean waits; // for others when it begins episodes or runs lanes, which no event loop may
    private final boolean announcing;
    private final LongSupplier nanoClock;
    private final AtomicReference<@Nullable CloseCause> closed = new AtomicReference<>();
    private final CompletableFuture<@Nullable Void> gone = new CompletableFuture<>();
    private volatile boolean draining;
    private volatile @Nullable Chronicle chronicle;
    private boolean replaying;
    private int grants; // that there have been
    private long episodesSeen; // begun, when the chronicle was last asked whether it is too long
    private boolean sumDue;

    private @Nullable ResetRequest lastReset;
    private List<EpisodeStart> lastResetAnswer = List.of();
    private @Nullable RestoreRequest lastRestore;
    private LaneMoment lastRestoreAnswer = LaneMoment.NONE;

    /**
     * A request to begin new episodes.
     *
     * @param lanes which, each at most once; empty for all
     * @param laneSeeds none, or one for each of the lanes
     * @param episodeSeeds none, or one for each of the lanes; excludes {@code laneSeeds}
     * @param requestId makes it safe to repeat; empty for never mind
     */
    public record ResetRequest(List<Integer> lanes, List<Long> laneSeeds, List<Long> episodeSeeds, String requestId) {

        /** The same, with all lanes by number if it names none. */
        private ResetRequest naming(int count) {
            if (!lanes.isEmpty()) {
                return this;
            }
            return new ResetRequest(IntStream.range(0, count).boxed().toList(), laneSeeds, episodeSeeds, requestId);
        }
    }

    /**
     * A request to put a lane back.
     *
     * @param lane which
     * @param content a digest of what the request asks for
     * @param requestId makes it safe to repeat; empty for never mind
     */
    public record RestoreRequest(int lane, String content, String requestId) {}

    /** A session whose lanes all stand at the start of their first episode, or where the options say. */
    Session(
            String name,
            Supplier<String> tokens,
            SessionOptions options,
            long[] laneSeeds,
            Duration lease,
            Supplier<MacDecPomdp> environments,
            Executor pool,
            SessionLimits limits,
            LongSupplier nanoClock,
            Alarm alarm) {
        this.name = name;
        this.gamma = options.gamma();
        this.resetMode = options.resetMode();
        this.lease = lease;
        this.laneSeeds = laneSeeds.clone();
        this.nanoClock = nanoClock;
        this.limits = limits;
        this.tokens = tokens;
        MacDecPomdp first = environments.get();
        // What may have to be waited for runs neither on an event loop nor on the pool that other sessions need.
        Executor runner = pool;
        if (first instanceof GuardedEnvironment environment) {
            runner = environment.guard().threads();
        } else if (first instanceof AnnouncedEnvironment environment) {
            runner = environment.threads();
        }
        waits = runner != pool;
        announcing = first instanceof AnnouncedEnvironment;
        this.mailbox = new Mailbox(runner, limits.waiting());
        spec = first.spec();
        shape = new TeamShape(spec);
        SeatPolicy[] policies = options.seating().policies(shape);
        seating = new Seating(policies);
        requireSmallAnswers(options.lanes(), options.view(), seating.ownersSeats(), "owner_view", "lanes");
        lanes = new Lane[options.lanes()];
        long[] seeds = options.start().isPresent() ? new long[lanes.length] : laneSeeds; // the snapshot has its own
        for (int i = 0; i < lanes.length; i++) {
            MacDecPomdp environment = i == 0 ? first : environments.get();
            lanes[i] = new Lane(i, spec, shape, environment, environments, resetMode, gamma, seeds[i]);
        }
        snapshots = new Snapshots(
                spec,
                lanes,
                i -> new Lane(i, spec, shape, environments.get(), environments, resetMode, gamma, seeds[i]));
        watchers = new Watchers(lanes, nanoClock, alarm, mailbox);
        barrier = new Barrier(lanes, shape.agents(), seating, resetMode, watchers, nanoClock, announcing);
        check = new DecisionCheck(lanes, shape, seating);
        owner = newGrant(tokens.get(), new Grant.Terms(Role.OWNER, seating.ownersSeats(), options.view(), lease));
        seating.add(owner);
        for (InviteOptions invite : options.seating().invitesToIssue()) {
            seating.issue(new Invite(tokens.get(), invite));
        }
        try {
            begin(options.start());
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    private void begin(Optional<Supplier<byte[]>> start) {
        if (start.isPresent()) {
            byte[] snapshot = start.get().get();
            for (int lane = 0; lane < lanes.length; lane++) {
                barrier.restored(snapshots.restore(lane, snapshot));
            }
            return;
        }
        if (announcing) {
            for (Lane lane : lanes) {
                lane.announceBegin(lane.nextEpisodeSeed());
            }
        }
        for (Lane lane : lanes) {
            lane.begin();
            barrier.begun(lane);
        }
    }

    /** Every lane may send an END and a START row in one answer; no answer may ever exceed the limit. */
    private void requireSmallAnswers(int count, View view, boolean[] seats, String viewField, String field) {
        long rowBytes = shape.rowBytes(view);
        long traceBytes = view.rewardTrace() ? Double.BYTES * longestTrace(seats, viewField) : 0;
        long most = limits.responseBytes() / (2 * rowBytes + traceBytes);
        if (count > most) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    field,
                    count + " lanes (expected: at most " + most + ", since a row has " + rowBytes
                            + " bytes in this view and an answer at most " + limits.responseBytes() + ")");
        }
    }

    /** The most ticks that one row may cover for a grant of these seats. */
    private long longestTrace(boolean[] seats, String viewField) {
        boolean any = false;
        for (boolean held : seats) {
            any |= held;
        }
        if (any && !seating.decidesForAbsent()) {
            return spec.horizon() == 0 ? spec.maxMacroTicks() : Math.min(spec.maxMacroTicks(), spec.horizon());
        }
        if (spec.horizon() == 0) { // what nobody waits for may go on behind its back
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    viewField + ".reward_trace",
                    "true (expected: false, since one row may cover a whole episode and episodes have no longest length)");
        }
        return spec.horizon();
    }

    // ------------------------------------------------------------------------------------------------ telling

    /**
     * From now on the chronicle is told what takes effect, before anybody else knows the session.
     *
     * @param fromTheStart whether to tell it how the session began as well
     */
    void tell(Chronicle listener, boolean fromTheStart) {
        boolean[] everySeat = new boolean[shape.agents()];
        Arrays.fill(everySeat, true);
        EventWriter writer = listener.eventsWanted()
                .map(view -> new EventWriter(shape, view, everySeat, true))
                .orElse(null);
        chronicle = listener;
        barrier.tell(listener, writer);
        if (fromTheStart) {
            listener.opened(owner);
            for (Lane lane : lanes) {
                barrier.tellEvent(lane);
            }
        }
    }

    /** From now on what was recorded says who is absent. */
    void beginReplay(Absence recorded) {
        replaying = true;
        barrier.judge(recorded);
    }

    /** From now on the clock says who is absent. */
    void endReplay() {
        replaying = false;
        barrier.judge(null);
    }

    /** Runs {@code then} when all that took effect before it is safe; or {@code otherwise}, if it cannot be made so now. */
    public void whenSafe(Runnable then, Consumer<RefusedException> otherwise) {
        Chronicle told = chronicle;
        if (told == null) {
            then.run();
        } else {
            told.whenSafe(then, otherwise);
        }
    }

    private void requireRoom() {
        Chronicle told = chronicle;
        if (told != null) {
            sumUpIfTooLong(told);
            told.requireRoom();
        }
    }

    /** Has the chronicle begin anew behind this piece of work, not on an event loop, since lanes are saved. */
    private void sumUpIfTooLong(Chronicle told) {
        boolean betweenEpisodes = barrier.episodesBegun() != episodesSeen;
        episodesSeen = barrier.episodesBegun();
        if (!sumDue && told.tooLong(betweenEpisodes)) {
            sumDue = true;
            mailbox.submitAlways(
                    () -> {
                        sumDue = false;
                        if (closed.get() == null) {
                            told.sumUp(this::save);
                        }
                    },
                    false);
        }
    }

    /** Notices who has gone or come back, which is a matter of the clock. */
    private void noteWhoIsThere() {
        List<Grant> players = seating.players();
        if (replaying || players.size() < 2) { // an owner alone never lapses
            return;
        }
        for (Grant grant : players) {
            boolean lapsed = grant.lapsed();
            if (lapsed != grant.away()) {
                note(grant, lapsed ? Standing.LAPSED : Standing.HELD);
            }
        }
    }

    /** Takes note that a grant has lapsed, or is held again. */
    void note(Grant grant, Standing standing) {
        grant.away(standing == Standing.LAPSED);
        tellStanding(grant, standing);
    }

    private void tellStanding(Grant grant, Standing standing) {
        Chronicle told = chronicle;
        if (told != null) {
            told.stands(grant, standing);
        }
    }

    // ------------------------------------------------------------------------------------------------ stepping

    /**
     * Takes a step, in the mailbox: checks the whole request, applies it, runs every lane that waits for nobody to its
     * next event, and answers as soon as there are rows for the grant or decisions to make. While there are neither, since
     * other players decide, the answer comes from a later piece of work. A request that is refused changes nothing.
     *
     * <p>A request without decisions, when nothing is owed and nothing can run, repeats the rows at which lanes wait for
     * this grant.
     */
    public void step(Grant grant, Decisions decisions, StepAnswer caller) {
        Chronicle told = chronicle;
        StepAnswer answer = told == null ? caller : new AnswerWhenSafe(told, caller);
        try {
            requireOpen(grant);
            if (!grant.turns().isNext(decisions, answer)) {
                return;
            }
            requireNotDraining();
            requirePlayer(grant);
            check.validate(grant, decisions);
            requireRoom();
        } catch (RuntimeException | Error e) {
            grant.turns().refuse(decisions, answer, e);
            return;
        }
        noteWhoIsThere();
        if (told != null) {
            told.decided(grant, decisions, choices(decisions));
        }
        for (int row = 0; row < decisions.rows(); row++) {
            take(decisions.lane()[row], decisions.seat()[row], decisions.action()[row]);
        }
        grant.turns().accept(decisions, answer);
        grant.ledger().step(decisions.maxTicks());
        long begun = nanoClock.getAsLong();
        barrier.settle(grant);
        if (barrier.lanesRun() > 0) {
            budget.took(nanoClock.getAsLong() - begun, barrier.lanesRun());
        }
    }

    private void take(int lane, int seat, int action) {
        if (action == -1) {
            barrier.decide(lanes[lane], seat, seating.policy(seat).absence().choose(lanes[lane], seat), true);
        } else {
            barrier.decide(lanes[lane], seat, action, false);
        }
    }

    private Choices choices(Decisions decisions) {
        Choices choices = Choices.ofLength(decisions.rows());
        for (int row = 0; row < choices.rows(); row++) {
            Lane lane = lanes[decisions.lane()[row]];
            int seat = decisions.seat()[row];
            int action = decisions.action()[row];
            boolean left = action == -1;
            int chosen = left ? seating.policy(seat).absence().choose(lane, seat) : action;
            choices.set(row, lane, seat, chosen, left);
        }
        return choices;
    }

    private static void requirePlayer(Grant grant) {
        if (grant.role() == Role.SPECTATOR) {
            throw new RefusedException(Reason.SEAT_NOT_GRANTED, "a spectator takes no steps (use Watch)")
                    .with("role", Role.SPECTATOR);
        }
    }

    /** Refuses a step that is none, in its turn, in the mailbox. */
    public void refuse(Grant grant, Decisions decisions, StepAnswer answer, RefusedException why) {
        Chronicle told = chronicle;
        grant.turns().refuse(decisions, told == null ? answer : new AnswerWhenSafe(told, answer), why);
    }

    /** Looks whether somebody has been absent for too long, in the mailbox. */
    void lookForAbsence() {
        if (closed.get() == null && !draining) {
            noteWhoIsThere();
            barrier.settleOutOfTurn();
        }
    }

    /** Whether {@link #tend} has anything to do. */
    boolean needsTending() {
        return seating.decidesForAbsent() || seating.players().size() > 1;
    }

    /** Decides for players who are absent. */
    void tend() {
        mailbox.submitAlways(this::lookForAbsence, false);
    }

    // ------------------------------------------------------------------------------------------------ grants

    /**
     * Turns an invite into a grant, in the mailbox; or finds the one that the same request obtained before.
     *
     * @throws RefusedException if the invite does not allow what is asked for, or others have it
     */
    public Grant join(JoinRequest request) {
        requireOpen();
        Invite invite = seating.invite(request.invite());
        if (invite == null) {
            throw Sessions.unauthenticated();
        }
        Grant before = seating.joinedBefore(request);
        if (before != null) {
            before.touch();
            return before;
        }
        requireNotDraining();
        Role role = Seating.role(request, invite);
        View view = Seating.view(request, invite);
        boolean[] seats = seating.seats(request, role, invite);
        if (invite.usedUp()) {
            throw new RefusedException(Reason.SEAT_NOT_GRANTED, "invite: used up (ask the owner for another)")
                    .with("uses", invite.options().uses());
        }
        if (seating.count() >= limits.grants()) {
            throw RefusedException.quota(
                            Reason.QUOTA_REACHED,
                            "grants of one session",
                            seating.count() + " (limit: " + limits.grants() + "; give one back first)",
                            null)
                    .with("limit", "grants");
        }
        requireSmallAnswers(lanes.length, view, seats, "view", "view");
        requireRoom();
        Duration granted =
                limits.leases().clamp(request.lease().orElse(limits.leases().standard()));
        noteWhoIsThere();
        return admit(request, invite, new Grant.Terms(role, seats, view, granted));
    }

    /** Joins as it was recorded, without asking who is there. */
    Grant joinAgain(JoinRequest request, List<Integer> seats, Duration granted) {
        Invite invite = seating.invite(request.invite());
        if (invite == null) {
            throw new ReplayException("somebody joined with an invite that this session has not issued");
        }
        boolean[] held = new boolean[shape.agents()];
        for (int seat : seats) {
            if (seat < 0 || seat >= held.length) {
                throw new ReplayException("seat " + seat + " is none of this team's");
            }
            held[seat] = true;
        }
        return admit(
                request,
                invite,
                new Grant.Terms(Seating.role(request, invite), held, Seating.view(request, invite), granted));
    }

    private Grant admit(JoinRequest request, Invite invite, Grant.Terms terms) {
        removeLapsedHolders(terms.seats());
        invite.use();
        Grant grant = newGrant(tokens.get(), terms);
        seating.add(grant);
        seating.remember(request, grant);
        Chronicle told = chronicle;
        if (told != null) {
            told.joined(grant, request);
        }
        for (Lane lane : lanes) {
            grant.ledger().enter(lane);
            grant.ledger().askedAt(lane, nanoClock.getAsLong());
        }
        barrier.settle(null);
        return grant;
    }

    /** Who takes a seat over from a grant that has lapsed ends that grant. */
    private void removeLapsedHolders(boolean[] seats) {
        for (int seat = 0; seat < seats.length; seat++) {
            Grant holder = seating.holder(seat);
            if (seats[seat] && holder != null) {
                remove(holder);
            }
        }
    }

    /** Gives a grant back that is not the owner's. */
    void leave(Grant grant) {
        mailbox.submitAlways(
                () -> {
                    if (!grant.over()) {
                        noteWhoIsThere();
                        giveBack(grant);
                    }
                },
                !waits);
    }

    /** The seats of the grant are free, which others may have waited for. */
    void giveBack(Grant grant) {
        tellStanding(grant, Standing.GIVEN_BACK);
        remove(grant);
        if (closed.get() == null && !draining) {
            barrier.settle(null);
        }
    }

    private void remove(Grant grant) {
        seating.remove(grant);
        removeWatcher(grant);
        grant.revoke(Sessions.unauthenticated());
    }

    private Grant newGrant(String token, Grant.Terms terms) {
        return new Grant(this, grants++, token, terms, limits.outstanding(), nanoClock);
    }

    // ------------------------------------------------------------------------------------------------ other verbs

    /**
     * Abandons the current episodes of some lanes and begins new ones, in the mailbox; their rows are then owed.
     *
     * @return the new episodes in the order of the lanes asked for
     */
    public List<EpisodeStart> reset(Grant grant, ResetRequest asked) {
        ResetRequest request = asked.naming(lanes.length);
        requireOpen();
        requireNotDraining();
        requireOwner(grant, "reset lanes");
        ResetRequest previous = lastReset;
        if (!request.requestId().isEmpty()
                && previous != null
                && previous.requestId().equals(request.requestId())) {
            if (!previous.equals(request)) {
                throw requestIdReused(request.requestId());
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
        requireRoom();
        noteWhoIsThere();
        if (announcing) {
            announce(request, which);
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
            started.add(lane.startOfEpisode(true));
        }
        lastReset = request;
        lastResetAnswer = List.copyOf(started);
        Chronicle told = chronicle;
        if (told != null) {
            told.reset(request, lastResetAnswer);
        }
        for (int lane : which) {
            barrier.begun(lanes[lane]);
        }
        barrier.settle(null); // others may wait for these lanes
        return lastResetAnswer;
    }

    private void announce(ResetRequest request, int[] which) {
        for (int i = 0; i < which.length; i++) {
            Lane lane = lanes[which[i]];
            long next = request.laneSeeds().isEmpty()
                    ? lane.nextEpisodeSeed()
                    : EpisodeSeeds.episodeSeed(request.laneSeeds().get(i), 0);
            lane.announceBegin(
                    request.episodeSeeds().isEmpty()
                            ? next
                            : request.episodeSeeds().get(i));
        }
    }

    private static void seedProblems(String field, int count, int lanes, List<FieldProblem> problems) {
        if (count != 0 && count != lanes) {
            problems.add(new FieldProblem(
                    field, count + " values (expected: none, or one for each of the " + lanes + " lanes to reset)"));
        }
    }

    /**
     * Saves a lane as it stands at its last event, in the mailbox. Changes nothing.
     *
     * @param keep whether to keep it here, under an id, in place of handing it out
     */
    public SavedLane snapshot(Grant grant, int lane, boolean keep) {
        requireOpen();
        requireOwner(grant, "save lanes");
        Lane saved = laneOf(lane);
        requireNoFault(saved);
        if (keep && snapshots.kept() >= limits.snapshots()) {
            throw RefusedException.quota(
                            Reason.QUOTA_REACHED,
                            "snapshots kept for one session",
                            snapshots.kept() + " (limit: " + limits.snapshots()
                                    + "; take the bytes instead, or close the session)",
                            null)
                    .with("limit", "snapshots");
        }
        byte[] bytes = snapshots.take(saved);
        if (bytes.length > limits.responseBytes()) {
            throw RefusedException.quota(
                            Reason.RESPONSE_TOO_LARGE,
                            "bytes of one answer",
                            bytes.length + " (limit: " + limits.responseBytes() + ")",
                            null)
                    .with("bytes", bytes.length)
                    .with("limit", limits.responseBytes());
        }
        LaneMoment moment = new LaneMoment(saved.episode(), saved.tick());
        return keep
                ? new SavedLane(new byte[0], snapshots.keep(name, bytes), moment)
                : new SavedLane(bytes, "", moment);
    }

    private static void requireNoFault(Lane lane) {
        if (lane.phase() == Lane.Phase.FAULTED) {
            throw new RefusedException(
                            Reason.LANE_FAULTED, "lane " + lane.index() + " is faulted (reset or restore it first)")
                    .with("lane", lane.index());
        }
    }

    /** What there is to see of a lane at its last event, in the mailbox. Changes nothing. */
    public SeenLane look(Grant grant, int lane) {
        requireOpen(grant);
        if (!grant.view().render()) {
            throw new RefusedException(
                            Reason.SEAT_NOT_GRANTED,
                            "pictures are not part of this grant's view (ask for View.render on creation)")
                    .with("view", "render");
        }
        Lane seen = laneOf(lane);
        requireNoFault(seen);
        try {
            return new SeenLane(seen.frame(), new LaneMoment(seen.episode(), seen.tick()));
        } catch (RuntimeException | Error e) {
            throw EnvironmentFailure.refusal("render", "drawn", e);
        }
    }

    /** The snapshot kept under this id; null if there is none. May be called from anywhere. */
    byte @Nullable [] keptSnapshot(String id) {
        return snapshots.stored(id);
    }

    /**
     * Puts a lane back to a snapshot, in the mailbox. Its row is then owed to everybody.
     *
     * @param source gives the snapshot, or refuses to
     */
    public LaneMoment restore(Grant grant, RestoreRequest request, Supplier<byte[]> source) {
        requireOpen();
        requireNotDraining();
        requireOwner(grant, "restore lanes");
        RestoreRequest previous = lastRestore;
        if (!request.requestId().isEmpty()
                && previous != null
                && previous.requestId().equals(request.requestId())) {
            boolean unknown = previous.content().isEmpty(); // made before the server was started again
            if (previous.lane() != request.lane()
                    || !(unknown || previous.content().equals(request.content()))) {
                throw requestIdReused(request.requestId());
            }
            return lastRestoreAnswer;
        }
        int lane = laneOf(request.lane()).index();
        requireRoom();
        byte[] snapshot = source.get();
        Lane restored = snapshots.restore(lane, snapshot);
        noteWhoIsThere();
        Chronicle told = chronicle;
        if (told != null) {
            told.restored(lane, snapshot, request.requestId());
        }
        LaneMoment moment = new LaneMoment(restored.episode(), restored.tick());
        barrier.restored(restored);
        lastRestore = request;
        lastRestoreAnswer = moment;
        barrier.settle(null); // others may wait for this lane
        return moment;
    }

    private void requireOwner(Grant grant, String what) {
        if (grant != owner) {
            throw new RefusedException(Reason.OWNER_ONLY, "only the owner of a session may " + what);
        }
    }

    private static RefusedException requestIdReused(String requestId) {
        return new RefusedException(
                        Reason.REQUEST_ID_REUSED,
                        "request_id: " + requestId + " was used by a request with other content")
                .with("request_id", requestId);
    }

    private Lane laneOf(int index) {
        if (index < 0 || index >= lanes.length) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "lane",
                    Integer.toUnsignedString(index) + " (expected: 0 .. " + (lanes.length - 1) + ")");
        }
        return lanes[index];
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
        requireOpen(grant);
        return LaneReader.observations(this, grant, sorted(lanesOf(asked)));
    }

    /** The macro-states now, in the mailbox; one row per lane, ascending. Changes nothing. */
    public HeldMacroStates macroStates(Grant grant, List<Integer> asked) {
        requireOpen(grant);
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

    /** Where every lane stands, as the grant may know it, in the mailbox. */
    public List<LaneReport> lanes(Grant grant) {
        requireOpen(grant);
        return LaneReader.reports(this, grant);
    }

    // ------------------------------------------------------------------------------------------------ saving

    /**
     * All of the session as bytes, from which {@link #load} goes on in one that has just been made the same way; in the
     * mailbox. Not part of it are those who wait for answers or watch, and snapshots that were kept.
     *
     * @throws RefusedException if the environment cannot be saved
     */
    byte[] save() {
        SnapshotWriter out = SavedSession.begin();
        for (Lane lane : lanes) {
            SavedSession.put(out, snapshots.take(lane));
            lane.saveDecisions(out);
        }
        List<Grant> there = seating.grants().stream()
                .sorted(Comparator.comparingInt(Grant::number))
                .toList();
        out.putInt(grants);
        out.putInt(there.size());
        for (Grant grant : there) {
            out.putInt(grant.number());
            SavedSession.put(out, grant.digest());
            SavedSession.put(out, grant.terms());
            out.putBoolean(grant.away());
            grant.turns().save(out);
        }
        there.forEach(grant -> grant.ledger().save(out));
        seating.save(out);
        SavedSession.put(out, lastReset, lastResetAnswer);
        SavedSession.put(out, lastRestore, lastRestoreAnswer);
        return out.toBytes();
    }

    /**
     * Stands where another session was saved, before anybody knows this one.
     *
     * @throws SnapshotException if the bytes make no sense
     * @throws RefusedException if they are another environment's
     */
    void load(byte[] saved, StepAnswer nobody) {
        SnapshotReader in = SavedSession.open(saved);
        for (int lane = 0; lane < lanes.length; lane++) {
            snapshots.restore(lane, SavedSession.bytes(in)).loadDecisions(in);
        }
        Map<Integer, Grant> there = new TreeMap<>(Map.of(0, owner));
        int ever = in.getInt();
        for (int left = in.getInt(); left > 0; left--) {
            int number = in.getInt();
            while (grants < number) {
                seating.hadGivenBack(nextToken());
            }
            String digest = SavedSession.string(in);
            Grant.Terms terms = SavedSession.terms(in, shape.agents());
            Grant grant = number == 0 ? owner : newGrant(tokens.get(), terms);
            if (!grant.digest().equals(digest)) {
                throw new ReplayException("grant " + number
                        + ": its token cannot be drawn again (the key in this directory is not the one there was)");
            }
            if (number > 0) {
                seating.add(grant);
                there.put(number, grant);
            }
            grant.away(in.getBoolean());
            grant.turns().load(in, nobody);
        }
        while (grants < ever) {
            seating.hadGivenBack(nextToken());
        }
        for (Grant grant : there.values()) {
            grant.ledger().load(in);
            for (Lane lane : lanes) {
                grant.ledger().askedAt(lane, nanoClock.getAsLong());
            }
        }
        seating.load(in, there);
        lastReset = SavedSession.resetRequest(in);
        lastResetAnswer = SavedSession.starts(in);
        lastRestore = SavedSession.restoreRequest(in);
        lastRestoreAnswer = SavedSession.moment(in);
        SavedSession.requireEnd(in);
    }

    /** The token of a grant that is no more. */
    private String nextToken() {
        grants++;
        return tokens.get();
    }

    // ------------------------------------------------------------------------------------------------ watching

    /**
     * From now on the sink is told of what happens, in the mailbox; another one of the same grant no longer.
     *
     * @param asked lanes, each at most once; empty for all
     * @param interval least time between two messages
     */
    public void watch(Grant grant, List<Integer> asked, Duration interval, WatchSink sink) {
        requireOpen(grant);
        requireNotDraining();
        int[] which = sorted(lanesOf(asked));
        boolean displaces = grant.watches();
        if (!displaces && watchers.count() >= limits.watchers()) {
            throw RefusedException.quota(
                            Reason.QUOTA_REACHED,
                            "spectators of one session",
                            watchers.count() + " (limit: " + limits.watchers() + "; try again when one has left)",
                            Duration.ofSeconds(10))
                    .with("limit", "watchers");
        }
        WatchSink older = grant.attachWatch(sink);
        if (older != null) {
            watchers.remove(older);
        }
        Audience alone = new Audience(
                this, Audience.Sight.of(grant, IntStream.of(which).boxed().toList()), mostEnds());
        watchers.add(new Watcher(alone, sink, interval.toNanos()));
        if (sink.gone()) { // meanwhile, and nobody would say so again
            grant.detachWatch(sink);
            watchers.remove(sink);
        }
    }

    /** So few results of episodes that they make a message an eighth longer at most than its rows may. */
    private int mostEnds() {
        return Math.max(16, limits.responseBytes() / (8 * BYTES_OF_RESULT));
    }

    /** Some sink may take news again. May be called from anywhere. */
    public void readerReady() {
        if (!readersReady.getAndSet(true)) { // one look at them all, however many there are
            mailbox.submitAlways(
                    () -> {
                        readersReady.set(false);
                        watchers.wake();
                    },
                    true);
        }
    }

    /** The sink's reader has gone. May be called from anywhere. */
    public void unwatch(Grant grant, WatchSink sink) {
        grant.detachWatch(sink);
        mailbox.submitAlways(() -> watchers.remove(sink), true);
    }

    private void removeWatcher(Grant grant) {
        WatchSink sink = grant.detachWatch();
        if (sink != null) {
            watchers.remove(sink);
            sink.end(Sessions.unauthenticated());
        }
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

    /** As {@link #submit}, for work that an event loop is not to be held up by, such as making environments. */
    public void submitAside(Runnable work) {
        mailbox.submit(work, false);
    }

    /** As {@link #submit}, for streams, which bound by themselves what waits, and whose order must not be broken. */
    public void submitInStream(int lanesToRun, Runnable work) {
        mailbox.submitAlways(work, cheap(lanesToRun));
    }

    private boolean cheap(int lanesToRun) {
        return !waits && (lanesToRun == 0 || budget.cheap(lanesToRun));
    }

    /** Time left until the session is reaped if nobody gives a sign. */
    public Duration leaseRemaining() {
        return owner.leaseRemaining();
    }

    /** Ends the session for everybody; false if it had ended already. */
    boolean close(CloseCause cause) {
        if (!closed.compareAndSet(null, cause)) {
            return false;
        }
        RefusedException refusal = closedRefusal(name, cause);
        for (Grant grant : seating.grants()) {
            grant.endStream(refusal); // at once, in case the mailbox is held up
        }
        mailbox.submitAlways(
                () -> {
                    try {
                        Chronicle told = chronicle;
                        if (told != null) {
                            told.closed(cause);
                        }
                        seating.grants().forEach(grant -> grant.end(refusal));
                        watchers.close();
                        release();
                    } finally {
                        gone.complete(null);
                    }
                },
                true);
        return true;
    }

    /** Completes when the session has closed and what was under way in it has ended. */
    CompletableFuture<@Nullable Void> gone() {
        return gone;
    }

    /** Lets go of the environments, in the mailbox or before anybody knows the session. */
    void release() {
        for (Lane lane : lanes) {
            lane.release();
        }
        snapshots.release();
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
        mailbox.submitAlways(
                () -> seating.grants().forEach(grant -> {
                    grant.end(drainingRefusal());
                    WatchSink sink = grant.detachWatch();
                    if (sink != null) {
                        watchers.remove(sink);
                        sink.end(drainingRefusal());
                    }
                }),
                true);
    }

    private void requireOpen() {
        CloseCause cause = closed.get();
        if (cause != null) {
            throw closedRefusal(name, cause);
        }
    }

    private void requireOpen(Grant grant) {
        requireOpen();
        if (grant.over()) {
            throw Sessions.unauthenticated();
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

    /** The lane seeds that the session was created with; none if it started from a snapshot. */
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
        return seating.find(token);
    }

    /** The seats, the invites and the grants; to be read in the mailbox. */
    Seating seating() {
        return seating;
    }

    /** The invites issued, in the mailbox or before anybody knows the session. */
    public List<Invite> invites() {
        return List.copyOf(seating.invites());
    }

    /** Whether the lanes may run: false while a required seat has never been taken. */
    public boolean started() {
        return seating.started();
    }

    /** Whether the seat is free for whoever joins; otherwise it is the owner's. */
    public boolean open(int seat) {
        return seating.policy(seat).open();
    }

    /** The grant that has the seat, in the mailbox; null if nobody has it. */
    public @Nullable Grant holder(int seat) {
        return seating.holder(seat);
    }
}
