package dev.macenv.avf.experience;

import java.util.Arrays;

/**
 * Records an episode while it happens. One builder serves one lane, episode after episode:
 *
 * <pre>{@code
 * builder.start(observations, legal, state);            // everybody is pending
 * while (!over) {
 *     for (agent pending) builder.decide(agent, macroAction);
 *     builder.advance(ticks, rewards, ended, observations, legal, state, ending);
 * }
 * Episode episode = builder.build();
 * }</pre>
 *
 * <p>{@code advance} may be called per tick or once per event of the environment: the episodes squeeze alike. Only {@link
 * MixerState#REAL} needs one call per tick, because it alone looks at states between events. Arrays given are copied;
 * macro-observations and legal masks are read only for the agents whose macro-action ended (all others hold theirs). Not
 * thread-safe; keeps its storage between episodes.
 */
public final class EpisodeBuilder {
    private static final int PENDING = -1;

    private final TeamShape shape;
    private final int agents;
    private int rows;
    private int ticks;
    private Ending ending = Ending.NONE;
    private boolean recording;

    private int[] pointTicks = new int[64];
    private double[] rewards = new double[64];
    private float[] states = new float[64];
    private int[] macroActions = new int[64];
    private boolean[] ended = new boolean[64];
    private final float[][] observations;
    private final boolean[][] legal;
    private final int[] decisions; // macro-observations recorded so far, by agent
    private final int[] current; // macro-action in force, by agent

    /** Makes a builder for teams of this shape. */
    public EpisodeBuilder(TeamShape shape) {
        this.shape = shape;
        this.agents = shape.agents();
        this.observations = new float[agents][64];
        this.legal = new boolean[agents][64];
        this.decisions = new int[agents];
        this.current = new int[agents];
    }

    /**
     * Starts an episode, dropping an unfinished one: every agent is pending.
     *
     * @param observation macro-observations, by agent
     * @param allowed legal masks, by agent
     * @param state the state; longer arrays are read up to the state's size
     */
    public void start(float[][] observation, boolean[][] allowed, float[] state) {
        rows = 0;
        ticks = 0;
        ending = Ending.NONE;
        recording = true;
        Arrays.fill(decisions, 0);
        Arrays.fill(current, PENDING);
        point(state);
        for (int i = 0; i < agents; i++) {
            decisionPoint(i, observation[i], allowed[i]);
        }
    }

    /** Returns whether this agent has to decide before the next {@link #advance}. */
    public boolean pending(int agent) {
        return recording && ending == Ending.NONE && current[agent] == PENDING;
    }

    /** Records what a pending agent executes from here on: what the environment runs, not what was asked of it. */
    public void decide(int agent, int macroAction) {
        if (!pending(agent)) {
            throw new IllegalStateException("agent: %d (expected: one that is pending)".formatted(agent));
        }
        if (macroAction < 0 || macroAction >= shape.actionCount(agent)) {
            throw new IllegalArgumentException("macroAction: %d of agent %d (expected: 0..%d)"
                    .formatted(macroAction, agent, shape.actionCount(agent) - 1));
        }
        current[agent] = macroAction;
    }

    /**
     * Records an interval in which nobody's macro-action ended before the last tick.
     *
     * @param length ticks of the interval, at least 1
     * @param reward raw rewards of these ticks; longer arrays are read up to {@code length}
     * @param end whose macro-action ended in the last tick
     * @param observation macro-observations after the interval; read where {@code end} is true
     * @param allowed legal masks after the interval; read where {@code end} is true
     * @param state the state after the interval
     * @param how whether the episode ended, and how
     */
    public void advance(
            int length,
            double[] reward,
            boolean[] end,
            float[][] observation,
            boolean[][] allowed,
            float[] state,
            Ending how) {
        Checks.atLeast("length", length, 1);
        if (!recording || ending != Ending.NONE) {
            throw new IllegalStateException("advance: no episode in progress (expected: start() first)");
        }
        macroActions = ensure(macroActions, (rows + 1) * agents);
        ended = ensure(ended, (rows + 1) * agents);
        for (int i = 0; i < agents; i++) {
            if (current[i] == PENDING) {
                throw new IllegalStateException(
                        "agent: %d is pending (expected: decide() before advance())".formatted(i));
            }
            macroActions[rows * agents + i] = current[i];
            ended[rows * agents + i] = end[i];
        }
        if (rewards.length < ticks + length) {
            rewards = Arrays.copyOf(rewards, 2 * (ticks + length));
        }
        System.arraycopy(reward, 0, rewards, ticks, length);
        ticks += length;
        rows++;
        ending = how;
        point(state);
        for (int i = 0; i < agents; i++) {
            if (end[i]) {
                current[i] = PENDING;
                decisionPoint(i, observation[i], allowed[i]);
            }
        }
    }

    /** Returns the episode, which must have ended; the builder then waits for {@link #start}. */
    public Episode build() {
        if (!recording || ending == Ending.NONE) {
            throw new IllegalStateException("ending: NONE (expected: an episode that terminated or was truncated)");
        }
        recording = false;
        float[][] seen = new float[agents][];
        boolean[][] allowed = new boolean[agents][];
        for (int i = 0; i < agents; i++) {
            seen[i] = Arrays.copyOf(observations[i], decisions[i] * shape.observationSize(i));
            allowed[i] = Arrays.copyOf(legal[i], decisions[i] * shape.actionCount(i));
        }
        return new Episode(
                shape,
                ending,
                Arrays.copyOf(pointTicks, rows + 1),
                Arrays.copyOf(rewards, ticks),
                Arrays.copyOf(states, (rows + 1) * shape.stateSize()),
                Arrays.copyOf(macroActions, rows * agents),
                Arrays.copyOf(ended, rows * agents),
                seen,
                allowed);
    }

    private void point(float[] state) {
        int size = shape.stateSize();
        pointTicks = ensure(pointTicks, rows + 1);
        pointTicks[rows] = ticks;
        states = ensure(states, (rows + 1) * size);
        System.arraycopy(state, 0, states, rows * size, size);
    }

    private void decisionPoint(int agent, float[] observation, boolean[] allowed) {
        int width = shape.observationSize(agent);
        int count = shape.actionCount(agent);
        int index = decisions[agent]++;
        observations[agent] = ensure(observations[agent], (index + 1) * width);
        System.arraycopy(observation, 0, observations[agent], index * width, width);
        legal[agent] = ensure(legal[agent], (index + 1) * count);
        System.arraycopy(allowed, 0, legal[agent], index * count, count);
    }

    private static int[] ensure(int[] array, int size) {
        return array.length >= size ? array : Arrays.copyOf(array, 2 * size);
    }

    private static float[] ensure(float[] array, int size) {
        return array.length >= size ? array : Arrays.copyOf(array, 2 * size);
    }

    private static boolean[] ensure(boolean[] array, int size) {
        return array.length >= size ? array : Arrays.copyOf(array, 2 * size);
    }
}
