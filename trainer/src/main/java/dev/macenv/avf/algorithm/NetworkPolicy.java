package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.loss.ConditionalGreedy;
import dev.macenv.avf.nn.AgentNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Acts epsilon-greedily with one recurrent network per agent: uniformly over the legal macro-actions with probability
 * epsilon, drawn for each decision of each agent, else the one of highest utility, ties to the lowest index.
 *
 * <p>Each network runs once for all points at which its agent decides, a row for each. The engine sums every row of a
 * product in one order, however many rows there are, so the values are those of evaluating the points one by one.
 */
final class NetworkPolicy implements TeamPolicy {
    private static final int GREEDY = -1;

    private final Engine engine;
    private final List<AgentNetwork> agents;
    private final AgentInputs form;
    private final List<Matrix> inputs = new ArrayList<>(); // agent -> [row, observation]
    private final List<Matrix> states = new ArrayList<>(); // agent -> [row, hidden]
    private final List<Matrix> utilities = new ArrayList<>(); // agent -> [row, macro-action]
    private int[] choices = {}; // [point, agent] macro-action, or GREEDY
    private int[] rows = {}; // [row] the point it stands for
    private float[] given = {}; // [input]
    private float[] values = {}; // [row, macro-action]

    /**
     * @param agents by agent; the same one at several places if they share it
     * @param form what the networks are given
     */
    NetworkPolicy(Engine engine, List<AgentNetwork> agents, AgentInputs form) {
        this.engine = engine;
        this.form = form;
        this.agents = List.copyOf(agents);
        for (AgentNetwork agent : agents) {
            inputs.add(engine.matrix(1, agent.observationSize()));
            states.add(engine.matrix(1, agent.hiddenSize()));
            utilities.add(engine.matrix(1, agent.actions()));
        }
    }

    @Override
    public TeamMemory newMemory() {
        List<Matrix> hidden = new ArrayList<>();
        for (AgentNetwork agent : agents) {
            hidden.add(engine.matrix(1, agent.hiddenSize()));
        }
        return new HiddenStates(engine, hidden);
    }

    @Override
    public void choose(List<DecisionPoint> points, double epsilon, boolean memoryless, RandomGenerator random) {
        drawExploration(points, epsilon, random);
        for (int agent = 0; agent < agents.size(); agent++) {
            int count = collectRows(points, agent, memoryless);
            if (count > 0) {
                evaluate(points, agent, count, memoryless);
                chooseGreedily(points, agent, count);
            }
        }
        for (int p = 0; p < points.size(); p++) {
            DecisionPoint point = points.get(p);
            for (int agent = 0; agent < agents.size(); agent++) {
                if (point.pending(agent)) {
                    point.decide(agent, choices[p * agents.size() + agent]);
                }
            }
        }
    }

    @Override
    public PolicyDescription describe() {
        List<PolicyDescription.Network> networks = new ArrayList<>();
        for (int first = 0; first < agents.size(); first++) {
            AgentNetwork network = agents.get(first);
            if (agents.indexOf(network) == first) {
                List<Integer> sharers = IntStream.range(0, agents.size())
                        .filter(agent -> agents.get(agent) == network)
                        .boxed()
                        .toList();
                networks.add(new PolicyDescription.Network(
                        sharers, false, form.describe(first), PolicyDescription.Output.UTILITIES, network.describe()));
            }
        }
        return new PolicyDescription(networks);
    }

    private void drawExploration(List<DecisionPoint> points, double epsilon, RandomGenerator random) {
        int n = agents.size();
        if (rows.length < points.size()) {
            rows = new int[points.size()];
            choices = new int[points.size() * n];
        }
        Arrays.fill(choices, 0, points.size() * n, GREEDY);
        for (int p = 0; p < points.size(); p++) {
            DecisionPoint point = points.get(p);
            for (int agent = 0; agent < n; agent++) {
                if (point.pending(agent) && epsilon > 0 && random.nextDouble() < epsilon) {
                    choices[p * n + agent] = uniform(point.legal(agent), random);
                }
            }
        }
    }

    /** Finds the points at which this agent's network is needed, and returns their number. */
    private int collectRows(List<DecisionPoint> points, int agent, boolean memoryless) {
        int count = 0;
        for (int p = 0; p < points.size(); p++) {
            boolean explores = choices[p * agents.size() + agent] != GREEDY;
            if (points.get(p).pending(agent)
                    && (!explores || !memoryless)) { // histories go on through exploration, too
                rows[count++] = p;
            }
        }
        return count;
    }

    private void evaluate(List<DecisionPoint> points, int agent, int count, boolean memoryless) {
        AgentNetwork network = agents.get(agent);
        Matrix input = inputs.get(agent).resize(count, network.observationSize());
        if (given.length < network.observationSize()) {
            given = new float[network.observationSize()];
        }
        Matrix state = states.get(agent).resize(count, network.hiddenSize());
        if (memoryless) {
            engine.fill(state, 0);
        }
        for (int row = 0; row < count; row++) {
            DecisionPoint point = points.get(rows[row]);
            int previous = memoryless ? DecisionPoint.NONE : point.macroAction(agent);
            form.write(agent, point.observation(agent), 0, previous, given, 0);
            input.writeRow(row, given, 0);
            if (!memoryless) {
                state.copyRow(row, HiddenStates.of(point, agent), 0);
            }
        }
        network.act(input, state, utilities.get(agent).resize(count, network.actions()));
        for (int row = 0; row < count && !memoryless; row++) {
            HiddenStates.of(points.get(rows[row]), agent).copyRow(0, state, row);
        }
    }

    private void chooseGreedily(List<DecisionPoint> points, int agent, int count) {
        Matrix q = utilities.get(agent);
        if (values.length < q.size()) {
            values = new float[q.size()];
        }
        q.read(values, 0);
        for (int row = 0; row < count; row++) {
            int at = rows[row] * agents.size() + agent;
            if (choices[at] == GREEDY) {
                boolean[] legal = points.get(rows[row]).legal(agent);
                choices[at] = ConditionalGreedy.argmax(values, row * q.columns(), legal);
            }
        }
    }

    /** Draws one of the legal macro-actions, each as likely as any other. */
    static int uniform(boolean[] legal, RandomGenerator random) {
        int count = 0;
        for (boolean allowed : legal) {
            count += allowed ? 1 : 0;
        }
        if (count == 0) {
            throw new IllegalArgumentException("legal: none (expected: at least one macro-action)");
        }
        int left = random.nextInt(count);
        for (int m = 0; ; m++) {
            if (legal[m] && left-- == 0) {
                return m;
            }
        }
    }
}
