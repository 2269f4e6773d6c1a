package dev.macenv.env.macro;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.DecPomdp;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.JointExecution;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.Settings;
import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.env.SplitMix64;
import dev.macenv.env.scene.Scene;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * Carries out the macro-actions of a team on a domain, tick by tick: a {@link DecPomdp} and its {@link MacroAction}s become a {@link MacDecPomdp}.
 *
 * <p>This is the semantics of the MacDec-POMDP (C. Amato, G. Konidaris, L. Kaelbling and J. How, "Modeling and planning with macro-actions in decentralized POMDPs",
 * JAIR 64, 2019) in the asynchronous form that learning needs: agents end and choose at different times, and the world never waits for anyone.
 *
 * <h2>One tick</h2>
 *
 * <pre>
 *   1  requests   each pending agent takes up the macro-action that it is asked to; the others' requests are not looked at
 *   2  acting     for each agent in seat order: &pi; of its macro-action names a primitive action, the domain applies it
 *   3  the world  the domain does the rest of the tick: reward, terminal test, primitive observations
 *   4  endings    for each agent in seat order: does &beta; end its macro-action?
 *   5  observing  each agent whose macro-action ended receives a new macro-observation
 * </pre>
 *
 * <p>In step 2 the agents act one after the other, because in the domains of the literature they do: when agent 0 has pushed a box, the path planner of agent 1 already sees the box in
 * its new place on the same tick. &pi; is asked just before its agent acts, not for all agents in advance, for the same reason.
 * In step 4 all have acted, so that an agent can be released by what another did on the same tick, such as a tool handed over.
 *
 * <h2>Pending</h2>
 *
 * <p>An agent is pending after a reset and after each tick on which its macro-action ended. That is one flag per agent, {@link #ended}, and it is the only thing that decides whether a
 * request is read. A request that is not read may hold anything; references pass the ongoing macro-action, clients may pass -1. Requests that are read are
 * all checked before the first of them takes effect, so that a refused step has changed nothing.
 *
 * <h2>The held observation</h2>
 *
 * <p>The macro-observation of an agent is the primitive observation of the tick on which its last macro-action ended, copied in step 5 and held until the next ending. An
 * agent amid a macro-action therefore learns nothing, although its low-level policy, which asks the domain, may see the newest primitive observation.
 *
 * <h2>Ends of macro-actions and of episodes</h2>
 *
 * <p>&beta; is a probability. The two certain values are decided by comparison alone; a random number is drawn only for values in between, so a deterministic domain with
 * deterministic macro-actions never touches its random stream and gives the same episode for every seed.
 * The end of the episode forces no macro-action to end: &beta; is asked on the last tick as on any other, and whoever is not done stays {@code ended == false}, which lets
 * a learner tell a finished macro-action from one that was cut off. Reaching the horizon is {@link #truncated} unless the same tick terminated the task.
 * Macro-actions are promised to end; one that lasts longer than {@link EnvironmentSpec#maxMacroTicks} is a fault of the environment, reported by an exception, so that a
 * server can give up this one lane instead of waiting for ever.
 *
 * <h2>Primitive versions</h2>
 *
 * <p>Nothing here treats them apart. If every macro-action of the team lasts one tick, every agent is pending after each tick and every macro-observation is fresh: that is the primitive
 * environment.
 *
 * <h2>Randomness</h2>
 *
 * <p>One {@link SplitMix64} per episode, seeded by {@link #reset}, is lent to the domain and the macro-actions and drawn from in the order of the five steps. Its 64 bits of state are part of a
 * snapshot, so a restored episode continues with the very numbers that the original had ahead.
 * {@link #drawFrom} replaces it by another source, which is how recordings of stochastic domains are replayed.
 *
 * <h2>Allocation</h2>
 *
 * <p>Steps, observations and states use arrays made by the constructor. Snapshots, {@link #inspect} and {@link #scene} allocate what they return.
 *
 * @param <D> the domain
 */
public final class MacroActionExecutor<D extends DecPomdp> implements MacDecPomdp, JointExecution {

    /** The longest that a macro-action may last where no horizon bounds it, in ticks. */
    private static final int MAX_MACRO_TICKS_WITHOUT_HORIZON = 10_000;

    private static final int SNAPSHOT_MAGIC = 0x4D414353; // "MACS"
    private static final int FINGERPRINT_BYTES = 32;
    private static final int HEADER_BYTES = 4 + FINGERPRINT_BYTES;
    private static final int CHECKSUM_BYTES = 4;

    private final EnvironmentSpec spec;
    private final byte[] fingerprint;
    private final D domain;
    private final MacroAction<? super D>[][] macroActions; // [agent][macro-action]

    private final SplitMix64 stream = new SplitMix64(0);
    private RandomGenerator random = stream;

    private final int[] current; // [agent] macro-action in effect on the last tick, -1 before the first
    private final int[] ticks; // [agent] ticks it was in effect before the one going on
    private final boolean[] ended; // [agent]
    private final double[][] held; // [agent][entry] macro-observation
    private int tick;
    private double reward;
    private boolean terminated;
    private boolean truncated;
    private boolean begun;

    /**
     * Puts an environment together.
     *
     * @param description what is being made: its id, version and doc become those of the spec
     * @param settings the settings it is made with
     * @param domain used by this object alone from now on
     * @param team in seat order, one entry for each agent of the domain
     * @param horizon ticks until truncation; 0 means never
     */
    public MacroActionExecutor(
            EnvironmentDescription description,
            Settings settings,
            D domain,
            List<AgentMacroActions<D>> team,
            int horizon) {
        int agents = domain.agents();
        if (team.size() != agents) {
            throw new IllegalArgumentException(
                    "team: " + team.size() + " agents (expected: " + agents + ", as the domain has)");
        }
        this.domain = domain;
        this.macroActions = tableOf(team);
        this.spec = specOf(description, settings, domain, team, horizon);
        this.fingerprint = HexFormat.of().parseHex(spec.fingerprint());
        this.current = new int[agents];
        this.ticks = new int[agents];
        this.ended = new boolean[agents];
        this.held = new double[agents][];
        for (int agent = 0; agent < agents; agent++) {
            held[agent] = new double[spec.agents().get(agent).observationSize()];
        }
    }

    /** From the next {@link #reset} on, draws from this source instead of the seeded stream; snapshots then do not cover the randomness. */
    public void drawFrom(RandomGenerator source) {
        random = source;
    }

    @Override
    public EnvironmentSpec spec() {
        return spec;
    }

    @Override
    public void reset(long seed) {
        stream.setState(seed);
        domain.reset(random);
        tick = 0;
        reward = 0;
        terminated = false;
        truncated = false;
        begun = true;
        Arrays.fill(current, -1);
        Arrays.fill(ticks, 0);
        Arrays.fill(ended, true);
        observe();
    }

    @Override
    public void step(int[] requests) {
        check(requests);
        takeUp(requests);
        act();
        domain.endTick(random);
        tick++;
        reward = finite(domain.reward());
        terminated = domain.terminated();
        truncated = !terminated && tick == spec.horizon();
        endMacroActions();
        observe();
    }

    private void check(int[] requests) {
        if (!begun || terminated || truncated) {
            throw new IllegalStateException(
                    "step: the episode " + (begun ? "is over" : "was never begun") + " (expected: reset first)");
        }
        if (requests.length < current.length) {
            throw new IllegalArgumentException(
                    "macroActions: " + requests.length + " (expected: one per agent, " + current.length + ")");
        }
        for (int agent = 0; agent < current.length; agent++) {
            if (ended[agent]) {
                check(agent, requests[agent]);
            }
        }
    }

    private void check(int agent, int request) {
        MacroAction<? super D>[] choices = macroActions[agent];
        if (request < 0 || request >= choices.length) {
            throw new IllegalArgumentException(
                    "macroActions[" + agent + "]: " + request + " (expected: 0.." + (choices.length - 1) + ")");
        }
        if (!choices[request].canStart(domain, agent)) {
            throw new IllegalArgumentException("macroActions[" + agent + "]: " + request + ", "
                    + choices[request].spec().name() + ", cannot start here (expected: a legal macro-action)");
        }
    }

    private void takeUp(int[] requests) {
        for (int agent = 0; agent < current.length; agent++) {
            if (ended[agent]) {
                current[agent] = requests[agent];
                ticks[agent] = 0;
            } else {
                ticks[agent]++;
            }
        }
    }

    private void act() {
        domain.beginTick(random);
        for (int agent = 0; agent < current.length; agent++) {
            int action = macroActions[agent][current[agent]].primitiveAction(domain, agent, this, random);
            domain.act(agent, action, random);
        }
    }

    private void endMacroActions() {
        for (int agent = 0; agent < current.length; agent++) {
            MacroAction<? super D> macroAction = macroActions[agent][current[agent]];
            boolean ends = happens(macroAction.terminationProbability(domain, agent, this));
            ended[agent] = ends;
            if (ends) {
                macroAction.ended(domain, agent);
            } else if (ticks[agent] + 1 >= spec.maxMacroTicks() && !terminated && !truncated) {
                throw new IllegalStateException(
                        "agent " + agent + ": " + macroAction.spec().name() + " has lasted " + (ticks[agent] + 1)
                                + " ticks (expected: an end within " + spec.maxMacroTicks() + ")");
            }
        }
    }

    private boolean happens(double probability) {
        if (probability == 1) {
            return true;
        }
        if (probability == 0) {
            return false;
        }
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalStateException("termination probability: " + probability + " (expected: 0..1)");
        }
        return random.nextDouble() < probability;
    }

    private static double finite(double reward) {
        if (!Double.isFinite(reward)) {
            throw new IllegalStateException("reward: " + reward + " (expected: a finite number)");
        }
        return reward;
    }

    private void observe() {
        for (int agent = 0; agent < current.length; agent++) {
            if (ended[agent]) {
                domain.observation(agent, held[agent], 0);
            }
        }
    }

    @Override
    public boolean ended(int agent) {
        return ended[agent];
    }

    @Override
    public int macroAction(int agent) {
        return current[agent];
    }

    @Override
    public int ticks(int agent) {
        return ticks[agent];
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
        return truncated;
    }

    @Override
    public int tick() {
        return tick;
    }

    @Override
    public boolean legal(int agent, int macroAction) {
        return macroActions[agent][macroAction].canStart(domain, agent);
    }

    @Override
    public void macroObservation(int agent, double[] out, int offset) {
        System.arraycopy(held[agent], 0, out, offset, held[agent].length);
    }

    @Override
    public void state(double[] out, int offset) {
        domain.state(out, offset);
    }

    @Override
    public byte[] snapshot() {
        SnapshotWriter out = new SnapshotWriter();
        out.putInt(SNAPSHOT_MAGIC);
        out.putBytes(fingerprint);
        out.putBoolean(begun);
        out.putBoolean(terminated);
        out.putBoolean(truncated);
        out.putInt(tick);
        out.putDouble(reward);
        out.putLong(stream.state());
        for (int agent = 0; agent < current.length; agent++) {
            out.putInt(current[agent]);
            out.putInt(ticks[agent]);
            out.putBoolean(ended[agent]);
            out.putDoubles(held[agent]);
        }
        domain.save(out);
        out.putInt(checksum(out.toBytes(), out.size()));
        return out.toBytes();
    }

    @Override
    public void restore(byte[] snapshot) {
        SnapshotReader in = open(snapshot);
        begun = in.getBoolean();
        terminated = in.getBoolean();
        truncated = in.getBoolean();
        tick = in.getInt();
        reward = in.getDouble();
        stream.setState(in.getLong());
        for (int agent = 0; agent < current.length; agent++) {
            current[agent] = in.getInt();
            ticks[agent] = in.getInt();
            ended[agent] = in.getBoolean();
            in.getDoubles(held[agent]);
        }
        domain.load(in);
        if (in.remaining() != 0) {
            throw new AssertionError(spec.id() + ": load read " + in.remaining() + " bytes fewer than save wrote");
        }
    }

    /** Checks that the bytes are whole and ours, before anything is changed. */
    private SnapshotReader open(byte[] snapshot) {
        int end = snapshot.length - CHECKSUM_BYTES;
        if (end < HEADER_BYTES
                || new SnapshotReader(snapshot, 0, end).getInt() != SNAPSHOT_MAGIC
                || new SnapshotReader(snapshot, end, snapshot.length).getInt() != checksum(snapshot, end)) {
            throw new SnapshotException(
                    SnapshotException.Reason.CORRUPT,
                    "snapshot: " + snapshot.length + " bytes that are damaged (expected: a whole snapshot)");
        }
        if (!Arrays.equals(snapshot, 4, HEADER_BYTES, fingerprint, 0, FINGERPRINT_BYTES)) {
            throw new SnapshotException(
                    SnapshotException.Reason.MISMATCH,
                    "snapshot: of an environment with another fingerprint (expected: " + spec.id() + " "
                            + spec.fingerprint() + ")");
        }
        return new SnapshotReader(snapshot, HEADER_BYTES, end);
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, end);
        return (int) crc.getValue();
    }

    @Override
    public Map<String, Object> inspect() {
        return domain.inspect(this);
    }

    @Override
    public Optional<Scene> scene() {
        return domain.scene(this);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <D extends DecPomdp> MacroAction<? super D>[][] tableOf(List<AgentMacroActions<D>> team) {
        // An array of lists of a generic type cannot be made in Java; this one is filled with the right type and never
        // leaves this class.
        MacroAction[][] table = new MacroAction[team.size()][];
        for (int agent = 0; agent < table.length; agent++) {
            table[agent] = team.get(agent).macroActions().toArray(new MacroAction[0]);
        }
        return table;
    }

    private static <D extends DecPomdp> EnvironmentSpec specOf(
            EnvironmentDescription description,
            Settings settings,
            D domain,
            List<AgentMacroActions<D>> team,
            int horizon) {
        List<AgentSpec> agents = new ArrayList<>();
        for (AgentMacroActions<D> member : team) {
            List<MacroActionSpec> choices =
                    member.macroActions().stream().map(MacroAction::spec).toList();
            agents.add(new AgentSpec(member.agent(), choices, domain.observationSpec(agents.size())));
        }
        return new EnvironmentSpec(
                description.id(),
                description.version(),
                description.doc(),
                agents,
                domain.stateSpec(),
                horizon,
                domain.deterministic(),
                horizon > 0 ? horizon : MAX_MACRO_TICKS_WITHOUT_HORIZON,
                settings);
    }
}
