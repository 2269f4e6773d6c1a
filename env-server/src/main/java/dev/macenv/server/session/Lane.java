package dev.macenv.server.session;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.AnnouncedEnvironment;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.env.VectorSpec;
import dev.macenv.env.render.Frame;
import dev.macenv.env.render.Wording;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One environment, run from event to event.
 *
 * <h2>Phases</h2>
 *
 * A lane <i>stands</i> at an event, whose row it can write any number of times, until {@link #run} moves it to the next
 * one. While it stands and is {@link Phase#AWAITING}, seats that are pending may {@link #decide}; as soon as none is left
 * the lane is {@link #ready}. Simulated time stands still meanwhile. {@link Phase#IDLE} follows the end of an episode in
 * manual mode, {@link Phase#FAULTED} a misbehaviour of the environment; only {@code reset} and restoring lead out of either.
 *
 * <h2>Clocks</h2>
 *
 * The joint clock restarts at every event of the lane; each agent's own clock restarts when a macro-action of that agent
 * begins. Both restart when the lane starts to run and not when it stops, so a standing lane still shows what led to its
 * event.
 *
 * <h2>What is held</h2>
 *
 * Observation, mask and macro-state of an agent are taken when its macro-action ends (or the episode begins) and held,
 * as bytes, until the next time. A row copies them, so the slots of an agent that goes on repeat byte for byte.
 *
 * <h2>Faults</h2>
 *
 * The environment is not trusted: whatever it throws, numbers outside the bounds of its spec, a macro-action without end
 * or an agent without any legal macro-action fault this lane and nothing else. What the environment says on a tick is
 * checked before any of it is taken over, so a FAULT row shows the last good values.
 *
 * <p>Not thread-safe; the mailbox of the session sees to that. Allocates nothing while it runs, except at faults.
 */
final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    enum Phase {
        AWAITING,
        IDLE,
        FAULTED
    }

    private final int index;
    private final EnvironmentSpec spec;
    private final TeamShape shape;
    private final Supplier<MacDecPomdp> environments;
    private final ResetMode resetMode;
    private final double gamma;

    private @Nullable MacDecPomdp environment;
    private long laneSeed;
    private long seedsDrawn; // episodes begun since the lane seed was set: the e of the seed formula
    private int episode = -1;
    private long episodeSeed;

    private Phase phase = Phase.IDLE;
    private EventKind kind = EventKind.START;
    private int tick;
    private @Nullable LaneFault fault;

    private final boolean[] pending; // owes a decision now
    private final boolean[] deciding; // was pending at the event where the lane stands
    private final int[] actions; // the latest decision of each agent
    private final boolean[] byServer; // whether that decision was the server's
    private final boolean[] absent; // whether the macro-action in force was the server's choice
    private int undecided;

    private final RewardClock joint;
    private final RewardClock[] own;
    private double[] trace = new double[32]; // the joint clock's rewards, tick by tick
    private int decisions;
    private double totalReward;
    private double discountedReward;
    private double discount;

    private final byte[] status;
    private final int[] currentActions;
    private final byte[][] observations; // per agent, float32
    private final byte[][] legal; // per agent
    private final byte[] macroStates; // [agent, S] float32
    private final byte[] state; // [S] float32

    private final double[][] freshObservations;
    private final byte[][] freshLegal;
    private final double[] freshState;
    private final double[][] observationLow;
    private final double[][] observationHigh;
    private final double[] stateLow;
    private final double[] stateHigh;

    /** A lane that has no episode yet; {@link #begin} starts the first. */
    Lane(
            int index,
            EnvironmentSpec spec,
            TeamShape shape,
            MacDecPomdp environment,
            Supplier<MacDecPomdp> environments,
            ResetMode resetMode,
            double gamma,
            long laneSeed) {
        this.index = index;
        this.spec = spec;
        this.shape = shape;
        this.environment = environment;
        this.environments = environments;
        this.resetMode = resetMode;
        this.gamma = gamma;
        this.laneSeed = laneSeed;
        int agents = shape.agents();
        pending = new boolean[agents];
        deciding = new boolean[agents];
        actions = new int[agents];
        byServer = new boolean[agents];
        absent = new boolean[agents];
        joint = new RewardClock(gamma);
        own = new RewardClock[agents];
        status = new byte[agents];
        currentActions = new int[agents];
        observations = new byte[agents][];
        legal = new byte[agents][];
        macroStates = new byte[agents * shape.stateSize() * Float.BYTES];
        state = new byte[shape.stateSize() * Float.BYTES];
        freshObservations = new double[agents][];
        freshLegal = new byte[agents][];
        freshState = new double[shape.stateSize()];
        observationLow = new double[agents][];
        observationHigh = new double[agents][];
        stateLow = spec.state().low();
        stateHigh = spec.state().high();
        for (int agent = 0; agent < agents; agent++) {
            AgentSpec agentSpec = spec.agents().get(agent);
            own[agent] = new RewardClock(gamma);
            observations[agent] = new byte[shape.observationSize(agent) * Float.BYTES];
            legal[agent] = new byte[shape.actionCount(agent)];
            freshObservations[agent] = new double[shape.observationSize(agent)];
            freshLegal[agent] = new byte[shape.actionCount(agent)];
            observationLow[agent] = agentSpec.observation().low();
            observationHigh[agent] = agentSpec.observation().high();
        }
    }

    // ------------------------------------------------------------------------------------------------ moving

    /** Begins the next episode with the seed that the published formula gives. The lane then stands at START, or FAULT. */
    void begin() {
        beginWith(nextEpisodeSeed());
    }

    /** The seed whose turn it is. */
    long nextEpisodeSeed() {
        return EpisodeSeeds.episodeSeed(laneSeed, seedsDrawn);
    }

    /** As {@link #begin}, with a new lane seed whose sequence of episode seeds starts from its beginning. */
    void beginWithLaneSeed(long seed) {
        laneSeed = seed;
        seedsDrawn = 0;
        begin();
    }

    /** As {@link #begin}, with this very seed in place of the one whose turn it is. */
    void beginWithEpisodeSeed(long seed) {
        beginWith(seed);
    }

    private void beginWith(long seed) {
        seedsDrawn++;
        episode++;
        episodeSeed = seed;
        tick = 0;
        fault = null;
        decisions = 0;
        totalReward = 0;
        discountedReward = 0;
        discount = 1;
        joint.restart();
        for (RewardClock clock : own) {
            clock.restart();
        }
        Arrays.fill(currentActions, -1);
        Arrays.fill(absent, false);
        Arrays.fill(status, AgentStatus.FRESH.code());
        try {
            MacDecPomdp world = environment;
            if (world == null) { // lost to a fault
                world = environments.get();
                environment = world;
            }
            world.reset(seed);
            takeOver(world);
            stand(EventKind.START, world);
        } catch (RuntimeException | Error e) {
            faulted(e);
        }
    }

    /** Tells an environment that wants to know that a new episode will begin with this seed. */
    void announceBegin(long seed) {
        MacDecPomdp world = environment;
        if (world == null) { // lost to a fault
            world = environments.get();
            environment = world;
        }
        if (world instanceof AnnouncedEnvironment announced) {
            announced.announceReset(seed);
        }
    }

    /** Tells an environment that wants to know what {@link #run} will ask of it. */
    void announceRun(int maxTicks) {
        if (environment instanceof AnnouncedEnvironment announced) {
            announced.announceSteps(
                    actions,
                    maxTicks,
                    resetMode == ResetMode.AUTO ? OptionalLong.of(nextEpisodeSeed()) : OptionalLong.empty());
        }
    }

    /** Whether the agent owes a decision now. */
    boolean pending(int agent) {
        return pending[agent];
    }

    /** Whether the agent, which is pending, may choose this macro-action. */
    boolean legal(int agent, int action) {
        return legal[agent][action] != 0;
    }

    /** Whether the agent was asked for a decision at the event where the lane stands. */
    boolean asked(int agent) {
        return deciding[agent];
    }

    /**
     * The choice of a pending agent for a legal macro-action; takes effect when the lane runs.
     *
     * @param serversChoice whether the server chose, because the player was absent or left it to its fallback
     */
    void decide(int agent, int action, boolean serversChoice) {
        pending[agent] = false;
        undecided--;
        actions[agent] = action;
        byServer[agent] = serversChoice;
    }

    /** Whether the clock may move: an episode is under way and nobody owes a decision. */
    boolean ready() {
        return phase == Phase.AWAITING && undecided == 0;
    }

    /**
     * Runs a {@link #ready} lane to its next event. The end of an episode in automatic mode is two events: END, then START.
     *
     * @param maxTicks the most ticks before it stops in any case; 0 for no limit
     * @param sink receives the lane as it stands at each event
     */
    void run(int maxTicks, EventSink sink) {
        beginMacroActions();
        try {
            MacDecPomdp world = live();
            EventKind reached = tickUntilEvent(world, maxTicks);
            stand(reached, world);
        } catch (RuntimeException | Error e) {
            faulted(e);
        }
        report(sink);
    }

    /** Cuts the episode short at the tick where the lane stands, {@link Phase#AWAITING}. */
    void truncate(EventSink sink) {
        joint.restart();
        kind = EventKind.END_TRUNCATED;
        phase = resetMode == ResetMode.MANUAL ? Phase.IDLE : Phase.AWAITING;
        nobodyPending();
        report(sink);
    }

    /** Tells of the event where the lane stands; after the end of an episode in automatic mode, of the next START too. */
    void report(EventSink sink) {
        sink.event(this);
        if ((kind == EventKind.END_TERMINATED || kind == EventKind.END_TRUNCATED) && resetMode == ResetMode.AUTO) {
            begin();
            sink.event(this);
        }
    }

    private MacDecPomdp live() {
        MacDecPomdp world = environment;
        if (world == null) {
            throw new AssertionError("a lane without an environment must be FAULTED");
        }
        return world;
    }

    private void beginMacroActions() {
        joint.restart();
        for (int agent = 0; agent < deciding.length; agent++) {
            if (deciding[agent]) {
                deciding[agent] = false;
                own[agent].restart();
                currentActions[agent] = actions[agent];
                absent[agent] = byServer[agent];
                status[agent] = AgentStatus.ONGOING.code();
                decisions++;
            }
        }
    }

    private EventKind tickUntilEvent(MacDecPomdp world, int maxTicks) {
        while (true) {
            world.step(actions);
            takeReward(world.reward());
            boolean terminated = world.terminated();
            boolean over = terminated || world.truncated();
            boolean decision = anyEnded(world, over);
            if (over || decision) {
                takeOver(world);
                if (terminated) {
                    return EventKind.END_TERMINATED;
                }
                return over ? EventKind.END_TRUNCATED : EventKind.DECISION;
            }
            if (joint.tau() == maxTicks) {
                takeOver(world);
                return EventKind.TICK_LIMIT;
            }
        }
    }

    private void takeReward(double reward) {
        if (!Double.isFinite(reward)) {
            throw new EnvironmentFaultException("reward: " + reward + " (expected: a finite number)");
        }
        if (joint.tau() == trace.length) {
            trace = Arrays.copyOf(trace, 2 * trace.length);
        }
        trace[joint.tau()] = reward;
        joint.tick(reward);
        for (RewardClock clock : own) {
            clock.tick(reward);
        }
        totalReward += reward;
        discountedReward += discount * reward;
        discount *= gamma;
        tick++;
    }

    private boolean anyEnded(MacDecPomdp world, boolean over) {
        boolean any = false;
        for (int agent = 0; agent < own.length; agent++) {
            if (world.ended(agent)) {
                any = true;
            } else if (!over && own[agent].tau() >= spec.maxMacroTicks()) {
                throw new EnvironmentFaultException("macro-action " + macroActionName(agent) + " of "
                        + spec.agents().get(agent).name() + ": still running after "
                        + own[agent].tau() + " ticks (expected: at most " + spec.maxMacroTicks() + ")");
            }
        }
        return any;
    }

    private String macroActionName(int agent) {
        return spec.agents()
                .get(agent)
                .macroActions()
                .get(currentActions[agent])
                .name();
    }

    // ------------------------------------------------------------------------------------------------ what is held

    /** Checks all that the environment says at an event, then takes it over: all or nothing. */
    private void takeOver(MacDecPomdp world) {
        for (int agent = 0; agent < own.length; agent++) {
            if (world.ended(agent)) {
                world.macroObservation(agent, freshObservations[agent], 0);
                check(
                        "observation of " + spec.agents().get(agent).name(),
                        spec.agents().get(agent).observation(),
                        freshObservations[agent],
                        observationLow[agent],
                        observationHigh[agent]);
                readLegal(world, agent);
            }
        }
        world.state(freshState, 0);
        check("state", spec.state(), freshState, stateLow, stateHigh);
        int stateSize = shape.stateSize();
        LittleEndian.putFloats(state, 0, freshState, 0, stateSize);
        for (int agent = 0; agent < own.length; agent++) {
            if (world.ended(agent)) {
                LittleEndian.putFloats(
                        observations[agent], 0, freshObservations[agent], 0, freshObservations[agent].length);
                System.arraycopy(freshLegal[agent], 0, legal[agent], 0, freshLegal[agent].length);
                System.arraycopy(state, 0, macroStates, agent * state.length, state.length);
            }
        }
    }

    private void readLegal(MacDecPomdp world, int agent) {
        byte[] mask = freshLegal[agent];
        boolean any = false;
        for (int action = 0; action < mask.length; action++) {
            boolean may = world.legal(agent, action);
            mask[action] = (byte) (may ? 1 : 0);
            any |= may;
        }
        if (!any && !world.terminated() && !world.truncated()) {
            throw new EnvironmentFaultException("legal macro-actions of "
                    + spec.agents().get(agent).name() + ": none (expected: at least one for a pending agent)");
        }
    }

    private static void check(String what, VectorSpec layout, double[] values, double[] low, double[] high) {
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            if (!(low[i] <= value && value <= high[i])) { // NaN fails both
                throw new EnvironmentFaultException(what + "[" + i + "] (" + labelOf(layout, i) + "): " + value
                        + " (expected: " + low[i] + " .. " + high[i] + ")");
            }
        }
    }

    private static String labelOf(VectorSpec layout, int element) {
        int end = 0;
        for (Label label : layout.labels()) {
            end += label.size();
            if (element < end) {
                return label.name();
            }
        }
        return "unnamed";
    }

    // ------------------------------------------------------------------------------------------------ standing

    private void stand(EventKind reached, MacDecPomdp world) {
        kind = reached;
        boolean over = reached.endsEpisode();
        undecided = 0;
        for (int agent = 0; agent < own.length; agent++) {
            boolean ended = world.ended(agent);
            boolean owes = ended && !over;
            pending[agent] = owes;
            deciding[agent] = owes;
            undecided += owes ? 1 : 0;
            status[agent] = statusOf(reached, ended, over).code();
        }
        phase = over && resetMode == ResetMode.MANUAL ? Phase.IDLE : Phase.AWAITING;
    }

    private static AgentStatus statusOf(EventKind reached, boolean ended, boolean over) {
        if (reached == EventKind.START) {
            return AgentStatus.FRESH;
        }
        if (ended) {
            return AgentStatus.DONE;
        }
        return over ? AgentStatus.CUT : AgentStatus.ONGOING;
    }

    private void faulted(Throwable cause) {
        String trace = UUID.randomUUID().toString();
        String message = cause instanceof EnvironmentFaultException
                ? String.valueOf(cause.getMessage())
                : "environment threw " + cause.getClass().getName() + ": " + cause.getMessage();
        log.warn(
                "lane {} of {} faulted in episode {} at tick {}, trace {}",
                index,
                spec.id(),
                episode,
                tick,
                trace,
                cause);
        fault = new LaneFault(index, episode, tick, message, trace);
        release(); // whatever it is now, the next episode gets another
        kind = EventKind.FAULT;
        phase = Phase.FAULTED;
        nobodyPending();
    }

    /** Lets go of the environment. */
    void release() {
        if (environment instanceof AnnouncedEnvironment announced) {
            announced.close();
        }
        environment = null;
    }

    /** After an end that came from outside the rules: whoever is in the middle of a macro-action is cut off. */
    private void nobodyPending() {
        undecided = 0;
        Arrays.fill(pending, false);
        Arrays.fill(deciding, false);
        for (int agent = 0; agent < status.length; agent++) {
            if (status[agent] == AgentStatus.ONGOING.code()) {
                status[agent] = AgentStatus.CUT.code();
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ saving

    /**
     * Writes the row where the lane stands and all that its future depends on. Decisions that have been taken since are not
     * part of it.
     *
     * @throws RuntimeException whatever the environment throws
     */
    void save(SnapshotWriter out) {
        out.putDouble(gamma);
        out.putInt(kind.code());
        out.putInt(tick);
        out.putInt(episode);
        out.putLong(episodeSeed);
        out.putLong(laneSeed);
        out.putLong(seedsDrawn);
        out.putInt(decisions);
        out.putDouble(totalReward);
        out.putDouble(discountedReward);
        out.putDouble(discount);
        joint.save(out);
        for (int t = 0; t < joint.tau(); t++) {
            out.putDouble(trace[t]);
        }
        for (int agent = 0; agent < own.length; agent++) {
            own[agent].save(out);
            out.putBoolean(deciding[agent]);
            out.putBoolean(absent[agent]);
            out.putInt(status[agent]);
            out.putInt(currentActions[agent]);
            out.putBytes(observations[agent]);
            out.putBytes(legal[agent]);
        }
        out.putBytes(macroStates);
        out.putBytes(state);
        LaneFault happened = fault;
        if (happened != null) {
            putBytes(out, happened.message().getBytes(StandardCharsets.UTF_8));
            putBytes(out, happened.trace().getBytes(StandardCharsets.UTF_8));
        } else {
            putBytes(out, live().snapshot());
        }
    }

    /** Writes the decisions that have been taken since. */
    void saveDecisions(SnapshotWriter out) {
        for (int agent = 0; agent < own.length; agent++) {
            boolean decided = deciding[agent] && !pending[agent];
            out.putBoolean(decided);
            if (decided) {
                out.putInt(actions[agent]);
                out.putBoolean(byServer[agent]);
            }
        }
    }

    /** Takes them again, where {@link #load} has left the lane. */
    void loadDecisions(SnapshotReader in) {
        for (int agent = 0; agent < own.length; agent++) {
            if (in.getBoolean()) {
                decide(agent, within("macro-action", in.getInt(), 0, shape.actionCount(agent) - 1), in.getBoolean());
            }
        }
    }

    private static void putBytes(SnapshotWriter out, byte[] bytes) {
        out.putInt(bytes.length);
        out.putBytes(bytes);
    }

    /**
     * Stands where another lane of the same environment was saved, with everybody asked again who was asked there. The
     * end of an episode is announced by {@link #report}. If this throws, the lane is good for nothing but another try.
     *
     * @throws SnapshotException if the bytes make no sense
     * @throws RefusedException if the clocks that were running when it was saved counted with another discount
     * @throws RuntimeException whatever the environment throws
     */
    void load(SnapshotReader in) {
        double discountThere = in.getDouble();
        kind = kindOf(in.getInt());
        tick = within("tick", in.getInt(), 0, Integer.MAX_VALUE);
        if (discountThere != gamma && tick > 0) { // at tick 0 all clocks stand at zero
            throw new RefusedException(
                            Reason.SNAPSHOT_MISMATCH,
                            "snapshot: taken in the middle of an episode with gamma " + discountThere
                                    + ", whose accumulated rewards cannot go on with " + gamma
                                    + " (expected: the same)")
                    .with("expected", "gamma " + gamma)
                    .with("actual", "gamma " + discountThere);
        }
        episode = within("episode", in.getInt(), 0, Integer.MAX_VALUE);
        episodeSeed = in.getLong();
        laneSeed = in.getLong();
        seedsDrawn = in.getLong();
        decisions = in.getInt();
        totalReward = in.getDouble();
        discountedReward = in.getDouble();
        discount = in.getDouble();
        loadClock(joint, in);
        if (joint.tau() > in.remaining() / Double.BYTES) {
            throw corrupt("ends early");
        }
        trace = new double[Math.max(32, joint.tau())];
        for (int t = 0; t < joint.tau(); t++) {
            trace[t] = in.getDouble();
        }
        for (int agent = 0; agent < own.length; agent++) {
            loadClock(own[agent], in);
            deciding[agent] = in.getBoolean();
            absent[agent] = in.getBoolean();
            status[agent] = (byte) within("status", in.getInt(), 1, AgentStatus.values().length);
            currentActions[agent] = within("macro-action", in.getInt(), -1, shape.actionCount(agent) - 1);
            in.getBytes(observations[agent]);
            in.getBytes(legal[agent]);
        }
        in.getBytes(macroStates);
        in.getBytes(state);
        System.arraycopy(currentActions, 0, actions, 0, actions.length); // of those who go on; the others decide anew
        Arrays.fill(byServer, false);
        if (kind == EventKind.FAULT) {
            loadFault(in);
        } else {
            loadEnvironment(in);
        }
        if (in.remaining() != 0) {
            throw corrupt(in.remaining() + " bytes too many");
        }
    }

    private void loadClock(RewardClock clock, SnapshotReader in) {
        clock.load(in);
        within("clock", clock.tau(), 0, tick);
    }

    private void loadFault(SnapshotReader in) {
        String message = new String(getBytes(in), StandardCharsets.UTF_8);
        String trace = new String(getBytes(in), StandardCharsets.UTF_8);
        fault = new LaneFault(index, episode, tick, message, trace);
        release();
        phase = Phase.FAULTED;
        undecided = 0;
        Arrays.fill(pending, false);
        Arrays.fill(deciding, false);
    }

    private void loadEnvironment(SnapshotReader in) {
        fault = null;
        MacDecPomdp world = environment;
        if (world == null) {
            world = environments.get();
            environment = world;
        }
        world.restore(getBytes(in));
        if (world.tick() != tick) {
            throw corrupt("the environment stands at tick " + world.tick() + " (expected: " + tick + ")");
        }
        takeOver(world); // the same bytes once more, unless somebody has made them up
        boolean over = kind.endsEpisode();
        undecided = 0;
        for (int agent = 0; agent < own.length; agent++) {
            if (deciding[agent] != (world.ended(agent) && !over)) {
                throw corrupt("agent " + agent + " is asked at the wrong time");
            }
            pending[agent] = deciding[agent];
            undecided += deciding[agent] ? 1 : 0;
        }
        phase = over && resetMode == ResetMode.MANUAL ? Phase.IDLE : Phase.AWAITING;
    }

    private static byte[] getBytes(SnapshotReader in) {
        byte[] bytes = new byte[within("length", in.getInt(), 0, in.remaining())];
        in.getBytes(bytes);
        return bytes;
    }

    private static EventKind kindOf(int code) {
        EventKind kind = EventKind.ofCode(code);
        if (kind == null) {
            throw corrupt("event kind " + code);
        }
        return kind;
    }

    private static int within(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw corrupt(what + " " + value + " (expected: " + least + " .. " + most + ")");
        }
        return value;
    }

    private static SnapshotException corrupt(String why) {
        return new SnapshotException(SnapshotException.Reason.CORRUPT, "snapshot: " + why);
    }

    // ------------------------------------------------------------------------------------------------ reading

    /**
     * All that can be seen of the lane where it stands, which has not {@link Phase#FAULTED}.
     *
     * @throws RuntimeException whatever the environment throws
     */
    Frame frame() {
        MacDecPomdp world = live();
        List<Frame.AgentView> agents = new ArrayList<>();
        for (int agent = 0; agent < own.length; agent++) {
            agents.add(agentView(world, agent));
        }
        return new Frame(
                spec,
                tick,
                world.reward(),
                totalReward,
                kind == EventKind.END_TERMINATED,
                kind == EventKind.END_TRUNCATED,
                agents,
                world.scene(),
                world.inspect());
    }

    private Frame.AgentView agentView(MacDecPomdp world, int agent) {
        AgentSpec agentSpec = spec.agents().get(agent);
        double[] observation = new double[agentSpec.observationSize()];
        world.macroObservation(agent, observation, 0);
        String knows = Wording.of(agentSpec.observation(), observation);
        int macroAction = currentActions[agent];
        if (macroAction < 0) {
            return new Frame.AgentView(agentSpec.name(), "", 0, 0, world.ended(agent), knows);
        }
        MacroActionSpec choice = agentSpec.macroActions().get(macroAction);
        int usual = choice.minTicks() == choice.maxTicks() ? choice.minTicks() : 0;
        return new Frame.AgentView(agentSpec.name(), choice.name(), own[agent].tau(), usual, world.ended(agent), knows);
    }

    int index() {
        return index;
    }

    Phase phase() {
        return phase;
    }

    EventKind kind() {
        return kind;
    }

    int episode() {
        return episode;
    }

    int tick() {
        return tick;
    }

    long laneSeed() {
        return laneSeed;
    }

    long episodeSeed() {
        return episodeSeed;
    }

    byte status(int agent) {
        return status[agent];
    }

    /** The macro-action in force on the last tick; -1 at START. */
    int currentAction(int agent) {
        return currentActions[agent];
    }

    /** Whether the macro-action in force on the last tick was the server's choice. */
    boolean absent(int agent) {
        return absent[agent];
    }

    /** The macro-action that the agent has decided on for the next tick, if it has, else the one in force. */
    int intendedAction(int agent) {
        return deciding[agent] && !pending[agent] ? actions[agent] : currentActions[agent];
    }

    /** The tick at which the agent's current macro-action began, or at which it decided on the next one. */
    int sinceTick(int agent) {
        return deciding[agent] ? tick : tick - own[agent].tau();
    }

    double jointReward() {
        return joint.reward();
    }

    int jointTau() {
        return joint.tau();
    }

    /** Rewards of the ticks since the previous event; valid up to {@link #jointTau}. */
    double[] rewardTrace() {
        return trace;
    }

    double agentReward(int agent) {
        return own[agent].reward();
    }

    int agentTau(int agent) {
        return own[agent].tau();
    }

    byte[] observation(int agent) {
        return observations[agent];
    }

    byte[] legalMask(int agent) {
        return legal[agent];
    }

    byte[] macroStates() {
        return macroStates;
    }

    byte[] state() {
        return state;
    }

    /** @param withSeed whether the reader may know it */
    EpisodeStart startOfEpisode(boolean withSeed) {
        return new EpisodeStart(index, episode, withSeed ? episodeSeed : 0);
    }

    /**
     * @param withDecisions whether the reader may know how many decisions the whole team took
     * @param withSeed whether the reader may know the seed
     */
    EpisodeSummary summary(boolean withDecisions, boolean withSeed) {
        return new EpisodeSummary(
                index,
                episode,
                withSeed ? episodeSeed : 0,
                tick,
                withDecisions ? decisions : 0,
                totalReward,
                discountedReward);
    }

    LaneFault fault() {
        LaneFault present = fault;
        if (present == null) {
            throw new AssertionError("asked for the fault of a lane that has none");
        }
        return present;
    }
}
