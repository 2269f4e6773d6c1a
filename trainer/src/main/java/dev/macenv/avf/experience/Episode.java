package dev.macenv.avf.experience;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * One finished episode of a team of agents that decide asynchronously. Immutable; made by {@link EpisodeBuilder}.
 *
 * <p>An episode is a line of <em>points</em> 0..rows() and the <em>rows</em> between them: row k leads from point k to
 * point k+1 over one or more ticks. Point 0 is the start; every further point is one that the environment reported: each
 * tick, or each event (somebody's macro-action ended, a look-in, the end of the episode). In a row nobody's macro-action
 * ends before its last tick, which is why both kinds of episode squeeze alike.
 *
 * <p>Kept once and referred to by index: the state at each point, and each agent's macro-observations and legal masks,
 * one per own decision point ("held" in between, by definition). Raw rewards are kept tick by tick, so that every way of
 * accumulating them can be computed afterwards.
 */
public final class Episode {
    private final TeamShape shape;
    private final int agents;
    private final Ending ending;
    private final int[] pointTicks; // [rows + 1]
    private final double[] rewards; // [ticks]
    private final float[] states; // [rows + 1, state]
    private final int[] macroActions; // [rows, agent]
    private final boolean[] ended; // [rows, agent]
    private final float[][] observations; // agent -> [decisions, observation]
    private final boolean[][] legal; // agent -> [decisions, macro-action]

    private final int[] startPoints; // [rows, agent] point at which the macro-action in force was chosen
    private final int[] decisions; // [rows + 1, agent] index of the macro-observation held at the point
    private final int[] jointStartPoints; // [rows] last point, at or before the row, where anybody decided
    private int[] jointEnds = {}; // [joint rows] rows in which anybody's macro-action ended, or the task
    private double undiscountedReturn;

    Episode(
            TeamShape shape,
            Ending ending,
            int[] pointTicks,
            double[] rewards,
            float[] states,
            int[] macroActions,
            boolean[] ended,
            float[][] observations,
            boolean[][] legal) {
        this.shape = shape;
        this.agents = shape.agents();
        this.ending = ending;
        this.pointTicks = pointTicks;
        this.rewards = rewards;
        this.states = states;
        this.macroActions = macroActions;
        this.ended = ended;
        this.observations = observations;
        this.legal = legal;
        this.startPoints = new int[rows() * agents];
        this.decisions = new int[(rows() + 1) * agents];
        this.jointStartPoints = new int[rows()];
        index();
    }

    /** Derives who started when, and checks that a macro-action changes only where the one before it ended. */
    private void index() {
        int rows = rows();
        if (rows == 0 || pointTicks[0] != 0 || pointTicks[rows] != rewards.length) {
            throw new IllegalArgumentException(
                    "rows: %d over %d ticks (expected: at least one row, one reward per tick)"
                            .formatted(rows, rewards.length));
        }
        if (ending == Ending.NONE) {
            throw new IllegalArgumentException("ending: NONE (expected: TERMINATED or TRUNCATED)");
        }
        int[] ends = new int[rows];
        int joints = 0;
        for (int k = 0; k < rows; k++) {
            boolean joint = k == 0;
            boolean end = k == rows - 1 && terminated();
            for (int i = 0; i < agents; i++) {
                boolean decides = k == 0 || ended[(k - 1) * agents + i];
                joint |= decides;
                end |= ended[k * agents + i];
                int here = k * agents + i;
                startPoints[here] = decides ? k : startPoints[here - agents];
                decisions[here + agents] = decisions[here] + (ended[here] ? 1 : 0);
                if (!decides && macroActions[here] != macroActions[here - agents]) {
                    throw new IllegalArgumentException(
                            "macroAction: %d of agent %d at tick %d (expected: %d, which has not ended)"
                                    .formatted(macroActions[here], i, pointTicks[k], macroActions[here - agents]));
                }
            }
            jointStartPoints[k] = joint ? k : jointStartPoints[k - 1];
            if (end) {
                ends[joints++] = k;
            }
        }
        jointEnds = Arrays.copyOf(ends, joints);
        undiscountedReturn = discountedReturn(1);
    }

    /** Returns the sizes of the team. */
    public TeamShape shape() {
        return shape;
    }

    /** Returns the number of ticks T (primitive steps), at least 1. */
    public int ticks() {
        return rewards.length;
    }

    /** Returns the number of rows; there is one point more than rows. */
    public int rows() {
        return pointTicks.length - 1;
    }

    /** Returns how the episode ended, never {@link Ending#NONE}. */
    public Ending ending() {
        return ending;
    }

    /** Returns whether the task itself ended, as opposed to the horizon. */
    public boolean terminated() {
        return ending == Ending.TERMINATED;
    }

    /** Returns the tick of this point: the number of ticks executed before it. */
    public int tick(int point) {
        return pointTicks[point];
    }

    /** Returns the last tick that row k covers, t_k in the equations: the one in which its macro-actions ended. */
    public int lastTick(int row) {
        return pointTicks[row + 1] - 1;
    }

    /** Returns the first row whose last tick is not before this tick; {@link #rows()} if there is none. */
    public int rowAt(int tick) {
        int found = Arrays.binarySearch(pointTicks, 1, pointTicks.length, tick + 1);
        return (found >= 0 ? found : -found - 1) - 1;
    }

    /** Returns the number of joint rows: those in which anybody's macro-action ended, and the last one of a terminated task. */
    public int jointRows() {
        return jointEnds.length;
    }

    /** Returns the tick after joint row j; 0 for -1. */
    int jointEndTick(int j) {
        return j < 0 ? 0 : lastTick(jointEnds[j]) + 1;
    }

    /** Returns the undiscounted sum of the rewards. */
    public double undiscountedReturn() {
        return undiscountedReturn;
    }

    /** Returns the raw team reward of this tick. */
    public double reward(int tick) {
        return rewards[tick];
    }

    /** Returns the macro-action that this agent executed during the row. */
    public int macroAction(int row, int agent) {
        return macroActions[row * agents + agent];
    }

    /** Returns whether this agent's macro-action ended in the last tick of the row. */
    public boolean ended(int row, int agent) {
        return ended[row * agents + agent];
    }

    /** Returns the point at which this agent chose the macro-action that it executed during the row. */
    public int startPoint(int row, int agent) {
        return startPoints[row * agents + agent];
    }

    /** Returns the latest point, at or before the row, at which anybody decided: the start of the joint interval. */
    public int jointStartPoint(int row) {
        return jointStartPoints[row];
    }

    /** Returns which of its macro-observations this agent holds at the point: the number of its decisions before it. */
    public int decision(int point, int agent) {
        return decisions[point * agents + agent];
    }

    /**
     * Returns the macro-action before the one that this agent chooses, or holds, at the point: the one whose end brought the
     * macro-observation that it holds there; -1 if it still holds its first.
     */
    public int previousMacroAction(int point, int agent) {
        boolean decides = point == 0 || ended(point - 1, agent);
        int start = decides ? point : startPoint(point - 1, agent);
        return start == 0 ? -1 : macroAction(start - 1, agent);
    }

    /** Copies this agent's macro-observation of that decision to {@code out}, starting at {@code offset}. */
    public void observation(int agent, int decision, float[] out, int offset) {
        int size = shape.observationSize(agent);
        System.arraycopy(observations[agent], decision * size, out, offset, size);
    }

    /** Copies this agent's legal mask of that decision to {@code out}, starting at {@code offset}. */
    public void legal(int agent, int decision, boolean[] out, int offset) {
        int size = shape.actionCount(agent);
        System.arraycopy(legal[agent], decision * size, out, offset, size);
    }

    /** Copies the state at the point to {@code out}, starting at {@code offset}. */
    public void state(int point, float[] out, int offset) {
        System.arraycopy(states, point * shape.stateSize(), out, offset, shape.stateSize());
    }

    /** Returns the sum of gamma^t r_t over the episode; gamma 1 gives the undiscounted return. */
    public double discountedReturn(double gamma) {
        double sum = 0;
        for (int t = rewards.length - 1; t >= 0; t--) {
            sum = rewards[t] + gamma * sum;
        }
        return sum;
    }

    /** Writes everything that {@link #read} needs, bit-exact. */
    void write(DataOutput out) throws IOException {
        out.writeBoolean(terminated());
        out.writeInt(rows());
        out.writeInt(ticks());
        for (int tick : pointTicks) {
            out.writeInt(tick);
        }
        for (double reward : rewards) {
            out.writeDouble(reward);
        }
        for (float value : states) {
            out.writeFloat(value);
        }
        for (int action : macroActions) {
            out.writeInt(action);
        }
        for (boolean end : ended) {
            out.writeBoolean(end);
        }
        for (int i = 0; i < agents; i++) {
            out.writeInt(observations[i].length / shape.observationSize(i));
            for (float value : observations[i]) {
                out.writeFloat(value);
            }
            for (boolean allowed : legal[i]) {
                out.writeBoolean(allowed);
            }
        }
    }

    /** Reads what {@link #write} wrote. */
    static Episode read(TeamShape shape, DataInput in) throws IOException {
        Ending ending = in.readBoolean() ? Ending.TERMINATED : Ending.TRUNCATED;
        int rows = in.readInt();
        int ticks = in.readInt();
        int[] pointTicks = new int[rows + 1];
        for (int p = 0; p <= rows; p++) {
            pointTicks[p] = in.readInt();
        }
        double[] rewards = new double[ticks];
        for (int t = 0; t < ticks; t++) {
            rewards[t] = in.readDouble();
        }
        float[] states = readFloats(in, (rows + 1) * shape.stateSize());
        int[] macroActions = new int[rows * shape.agents()];
        for (int k = 0; k < macroActions.length; k++) {
            macroActions[k] = in.readInt();
        }
        boolean[] ended = readBooleans(in, macroActions.length);
        float[][] observations = new float[shape.agents()][];
        boolean[][] legal = new boolean[shape.agents()][];
        for (int i = 0; i < shape.agents(); i++) {
            int decisions = in.readInt();
            observations[i] = readFloats(in, decisions * shape.observationSize(i));
            legal[i] = readBooleans(in, decisions * shape.actionCount(i));
        }
        return new Episode(shape, ending, pointTicks, rewards, states, macroActions, ended, observations, legal);
    }

    private static float[] readFloats(DataInput in, int count) throws IOException {
        float[] values = new float[count];
        for (int k = 0; k < count; k++) {
            values[k] = in.readFloat();
        }
        return values;
    }

    private static boolean[] readBooleans(DataInput in, int count) throws IOException {
        boolean[] values = new boolean[count];
        for (int k = 0; k < count; k++) {
            values[k] = in.readBoolean();
        }
        return values;
    }
}
