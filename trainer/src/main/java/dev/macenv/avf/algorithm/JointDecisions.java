package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;

/**
 * One side of every row of a batch, as the mixer sees it: where in its packed histories each agent stands, what it
 * executes there, and whether it was free to choose it. A row has two sides: its own decision point, and its successor.
 * The arrays are the batch's own, valid until the next squeeze.
 */
final class JointDecisions {
    /** The number of rows N. */
    final int rows;

    /** Agent -> [N] packed position of its history. */
    final int[][] positions;

    /** Agent -> [N] macro-action. */
    final int[][] actions;

    /** Agent -> [N] whether it chooses there; otherwise it is in mid macro-action. */
    final boolean[][] free;

    /** {@code [N, stateSize]} the mixer's state. */
    final float[] state;

    private JointDecisions(Batch batch, float[] state) {
        this.rows = batch.rows();
        this.positions = new int[batch.agents()][];
        this.actions = new int[batch.agents()][];
        this.free = new boolean[batch.agents()][];
        this.state = state;
    }

    /** The rows' own side: m^i at h^i with x. */
    static JointDecisions current(Batch batch) {
        JointDecisions side = new JointDecisions(batch, batch.state());
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            side.positions[i] = agent.current();
            side.actions[i] = agent.action();
            side.free[i] = agent.free();
        }
        return side;
    }

    /**
     * The successors' side: m*^i at h'^i with x', where m* is the conditional greedy joint choice: those that ended choose
     * greedily, ongoing agents keep their macro-action.
     *
     * @param greedy the choices of the networks that select: the online ones
     */
    static JointDecisions successor(Batch batch, GreedyChoices greedy) {
        JointDecisions side = new JointDecisions(batch, batch.nextState());
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            side.positions[i] = agent.next();
            side.actions[i] = greedy.conditional(i, agent.next(), agent.done(), agent.action(), batch.rows());
            side.free[i] = agent.done();
        }
        return side;
    }
}
