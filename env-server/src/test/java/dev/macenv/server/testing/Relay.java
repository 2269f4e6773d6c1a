package dev.macenv.server.testing;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.Settings;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.env.SplitMix64;
import dev.macenv.env.VectorSpec;
import dev.macenv.env.scene.Ground;
import dev.macenv.env.scene.Scene;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Three agents whose macro-actions last a random number of ticks. Agents 0 and 2 have one shape, agent 1 another; rewards
 * are random; macro-action 2 may not begin at every third tick; an episode terminates with probability 1/24 on each tick
 * and is truncated after {@code horizon} ticks.
 *
 * <p>With the setting {@code fault}, it misbehaves as soon as agent 0 has begun macro-action 1.
 */
public final class Relay implements MacDecPomdp {
    /** Ways to misbehave. */
    public static final List<String> FAULTS = List.of(
            "none",
            "construct",
            "reset",
            "step",
            "nanReward",
            "nanObservation",
            "farObservation",
            "nanState",
            "endless",
            "noneLegal",
            "loopInConstructor",
            "loopInReset",
            "loop",
            "stubbornLoop",
            "unsaved",
            "snapshot",
            "restore",
            "inspect",
            "unseen",
            "endlessFloor");

    static final int MAX_MACRO_TICKS = 20;
    private static final int AGENTS = 3;

    private static volatile boolean stubborn = true; // loops go on though their thread is interrupted

    private final EnvironmentSpec spec;
    private final String fault;
    private final DoubleSupplier bonus;
    private final SplitMix64 random = new SplitMix64(0);

    private final int[] macroAction = new int[AGENTS];
    private final int[] left = new int[AGENTS];
    private final boolean[] ended = new boolean[AGENTS];
    private final double[][] observation = {new double[3], new double[2], new double[3]};
    private int tick;
    private double reward;
    private boolean terminated;
    private boolean misbehaving;

    Relay(String id, Settings settings, DoubleSupplier bonus) {
        this.bonus = bonus;
        fault = settings.choice("fault");
        spec = spec(id, settings);
        if (fault.equals("loopInConstructor")) {
            loopUntilInterrupted();
        }
        if (fault.equals("construct")) {
            throw new IllegalStateException("constructed to fail");
        }
    }

