package dev.macenv.server.host;

import com.google.protobuf.ByteString;
import dev.macenv.env.AgentSpec;
import dev.macenv.env.AnnouncedEnvironment;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.host.v1.Outcome;
import dev.macenv.host.v1.Row;
import dev.macenv.host.v1.Stretch;
import dev.macenv.host.v1.Task;
import dev.macenv.server.session.EnvironmentFaultException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.DoubleStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One lane whose world is at a host.
 *
 * <h2>Fetched ahead</h2>
 *
 * The host runs a lane from event to event, and says what came of it in one {@link Outcome}: the reward of each tick, and all that there is to see at the last. {@link #step} then takes the ticks one by one.
 * What nobody announced is asked for tick by tick.
 *
 * <h2>Where an episode stands</h2>
 *
 * is, by the law of determinism, its seed and what its agents were told to do; that is written along, is what a snapshot holds, and what the host does again to restore one.
 *
 * <h2>Trust</h2>
 *
 * None. Requests are checked before the host sees them, and what it answers is checked before anything is taken over: lengths, flags, finite numbers, clocks, ends. (Bounds and masks are checked by whoever runs
 * lanes, for every environment.)
 *
 * <p>Allocates with every message.
 */
final class HostedEnvironment implements AnnouncedEnvironment {
    /** The most ticks of one message, which bounds how long the host may think about it. */
    private static final int LONGEST = 256;

    private static final int SNAPSHOT_MAGIC = 0x4D414348; // "MACH"
    private static final int FINGERPRINT_BYTES = 32;
    private static final int HEADER_BYTES = Integer.BYTES + FINGERPRINT_BYTES;

    private final HostedLanes lanes;
    private final EnvironmentSpec spec;
    private final byte[] fingerprint;
    private final int agents;
    private final int observationEntries; // of all agents
    private final int legalEntries; // of all agents

    // Where the lane stands.
    private boolean begun;
    private long seed;
    private int[] told =
            new int[0]; // per stretch: one macro-action per agent, -1 where it was not asked; then the ticks
    private int stretches;
    private int tick;
    private double reward;
    private boolean terminated;
    private final boolean[] ended;
    private final int[] macroAction;
    private final double[][] observation;
    private final boolean[][] legal;
    private final double[] state;

    // What is to be asked next.
    private @Nullable HostLine line;
    private int lane;
    private boolean begins;
    private long beginSeed;
    private OptionalLong announcedSeed = OptionalLong.empty(); // of a reset that was announced, until it comes
    private boolean again; // the stretches so far are to be run again first
    private int @Nullable [] requests; // of the stretch to be asked for
    private int ticksToAsk;
    private int ticksAnnounced; // of them and of those behind them
    private OptionalLong nextSeed = OptionalLong.empty();

    // What has been fetched.
    private @Nullable Outcome fetched;
    private int[] fetchedRequests = new int[0];
    private int taken; // ticks of it
    private OptionalLong fetchedNext = OptionalLong.empty();
    private @Nullable String failure;

    HostedEnvironment(HostedLanes lanes, EnvironmentSpec spec) {
        this.lanes = lanes;
        this.spec = spec;
        fingerprint = HexFormat.of().parseHex(spec.fingerprint());
        agents = spec.agents().size();
        ended = new boolean[agents];
        macroAction = new int[agents];
        observation = new double[agents][];
        legal = new boolean[agents][];
        int observations = 0;
        int masks = 0;
        for (int agent = 0; agent < agents; agent++) {
            AgentSpec agentSpec = spec.agents().get(agent);
            observation[agent] = new double[agentSpec.observationSize()];
            legal[agent] = new boolean[agentSpec.macroActions().size()];
            observations += observation[agent].length;
            masks += legal[agent].length;
        }
        observationEntries = observations;
        legalEntries = masks;
        state = new double[spec.stateSize()];
    }

    // ------------------------------------------------------------------------------------------------ announcing

    @Override
    public Executor threads() {
        return lanes.threads();
    }

    @Override
    public void announceReset(long wanted) {
        forget();
        begins = true;
        beginSeed = wanted;
        again = false;
        announcedSeed = OptionalLong.of(wanted);
        lanes.announce(this);
    }

    @Override
    public void announceSteps(int[] macroActions, int maxTicks, OptionalLong next) {
        int limit = maxTicks == 0 ? Integer.MAX_VALUE : maxTicks;
        Outcome ready = fetched;
        if (failure != null || (ready != null && sameRequests(macroActions, fetchedRequests) && suits(ready, limit))) {
            return; // announced before, and done
        }
        if (ready != null) { // the host is further than it should be
            forget();
            beginSeed = seed;
            begins = true;
            again = true;
        }
        requests = macroActions.clone();
        ticksAnnounced = limit;
        ticksToAsk = Math.min(limit, LONGEST);
        nextSeed = next;
        lanes.announce(this);
    }

    private static boolean suits(Outcome ready, int limit) {
        return ready.getRewardsCount() <= limit;
    }

    private boolean sameRequests(int[] one, int[] other) {
        for (int agent = 0; agent < agents; agent++) {
            if (ended[agent] && one[agent] != other[agent]) {
                return false;
            }
        }
        return true;
    }

    private void forget() {
        fetched = null;
        fetchedNext = OptionalLong.empty();
        taken = 0;
        failure = null;
        requests = null;
        ticksAnnounced = 0;
        announcedSeed = OptionalLong.empty();
        nextSeed = OptionalLong.empty();
        lanes.retract(this);
    }

    // ------------------------------------------------------------------------------------------------ exchanging

    /** Whether what is to be asked makes no difference between lines. */
    boolean begins() {
        return begins;
    }

    /** The line that knows the lane; null if none does. */
    @Nullable
    HostLine line() {
        return line;
    }

    /** From now on this line knows the lane. */
    void enter(HostLine other) {
        line = other;
        lane = other.newLane();
    }

    /** What is to be asked. */
    Task task() {
        Task.Builder task = Task.newBuilder().setLane(lane);
        if (begins) {
            task.setSeed(beginSeed);
        }
        if (again) {
            for (int stretch = 0; stretch < stretches; stretch++) {
                Stretch.Builder before = Stretch.newBuilder().setMaxTicks(told[stretch * (agents + 1) + agents]);
                for (int agent = 0; agent < agents; agent++) {
                    before.addMacroActions(told[stretch * (agents + 1) + agent]);
                }
                task.addStretches(before);
            }
        }
        int[] wanted = requests;
        if (wanted != null) {
            Stretch.Builder stretch = Stretch.newBuilder().setMaxTicks(ticksToAsk);
            for (int agent = 0; agent < agents; agent++) {
                stretch.addMacroActions(ended[agent] ? wanted[agent] : -1);
            }
            task.addStretches(stretch);
        }
        nextSeed.ifPresent(task::setNextSeed);
        return task.build();
    }

    /** What came of it. */
    void take(Outcome outcome) {
        begins = false;
        again = false;
        fetched = outcome;
        fetchedRequests = requests == null ? new int[agents] : requests;
        fetchedNext = nextSeed;
        taken = 0;
        requests = null;
        nextSeed = OptionalLong.empty();
        if (!outcome.getFailure().isEmpty()) {
            leaveLine();
        }
    }

    /** Nothing came of it. */
    void lose(String why) {
        OptionalLong asked = announcedSeed;
        forget();
        announcedSeed = asked;
        failure = why;
        leaveLine();
    }

    private void leaveLine() {
        HostLine known = line;
        line = null;
        begins = false;
        if (known != null) {
            lanes.release(this, known, lane);
        }
    }

    @Override
    public void close() {
        forget();
        leaveLine();
        begun = false;
    }

    // ------------------------------------------------------------------------------------------------ moving

    @Override
    public void reset(long wanted) {
        Outcome ready = fetched;
        if (ready != null && taken == ready.getRewardsCount() && fetchedNext.equals(OptionalLong.of(wanted))) {
            Row start = ready.getNextStart();
            requireNoFailure(ready);
            fetched = null;
            fetchedNext = OptionalLong.empty();
            begin(wanted, start, ready.hasNextStart());
            return;
        }
        if (!announcedSeed.equals(OptionalLong.of(wanted))) {
            announceReset(wanted);
        }
        if (fetched == null && failure == null) {
            lanes.exchange();
        }
        announcedSeed = OptionalLong.empty();
        Outcome outcome = answered();
        fetched = null;
        requireNoFailure(outcome);
        begin(wanted, outcome.getRow(), outcome.hasRow());
    }

    private void begin(long wanted, Row start, boolean present) {
        require(present, "the start of the episode is missing", "a row");
        check(start, 0);
        require(allSet(start.getEnded()), "somebody is not pending at the start", "every agent is");
        seed = wanted;
        stretches = 0;
        tick = 0;
        reward = 0;
        terminated = false;
        begun = true;
        Arrays.fill(macroAction, -1);
        adopt(start, true);
    }

    @Override
    public void step(int[] macroActions) {
        check(macroActions);
        Outcome ready = fetched;
        if (failure == null && (ready == null || !sameRequests(macroActions, fetchedRequests))) {
            int[] announced = requests;
            if (ready != null || announced == null || !sameRequests(macroActions, announced)) {
                announceSteps(macroActions, Math.max(1, ticksAnnounced), OptionalLong.empty());
            }
            lanes.exchange();
        }
        advance(answered(), macroActions);
    }

    private Outcome answered() {
        String why = failure;
        if (why != null) {
            failure = null;
            begun = false;
            throw new EnvironmentFaultException(why);
        }
        Outcome outcome = fetched;
        if (outcome == null) {
            throw new AssertionError("exchanged, and neither an outcome nor a failure");
        }
        return outcome;
    }

    private void advance(Outcome outcome, int[] macroActions) {
        if (taken == outcome.getRewardsCount()) {
            fetched = null;
            requireNoFailure(outcome);
            throw lie("no tick was run", "at least one");
        }
        double paid = outcome.getRewards(taken);
        boolean last = taken + 1 == outcome.getRewardsCount();
        boolean standing = last && (outcome.hasRow() || outcome.getFailure().isEmpty());
        require(Double.isFinite(paid), "reward: " + paid, "a finite number");
        boolean overAtHorizon = tick + 1 == spec.horizon();
        require(standing || !overAtHorizon, "the episode goes on after tick " + (tick + 1), "an end at the horizon");
        if (standing) {
            require(outcome.hasRow(), "where the lane stands is missing", "a row");
            check(outcome.getRow(), tick + 1);
            boolean event = outcome.getTerminated()
                    || overAtHorizon
                    || anySet(outcome.getRow().getEnded());
            require(
                    event || outcome.getRewardsCount() >= Math.min(ticksAnnounced, LONGEST),
                    "stopped after " + outcome.getRewardsCount() + " ticks without an event",
                    "as many as asked for");
        }
        write(macroActions);
        for (int agent = 0; agent < agents; agent++) {
            macroAction[agent] = ended[agent] ? macroActions[agent] : macroAction[agent];
        }
        Arrays.fill(ended, false);
        taken++;
        tick++;
        reward = paid;
        if (standing) {
            terminated = outcome.getTerminated();
            adopt(outcome.getRow(), false);
            boolean event =
                    terminated || overAtHorizon || anySet(outcome.getRow().getEnded());
            ticksAnnounced = event ? 0 : Math.max(0, ticksAnnounced - outcome.getRewardsCount());
            if (!outcome.hasNextStart() && outcome.getFailure().isEmpty()) {
                fetched = null; // nothing more in it
                taken = 0;
            }
        }
    }

    /** Writes along what a restored lane is to be told again. */
    private void write(int[] macroActions) {
        boolean asked = false;
        for (int agent = 0; agent < agents; agent++) {
            asked |= ended[agent];
        }
        int width = agents + 1;
        if (asked) {
            if ((stretches + 1) * width > told.length) {
                told = Arrays.copyOf(told, Math.max(8 * width, 2 * told.length));
            }
            for (int agent = 0; agent < agents; agent++) {
                told[stretches * width + agent] = ended[agent] ? macroActions[agent] : -1;
            }
            told[stretches * width + agents] = 0;
            stretches++;
        }
        told[(stretches - 1) * width + agents]++;
    }

    private void check(int[] macroActions) {
        if (!begun || terminated || truncated()) {
            throw new IllegalStateException(
                    "step: the episode " + (begun ? "is over" : "was never begun") + " (expected: reset first)");
        }
        if (macroActions.length < agents) {
            throw new IllegalArgumentException(
                    "macroActions: " + macroActions.length + " (expected: one per agent, " + agents + ")");
        }
        for (int agent = 0; agent < agents; agent++) {
            int wanted = macroActions[agent];
            if (ended[agent] && (wanted < 0 || wanted >= legal[agent].length || !legal[agent][wanted])) {
                throw new IllegalArgumentException(
                        "macroActions[" + agent + "]: " + wanted + " (expected: a legal macro-action)");
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ trusting nobody

    private void requireNoFailure(Outcome outcome) {
        if (!outcome.getFailure().isEmpty()) {
            begun = false;
            throw new EnvironmentFaultException(spec.id() + " at its host: " + HostLine.brief(outcome.getFailure()));
        }
    }

    private void check(Row row, int expectedTick) {
        require(row.getTick() == expectedTick, "tick " + Integer.toUnsignedString(row.getTick()), "" + expectedTick);
        checkFlags("ended", row.getEnded(), agents);
        checkFlags("legal", row.getLegal(), legalEntries);
        checkNumbers("observations", row.getObservations(), observationEntries);
        checkNumbers("state", row.getState(), state.length);
    }

    private void checkFlags(String what, ByteString flags, int expected) {
        require(flags.size() == expected, what + ": " + flags.size() + " flags", "" + expected);
        for (int i = 0; i < expected; i++) {
            require((flags.byteAt(i) & ~1) == 0, what + "[" + i + "]: " + flags.byteAt(i), "0 or 1");
        }
    }

    private void checkNumbers(String what, ByteString numbers, int expected) {
        require(
                numbers.size() == expected * Double.BYTES,
                what + ": " + numbers.size() + " bytes",
                expected * Double.BYTES + ", for " + expected + " numbers");
        double[] values = doubles(numbers);
        for (int i = 0; i < expected; i++) {
            require(Double.isFinite(values[i]), what + "[" + i + "]: " + values[i], "a finite number");
        }
    }

    private void require(boolean condition, String what, String expected) {
        if (!condition) {
            throw lie(what, expected);
        }
    }

    private EnvironmentFaultException lie(String what, String expected) {
        begun = false;
        return new EnvironmentFaultException(spec.id() + " at its host: " + what + " (expected: " + expected + ")");
    }

    private static boolean anySet(ByteString flags) {
        for (int i = 0; i < flags.size(); i++) {
            if (flags.byteAt(i) != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean allSet(ByteString flags) {
        for (int i = 0; i < flags.size(); i++) {
            if (flags.byteAt(i) == 0) {
                return false;
            }
        }
        return true;
    }

    private static double[] doubles(ByteString bytes) {
        double[] values = new double[bytes.size() / Double.BYTES];
        bytes.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    /** @param whole whether to take what is held of agents, too, whose macro-action goes on; else they keep what they have */
    private void adopt(Row row, boolean whole) {
        double[] observations = doubles(row.getObservations());
        int nextObservation = 0;
        int nextLegal = 0;
        for (int agent = 0; agent < agents; agent++) {
            ended[agent] = row.getEnded().byteAt(agent) != 0;
            if (whole || ended[agent]) {
                System.arraycopy(observations, nextObservation, observation[agent], 0, observation[agent].length);
                for (int action = 0; action < legal[agent].length; action++) {
                    legal[agent][action] = row.getLegal().byteAt(nextLegal + action) != 0;
                }
            }
            nextObservation += observation[agent].length;
            nextLegal += legal[agent].length;
        }
        System.arraycopy(doubles(row.getState()), 0, state, 0, state.length);
    }

    // ------------------------------------------------------------------------------------------------ reading

    @Override
    public EnvironmentSpec spec() {
        return spec;
    }

    @Override
    public boolean ended(int agent) {
        return ended[agent];
    }

    @Override
    public int macroAction(int agent) {
        return macroAction[agent];
    }

    @Override
    public double reward() {
        return reward;
    }

    @Override
    public boolean terminated() {
        return terminated;
    }

    @Override
    public boolean truncated() {
        return begun && !terminated && spec.horizon() > 0 && tick == spec.horizon();
    }

    @Override
    public int tick() {
        return tick;
    }

    @Override
    public boolean legal(int agent, int wanted) {
        return legal[agent][wanted];
    }

    @Override
    public void macroObservation(int agent, double[] out, int offset) {
        System.arraycopy(observation[agent], 0, out, offset, observation[agent].length);
    }

    @Override
    public void state(double[] out, int offset) {
        requireStanding();
        System.arraycopy(state, 0, out, offset, state.length);
    }

    @Override
    public Map<String, Object> inspect() {
        requireStanding();
        Map<String, Object> raw = new TreeMap<>();
        raw.put("state", DoubleStream.of(state).boxed().toList());
        return raw;
    }

    private void requireStanding() {
        Outcome running = fetched;
        if (running != null && taken > 0 && taken < running.getRewardsCount()) {
            throw new IllegalStateException("state: asked for at tick " + tick
                    + ", in the midst of steps that were announced (expected: at their end)");
        }
    }

    // ------------------------------------------------------------------------------------------------ snapshots

    @Override
    public byte[] snapshot() {
        SnapshotWriter out = new SnapshotWriter();
        out.putInt(SNAPSHOT_MAGIC);
        out.putBytes(fingerprint);
        out.putBoolean(begun);
        out.putLong(seed);
        out.putInt(stretches);
        for (int i = 0; i < stretches * (agents + 1); i++) {
            out.putInt(told[i]);
        }
        out.putInt(checksum(out.toBytes(), out.size()));
        return out.toBytes();
    }

    @Override
    public void restore(byte[] snapshot) {
        SnapshotReader in = open(snapshot);
        if (!in.getBoolean()) {
            throw corrupt(snapshot.length);
        }
        long there = in.getLong();
        int count = in.getInt();
        if (count < 0 || in.remaining() != (long) count * (agents + 1) * Integer.BYTES) {
            throw corrupt(snapshot.length);
        }
        int[] tellAgain = new int[count * (agents + 1)];
        in.getInts(tellAgain);
        forget();
        told = tellAgain;
        stretches = count;
        begins = true;
        beginSeed = there;
        again = true;
        lanes.announce(this);
        lanes.exchange();
        Outcome outcome = answered();
        fetched = null;
        requireNoFailure(outcome);
        standAgain(there, outcome);
    }

    private void standAgain(long there, Outcome outcome) {
        int ticks = 0;
        Arrays.fill(macroAction, -1);
        for (int stretch = 0; stretch < stretches; stretch++) {
            ticks += told[stretch * (agents + 1) + agents];
            for (int agent = 0; agent < agents; agent++) {
                int choice = told[stretch * (agents + 1) + agent];
                macroAction[agent] = choice < 0 ? macroAction[agent] : choice;
            }
        }
        require(outcome.hasRow(), "where the lane stands is missing", "a row");
        check(outcome.getRow(), ticks);
        int rewards = outcome.getRewardsCount();
        require(rewards > 0 == ticks > 0, rewards + " rewards for " + ticks + " ticks", "some for any");
        double paid = rewards == 0 ? 0 : outcome.getRewards(rewards - 1);
        require(Double.isFinite(paid), "reward: " + paid, "a finite number");
        seed = there;
        tick = ticks;
        reward = paid;
        terminated = outcome.getTerminated();
        begun = true;
        adopt(outcome.getRow(), true);
    }

    /** Checks that the bytes are whole and ours, before anything is changed. */
    private SnapshotReader open(byte[] snapshot) {
        int end = snapshot.length - Integer.BYTES;
        if (end < HEADER_BYTES
                || new SnapshotReader(snapshot, end, snapshot.length).getInt() != checksum(snapshot, end)
                || new SnapshotReader(snapshot, 0, end).getInt() != SNAPSHOT_MAGIC) {
            throw corrupt(snapshot.length);
        }
        if (!Arrays.equals(snapshot, Integer.BYTES, HEADER_BYTES, fingerprint, 0, FINGERPRINT_BYTES)) {
            throw new SnapshotException(
                    SnapshotException.Reason.MISMATCH,
                    "snapshot: of an environment with another fingerprint (expected: " + spec.id() + " "
                            + spec.fingerprint() + ")");
        }
        return new SnapshotReader(snapshot, HEADER_BYTES, end);
    }

    private static SnapshotException corrupt(int length) {
        return new SnapshotException(
                SnapshotException.Reason.CORRUPT,
                "snapshot: " + length + " bytes that are damaged (expected: a whole snapshot)");
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        return (int) crc.getValue();
    }
}
