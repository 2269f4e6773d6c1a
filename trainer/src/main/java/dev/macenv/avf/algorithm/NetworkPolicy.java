package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.loss.ConditionalGreedy;
import dev.macenv.avf.nn.AgentNetwork;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Acts epsilon-greedily with one recurrent network per agent. */
final class NetworkPolicy implements TeamPolicy {
    private final Engine engine;
    private final List<AgentNetwork> agents;
    private final List<Matrix> inputs = new ArrayList<>(); // agent -> [1, observation]
    private final List<Matrix> utilities = new ArrayList<>(); // agent -> [1, macro-action]
    private final List<Matrix> blanks = new ArrayList<>(); // agent -> [1, hidden], for memoryless decisions
    private final float[][] values; // agent -> [macro-action]

    NetworkPolicy(Engine engine, List<AgentNetwork> agents) {
        this.engine = engine;
        this.agents = List.copyOf(agents);
        this.values = new float[agents.size()][];
        for (int i = 0; i < agents.size(); i++) {
            AgentNetwork agent = agents.get(i);
            inputs.add(engine.matrix(1, agent.observationSize()));
            utilities.add(engine.matrix(1, agent.actions()));
            blanks.add(engine.matrix(1, agent.hiddenSize()));
            values[i] = new float[agent.actions()];
        }
    }

    @Override
    public TeamMemory newMemory() {
        List<Matrix> hidden = new ArrayList<>();
        for (AgentNetwork agent : agents) {
            hidden.add(engine.matrix(1, agent.hiddenSize()));
        }
        return new Memory(engine, hidden);
    }

    @Override
    public int choose(
            int agent,
            float[] observation,
            boolean[] legal,
            TeamMemory memory,
            double epsilon,
            boolean memoryless,
            RandomGenerator random) {
        boolean explores = epsilon > 0 && random.nextDouble() < epsilon;
        if (!explores || !memoryless) { // the history goes on through exploration, too
            evaluate(agent, observation, memoryless ? blank(agent) : hidden(memory, agent));
        }
        return explores ? uniform(legal, random) : ConditionalGreedy.argmax(values[agent], 0, legal);
    }

    private void evaluate(int agent, float[] observation, Matrix hidden) {
        inputs.get(agent).write(observation, 0);
        agents.get(agent).act(inputs.get(agent), hidden, utilities.get(agent));
        utilities.get(agent).read(values[agent], 0);
    }

    private Matrix blank(int agent) {
        engine.fill(blanks.get(agent), 0);
        return blanks.get(agent);
    }

    private static Matrix hidden(TeamMemory memory, int agent) {
        if (memory instanceof Memory own) {
            return own.hidden.get(agent);
        }
        throw new IllegalArgumentException(
                "memory: %s (expected: one made by this policy's newMemory())".formatted(memory));
    }

    private static int uniform(boolean[] legal, RandomGenerator random) {
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

    /** The hidden states of one lane. */
    private static final class Memory implements TeamMemory {
        private final Engine engine;
        private final List<Matrix> hidden;

        Memory(Engine engine, List<Matrix> hidden) {
            this.engine = engine;
            this.hidden = hidden;
        }

        @Override
        public void reset() {
            for (Matrix state : hidden) {
                engine.fill(state, 0);
            }
        }

        @Override
        public void save(DataOutput out) throws IOException {
            for (Matrix state : hidden) {
                for (int c = 0; c < state.columns(); c++) {
                    out.writeDouble(state.get(0, c));
                }
            }
        }

        @Override
        public void load(DataInput in) throws IOException {
            for (Matrix state : hidden) {
                for (int c = 0; c < state.columns(); c++) {
                    state.set(0, c, in.readDouble());
                }
            }
        }
    }
}
