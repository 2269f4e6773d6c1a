package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.TeamShape;
import java.util.List;
import java.util.random.RandomGenerator;

/** Asks a policy for the decision of one agent, while all others go on with their macro-action 0 and hold zeros. */
final class OneDecision {
    private OneDecision() {}

    static int of(
            TeamPolicy policy,
            TeamShape shape,
            int agent,
            float[] observation,
            boolean[] legal,
            TeamMemory memory,
            double epsilon,
            boolean memoryless,
            RandomGenerator random) {
        DecisionPoint point = point(shape, agent, observation, legal, memory);
        policy.choose(List.of(point), epsilon, memoryless, random);
        return point.macroAction(agent);
    }

    static DecisionPoint point(TeamShape shape, int agent, float[] observation, boolean[] legal, TeamMemory memory) {
        float[][] observations = new float[shape.agents()][];
        boolean[][] masks = new boolean[shape.agents()][];
        for (int i = 0; i < shape.agents(); i++) {
            observations[i] = i == agent ? observation : new float[shape.observationSize(i)];
            masks[i] = i == agent ? legal : new boolean[shape.actionCount(i)];
        }
        DecisionPoint point = new DecisionPoint(memory, observations, masks);
        for (int i = 0; i < shape.agents(); i++) {
            point.decide(i, i == agent ? DecisionPoint.NONE : 0);
        }
        point.setPending(agent, true);
        return point;
    }
}