    /** A test must be able to end; the loops of the real world have no such way out. */
    private static void loopUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
        throw new IllegalStateException("interrupted");
    }

    /** Lets every stubborn loop end. */
    public static void relent() {
        stubborn = false;
    }

    private static EnvironmentSpec spec(String id, Settings settings) {
        return new EnvironmentSpec(
                id,
                "1",
                "Macro-actions of random length. For tests.",
                List.of(agent("runner", 3, 3), agent("walker", 2, 2), agent("sprinter", 3, 3)),
                VectorSpec.of(label("tick", 1), label("left", AGENTS)),
                (int) settings.integer("horizon"),
                false,
                MAX_MACRO_TICKS,
                settings);
    }

    private static AgentSpec agent(String name, int actions, int observationSize) {
        List<MacroActionSpec> macroActions = List.of(
                        new MacroActionSpec("short", "1 or 2 ticks", 1, 2, false),
                        new MacroActionSpec("long", "1 to 5 ticks", 1, 5, false),
                        new MacroActionSpec("picky", "1 to 3 ticks, not at every tick", 1, 3, false))
                .subList(0, actions);
        return new AgentSpec(name, macroActions, VectorSpec.of(label("tick", 1), label("noise", observationSize - 1)));
    }

    private static Label label(String name, int size) {
        return new Label(name, name, size, -1, 1000);
    }

    @Override
    public EnvironmentSpec spec() {
        return spec;
    }

    @Override
    public void reset(long seed) {
        if (fault.equals("loopInReset")) {
            loopUntilInterrupted();
        }
        if (fault.equals("reset")) {
            throw new IllegalStateException("reset to fail");
        }
        random.setState(seed);
        tick = 0;
        reward = 0;
        terminated = false;
        misbehaving = false;
        for (int agent = 0; agent < AGENTS; agent++) {
            macroAction[agent] = -1;
            left[agent] = 0;
            ended[agent] = true;
            observe(agent);
        }
    }

    @Override
    public void step(int[] macroActions) {
        double extra = bonus.getAsDouble();
        for (int agent = 0; agent < AGENTS; agent++) {
            if (ended[agent]) {
                macroAction[agent] = macroActions[agent];
                left[agent] = 1
                        + random.nextInt(spec.agents()
                                .get(agent)
                                .macroActions()
                                .get(macroActions[agent])
                                .maxTicks());
            }
        }
        misbehaving |= !fault.equals("none") && macroAction[0] == 1;
        if (misbehaving && fault.equals("step")) {
            throw new IllegalStateException("stepped to fail");
        }
        if (misbehaving && fault.equals("loop")) {
            loopUntilInterrupted();
        }
        while (misbehaving && fault.equals("stubbornLoop") && stubborn) {
            Thread.onSpinWait();
        }
        tick++;
        reward = random.nextDouble() - 0.5 + extra;
        terminated = random.nextInt(24) == 0;
        for (int agent = 0; agent < AGENTS; agent++) {
            left[agent]--;
            ended[agent] = left[agent] == 0;
        }
        if (misbehaving && fault.equals("endless")) {
            java.util.Arrays.fill(ended, false);
            java.util.Arrays.fill(left, 5);
            terminated = false;
        }
        for (int agent = 0; agent < AGENTS; agent++) {
            if (ended[agent]) {
                observe(agent);
            }
        }
    }

    private void observe(int agent) {
        observation[agent][0] = tick;
        for (int i = 1; i < observation[agent].length; i++) {
            observation[agent][i] = random.nextDouble();
        }
        if (misbehaving && fault.equals("nanObservation")) {
            observation[agent][1] = Double.NaN;
        }
        if (misbehaving && fault.equals("farObservation")) {
            observation[agent][1] = 1001;
        }
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
        return misbehaving && fault.equals("nanReward") ? Double.NaN : reward;
    }

    @Override
    public boolean terminated() {
        return terminated;
    }

    @Override
    public boolean truncated() {
        return !terminated && tick == spec.horizon();
    }

    @Override
    public int tick() {
        return tick;
    }

    @Override
    public boolean legal(int agent, int macroAction) {
        if (misbehaving && fault.equals("noneLegal")) {
            return false;
        }
        return macroAction != 2 || tick % 3 != 1;
    }

    @Override
    public void macroObservation(int agent, double[] out, int offset) {
        System.arraycopy(observation[agent], 0, out, offset, observation[agent].length);
    }

    @Override
    public void state(double[] out, int offset) {
        out[offset] = misbehaving && fault.equals("nanState") ? Double.NaN : tick;
        for (int agent = 0; agent < AGENTS; agent++) {
            out[offset + 1 + agent] = left[agent];
        }
    }

    @Override
    public byte[] snapshot() {
        if (fault.equals("unsaved")) {
            throw new UnsupportedOperationException("made to be unable");
        }
        if (fault.equals("snapshot")) {
            throw new IllegalStateException("saved to fail");
        }
        SnapshotWriter out = new SnapshotWriter();
        out.putLong(random.state());
        out.putInt(tick);
        out.putDouble(reward);
        out.putBoolean(terminated);
        out.putBoolean(misbehaving);
        out.putInts(macroAction);
        out.putInts(left);
        for (int agent = 0; agent < AGENTS; agent++) {
            out.putBoolean(ended[agent]);
            out.putDoubles(observation[agent]);
        }
        return out.toBytes();
    }

    @Override
    public void restore(byte[] snapshot) {
        if (fault.equals("restore")) {
            throw new IllegalStateException("restored to fail");
        }
        SnapshotReader in = new SnapshotReader(snapshot, 0, snapshot.length);
        random.setState(in.getLong());
        tick = in.getInt();
        reward = in.getDouble();
        terminated = in.getBoolean();
        misbehaving = in.getBoolean();
        in.getInts(macroAction);
        in.getInts(left);
        for (int agent = 0; agent < AGENTS; agent++) {
            ended[agent] = in.getBoolean();
            in.getDoubles(observation[agent]);
        }
    }

    @Override
    public Map<String, Object> inspect() {
        if (fault.equals("inspect")) {
            throw new IllegalStateException("looked at to fail");
        }
        return Map.of("tick", tick);
    }

    @Override
    public Optional<Scene> scene() {
        if (fault.equals("unseen")) {
            throw new UnsupportedOperationException("made to be unseen");
        }
        boolean endless = fault.equals("endlessFloor");
        return endless ? Optional.of(new Scene(1e9, 1e9, 1, Ground.CELLS, List.of())) : Optional.empty();
    }
}
