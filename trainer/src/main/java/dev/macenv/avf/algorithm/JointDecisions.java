package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;

/**
 * One side of every row of a batch, as the mixer sees it: where in its packed histories each agent stands, what it
 * executes there, and whether it was free to choose it. A row has two sides: its own decision point, and its successor.
 *
 * @param rows N
 * @param positions agent -> [N] packed position of its history
 * @param actions agent -> [N] macro-action
 * @param free agent -> [N] whether it chooses there; otherwise it is in mid macro-action
 * @param state {@code [N, stateSize]} the mixer's state
 */
record JointDecisions(int rows, int[][] positions, int[][] actions, boolean[][] free, float[] state) {
    /** The rows' own side: m^i at h^i with x. */
    static JointDecisions current(Batch batch) {
        int n = batch.agents();
        int[][] positions = new int[n][];
        int[][] actions = new int[n][];
        boolean[][] free = new boolean[n][];
        for (int i = 0; i < n; i++) {
            positions[i] = batch.agent(i).current();
            actions[i] = batch.agent(i).action();
            free[i] = batch.agent(i).free();
        }
        return new JointDecisions(batch.rows(), positions, actions, free, batch.state());
    }

    /**
     * The successors' side: m*^i at h'^i with x', where m* is the conditional greedy joint choice: those that ended choose
     * greedily, ongoing agents keep their macro-action.
     *
     * @param greedy the choices of the networks that select: the online ones
     */
    static JointDecisions successor(Batch batch, GreedyChoices greedy) {
        int n = batch.agents();
        int[][] positions = new int[n][];
        int[][] actions = new int[n][];
        boolean[][] free = new boolean[n][];
        for (int i = 0; i < n; i++) {
            AgentBatch agent = batch.agent(i);
            positions[i] = agent.next();
            actions[i] = greedy.conditional(i, agent.next(), agent.done(), agent.action(), batch.rows());
            free[i] = agent.done();
        }
        return new JointDecisions(batch.rows(), positions, actions, free, batch.nextState());
    }
}
