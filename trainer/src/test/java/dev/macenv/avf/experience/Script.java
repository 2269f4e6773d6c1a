package dev.macenv.avf.experience;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What happens in an episode, tick by tick, from which the same {@link Episode} can be recorded per tick, per event, or
 * with looks in between. Whatever is seen at tick t has t (times {@code scale}) as its first element, so that a test can
 * tell from a number when it was seen; further elements are noise that depends on agent, tick and place.
 */
public final class Script {
    private final TeamShape shape;
    private final int[][] macroActions;
    private final boolean[][] ended;
    private final double[] rewards;
    private final Ending ending;
    private final double scale;
    private boolean everythingLegal;

    /**
     * @param shape the team
     * @param macroActions [tick][agent] in force
     * @param ended [tick][agent]
     * @param rewards [tick]
     * @param ending how it ends
     * @param scale of what is seen
     */
    public Script(
            TeamShape shape, int[][] macroActions, boolean[][] ended, double[] rewards, Ending ending, double scale) {
        this.shape = shape;
        this.macroActions = macroActions;
        this.ended = ended;
        this.rewards = rewards;
        this.ending = ending;
        this.scale = scale;
    }

    /** Makes everything legal from here on. */
    public Script allLegal() {
        everythingLegal = true;
        return this;
    }

    public TeamShape shape() {
        return shape;
    }

    public Ending ending() {
        return ending;
    }

    /** Returns the macro-action of agent i in force at tick t. */
    public int macroAction(int t, int i) {
        return macroActions[t][i];
    }

    /** Returns whether agent i's macro-action ends in tick t. */
    public boolean ended(int t, int i) {
        return ended[t][i];
    }

    /** Returns whether anybody's macro-action ends in tick t. */
    public boolean anyEnded(int t) {
        for (boolean end : ended[t]) {
            if (end) {
                return true;
            }
        }
        return false;
    }

    public double reward(int t) {
        return rewards[t];
    }

    /** A random one: macro-actions end with a probability drawn per agent, rewards are normal. */
    public static Script random(RandomGenerator random, TeamShape shape, int ticks, Ending ending, double scale) {
        int agents = shape.agents();
        int[][] macroActions = new int[ticks][agents];
        boolean[][] ended = new boolean[ticks][agents];
        double[] rewards = random.doubles(ticks, -2, 3).toArray();
        for (int i = 0; i < agents; i++) {
            double probability = random.nextDouble(0.1, 0.9);
            for (int t = 0; t < ticks; t++) {
                boolean pending = t == 0 || ended[t - 1][i];
                macroActions[t][i] = pending ? random.nextInt(shape.actionCount(i)) : macroActions[t - 1][i];
                ended[t][i] = random.nextDouble() < probability;
            }
        }
        return new Script(shape, macroActions, ended, rewards, ending, scale);
    }

    /** A random team of one to three agents. */
    public static TeamShape randomShape(RandomGenerator random) {
        int agents = random.nextInt(1, 4);
        return new TeamShape(
                random.ints(agents, 1, 4).toArray(), random.ints(agents, 1, 5).toArray(), random.nextInt(1, 4));
    }

    /** Returns the number of ticks. */
    public int ticks() {
        return rewards.length;
    }

    /** Records one point per tick. */
    public Episode perTick() {
        boolean[] looks = new boolean[ticks()];
        Arrays.fill(looks, true);
        return record(looks);
    }

    /** Records one point per event: where anybody ended, and at the end. */
    public Episode perEvent() {
        return record(new boolean[ticks()]);
    }

    /** Records per event, with looks in between. */
    public Episode withLooks(RandomGenerator random) {
        boolean[] looks = new boolean[ticks()];
        for (int t = 0; t < looks.length; t++) {
            looks[t] = random.nextBoolean();
        }
        return record(looks);
    }

    /** Returns element j of agent i's macro-observation at tick t. */
    public float seen(int i, int t, int j) {
        return (float) (j == 0 ? scale * t : noise(3 + 31 * i + 7 * j, t));
    }

    /** Returns element j of the state at tick t. */
    public float state(int t, int j) {
        return (float) (j == 0 ? scale * t : noise(1000 + j, t));
    }

    /** Returns whether agent i may choose action a at tick t; always true of the action it chooses and of action 0. */
    public boolean legal(int i, int t, int a) {
        return everythingLegal
                || a == 0
                || (t < ticks() && macroActions[t][i] == a)
                || noise(77 + 13 * i + a, t) > -0.5;
    }

    private static double noise(int stream, int t) {
        double x = Math.sin(stream * 12.9898 + t * 78.233) * 43758.5453;
        return 2 * (x - Math.floor(x)) - 1;
    }

    private Episode record(boolean[] looks) {
        EpisodeBuilder builder = new EpisodeBuilder(shape);
        builder.start(observations(0), legal(0), states(0));
        int from = 0;
        for (int t = 0; t < ticks(); t++) {
            boolean last = t == ticks() - 1;
            if (last || anyEnded(t) || looks[t]) {
                for (int i = 0; i < shape.agents(); i++) {
                    if (builder.pending(i)) {
                        builder.decide(i, macroActions[from][i]);
                    }
                }
                builder.advance(
                        t + 1 - from,
                        Arrays.copyOfRange(rewards, from, t + 1),
                        ended[t],
                        observations(t + 1),
                        legal(t + 1),
                        states(t + 1),
                        last ? ending : Ending.NONE);
                from = t + 1;
            }
        }
        return builder.build();
    }

    private float[][] observations(int t) {
        float[][] observations = new float[shape.agents()][];
        for (int i = 0; i < observations.length; i++) {
            observations[i] = new float[shape.observationSize(i)];
            for (int j = 0; j < observations[i].length; j++) {
                observations[i][j] = seen(i, t, j);
            }
        }
        return observations;
    }

    private boolean[][] legal(int t) {
        boolean[][] legal = new boolean[shape.agents()][];
        for (int i = 0; i < legal.length; i++) {
            legal[i] = new boolean[shape.actionCount(i)];
            for (int a = 0; a < legal[i].length; a++) {
                legal[i][a] = legal(i, t, a);
            }
        }
        return legal;
    }

    private float[] states(int t) {
        float[] state = new float[shape.stateSize()];
        for (int j = 0; j < state.length; j++) {
            state[j] = state(t, j);
        }
        return state;
    }
}
