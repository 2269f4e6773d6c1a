package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.CenMaddrqnSettings.Explorers;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.JointActions;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.loss.ConditionalGreedy;
import dev.macenv.avf.nn.AgentNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Acts epsilon-greedily with one recurrent network for the whole team. Whenever anybody has to choose, the network sees what
 * all hold; pending agents take their parts of the joint macro-action of highest value among those that agree with the ongoing
 * agents, ties to the lowest joint index. Exploring agents' parts are replaced by uniform ones afterwards: the others do not
 * know of them.
 */
final class CentralPolicy implements TeamPolicy {
    private static final int GREEDY = -1;

    private final Engine engine;
    private final AgentNetwork network;
    private final JointActions joint;
    private final int[] counts; // [agent] macro-actions
    private final Explorers explorers;
    private final Matrix inputs; // [row, observations side by side]
    private final Matrix states; // [row, hidden]
    private final Matrix utilities; // [row, joint macro-action]
    private final boolean[] admissible; // [macro-actions of all agents side by side]
    private final float[] seen; // [observations side by side]
    private int[] choices = {}; // [point, agent] macro-action, or GREEDY
    private int[] rows = {}; // [row] the point it stands for
    private float[] values = {}; // [row, joint macro-action]

    CentralPolicy(Engine engine, AgentNetwork network, TeamShape shape, Explorers explorers) {
        this.engine = engine;
        this.network = network;
        this.counts = shape.actionCounts();
        this.joint = new JointActions(counts);
        this.explorers = explorers;
        this.inputs = engine.matrix(1, network.observationSize());
        this.states = engine.matrix(1, network.hiddenSize());
        this.utilities = engine.matrix(1, network.actions());
        this.admissible = new boolean[Arrays.stream(counts).sum()];
        this.seen = new float[network.observationSize()];
    }

    @Override
    public TeamMemory newMemory() {
        return new HiddenStates(engine, List.of(engine.matrix(1, network.hiddenSize())));
    }

    @Override
    public void choose(List<DecisionPoint> points, double epsilon, boolean memoryless, RandomGenerator random) {
        drawExploration(points, epsilon, random);
        int count = collectRows(points, memoryless);
        if (count > 0) {
            evaluate(points, count, memoryless);
            for (int row = 0; row < count; row++) {
                chooseGreedily(points.get(rows[row]), rows[row], row);
            }
        }
        for (int p = 0; p < points.size(); p++) {
            DecisionPoint point = points.get(p);
            for (int agent = 0; agent < counts.length; agent++) {
                if (point.pending(agent)) {
                    point.decide(agent, choices[p * counts.length + agent]);
                }
            }
        }
    }

    @Override
    public PolicyDescription describe() {
        return new PolicyDescription(List.of(PolicyDescription.Network.observing(
                0, counts.length, PolicyDescription.Output.UTILITIES, network.describe())));
    }

    private void drawExploration(List<DecisionPoint> points, double epsilon, RandomGenerator random) {
        int n = counts.length;
        if (rows.length < points.size()) {
            rows = new int[points.size()];
            choices = new int[points.size() * n];
        }
        Arrays.fill(choices, 0, points.size() * n, GREEDY);
        for (int p = 0; p < points.size(); p++) {
            DecisionPoint point = points.get(p);
            boolean together = explorers == Explorers.WHOLE_TEAM && explores(epsilon, random);
            for (int agent = 0; agent < n; agent++) {
                if (!point.pending(agent)) {
                    continue;
                }
                boolean alone = explorers == Explorers.EACH_AGENT && explores(epsilon, random);
                if (together || alone) {
                    choices[p * n + agent] = NetworkPolicy.uniform(point.legal(agent), random);
                }
            }
        }
    }

    private static boolean explores(double epsilon, RandomGenerator random) {
        return epsilon > 0 && random.nextDouble() < epsilon;
    }

    /** Finds the points at which the network is needed, and returns their number. */
    private int collectRows(List<DecisionPoint> points, boolean memoryless) {
        int count = 0;
        for (int p = 0; p < points.size(); p++) {
            boolean needed = !memoryless; // the history goes on through exploration, too
            for (int agent = 0; agent < counts.length && !needed; agent++) {
                needed = points.get(p).pending(agent) && choices[p * counts.length + agent] == GREEDY;
            }
            if (needed) {
                rows[count++] = p;
            }
        }
        return count;
    }

    private void evaluate(List<DecisionPoint> points, int count, boolean memoryless) {
        inputs.resize(count, network.observationSize());
        states.resize(count, network.hiddenSize());
        if (memoryless) {
            engine.fill(states, 0);
        }
        for (int row = 0; row < count; row++) {
            DecisionPoint point = points.get(rows[row]);
            int at = 0;
            for (int agent = 0; agent < counts.length; agent++) {
                float[] observation = point.observation(agent);
                System.arraycopy(observation, 0, seen, at, observation.length);
                at += observation.length;
            }
            inputs.writeRow(row, seen, 0);
            if (!memoryless) {
                states.copyRow(row, HiddenStates.of(point, 0), 0);
            }
        }
        network.act(inputs, states, utilities.resize(count, network.actions()));
        for (int row = 0; row < count && !memoryless; row++) {
            HiddenStates.of(points.get(rows[row]), 0).copyRow(0, states, row);
        }
        if (values.length < utilities.size()) {
            values = new float[utilities.size()];
        }
        utilities.read(values, 0);
    }

    private void chooseGreedily(DecisionPoint point, int p, int row) {
        int mask = 0;
        for (int agent = 0; agent < counts.length; agent++) {
            if (point.pending(agent)) {
                System.arraycopy(point.legal(agent), 0, admissible, mask, counts[agent]);
            } else {
                Arrays.fill(admissible, mask, mask + counts[agent], false);
                admissible[mask + point.macroAction(agent)] = true;
            }
            mask += counts[agent];
        }
        int best = ConditionalGreedy.argmax(values, row * network.actions(), counts, admissible, 0);
        for (int agent = 0; agent < counts.length; agent++) {
            int at = p * counts.length + agent;
            if (choices[at] == GREEDY) {
                choices[at] = joint.macroAction(best, agent);
            }
        }
    }
}
