package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.loss.ConditionalGreedy;
import dev.macenv.avf.nn.AgentUtilities;
import java.util.List;

/** What each agent would choose greedily, among its legal macro-actions, at every packed position; lowest index in ties. */
final class GreedyChoices {
    private final int[][] choices; // agent -> [positions]
    private final int[][] rowChoices; // agent -> [rows], the storage of conditional()
    private float[] utilities = new float[0];

    GreedyChoices(int agents) {
        choices = new int[agents][0];
        rowChoices = new int[agents][0];
    }

    /** Chooses at all positions. No gradient passes through a choice. */
    GreedyChoices choose(Batch batch, List<AgentUtilities> values) {
        for (int i = 0; i < choices.length; i++) {
            AgentBatch agent = batch.agent(i);
            if (choices[i].length < agent.positions()) {
                choices[i] = new int[2 * agent.positions()];
            }
            chooseAt(agent, values.get(i).q().value(), choices[i]);
        }
        return this;
    }

    private void chooseAt(AgentBatch agent, Matrix q, int[] choice) {
        int count = agent.actionCount();
        boolean[] legal = agent.legal();
        if (utilities.length < q.size()) {
            utilities = new float[2 * q.size()];
        }
        q.read(utilities, 0);
        for (int position = 0; position < agent.positions(); position++) {
            choice[position] = ConditionalGreedy.argmax(
                    utilities, position * count, agent.actionCounts(), legal, position * agent.legalSize());
        }
    }

    /** Returns, for each row, the greedy choice at the position where the agent is free, else the ongoing macro-action. */
    int[] conditional(int i, int[] positions, boolean[] free, int[] ongoing, int rows) {
        if (rowChoices[i].length < rows) {
            rowChoices[i] = new int[2 * rows];
        }
        for (int k = 0; k < rows; k++) {
            rowChoices[i][k] = free[k] ? choices[i][positions[k]] : ongoing[k];
        }
        return rowChoices[i];
    }

    /** Returns, for each row, the greedy choice at the position, whether the agent is free there or not. */
    int[] unconditional(int i, int[] positions, int rows) {
        if (rowChoices[i].length < rows) {
            rowChoices[i] = new int[2 * rows];
        }
        for (int k = 0; k < rows; k++) {
            rowChoices[i][k] = choices[i][positions[k]];
        }
        return rowChoices[i];
    }
}
