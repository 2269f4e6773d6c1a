package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.mixer.Mixer;
import dev.macenv.avf.mixer.MixerInput;
import dev.macenv.avf.nn.AgentNetwork;
import dev.macenv.avf.nn.AgentUtilities;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The networks of a team and its mixer, over one set of parameters, with the tape on which they compute. */
final class TeamNetworks {
    private final Parameters parameters;
    private final List<AgentNetwork> agents;
    private final Mixer mixer;
    private final UpdateSettings.Scheme scheme;
    private final Tape tape;
    private final Tape before; // what came before the windows, without gradient
    private final List<Matrix> initials = new ArrayList<>(); // network -> [sequences, hidden]
    private final GreedyChoices own; // what these networks would choose, for references
    private float[] oneHots = new float[0];
    private float[] gates = new float[0];

    /** @param agents by agent; the same one at every place if they share it */
    TeamNetworks(
            Parameters parameters, List<AgentNetwork> agents, Mixer mixer, UpdateSettings.Scheme scheme, Tape tape) {
        this.parameters = parameters;
        this.agents = agents;
        this.mixer = mixer;
        this.scheme = scheme;
        this.tape = tape;
        this.before = Tape.evaluating(tape.engine());
        this.own = new GreedyChoices(agents.size());
    }

    Parameters parameters() {
        return parameters;
    }

    /** By agent. */
    List<AgentNetwork> agents() {
        return agents;
    }

    Tape tape() {
        return tape;
    }

    /** Starts a new computation and evaluates every agent at all its packed histories. */
    List<AgentUtilities> utilities(Batch batch, PackedHistories histories) {
        tape.reset();
        List<AgentUtilities> networks = new ArrayList<>(histories.networks());
        for (int i = 0; i < histories.networks(); i++) {
            boolean burnsIn = histories.burnsIn(i) && agents.get(i).hiddenSize() > 0;
            Matrix initial = burnsIn ? burnIn(i, histories) : null;
            networks.add(
                    agents.get(i).forward(tape, tape.constant(histories.table(i)), histories.sequences(i), initial));
        }
        List<AgentUtilities> utilities = new ArrayList<>(agents.size());
        for (int i = 0; i < agents.size(); i++) {
            utilities.add(histories.of(i, networks, tape));
        }
        if (mixer.references() == Mixer.References.CONDITIONAL_MAX || mixer.references() == Mixer.References.FULL_MAX) {
            own.choose(batch, utilities);
        }
        return utilities;
    }

    /** The hidden states that the episodes leave where the windows begin, {@code [sequences, H]}, without gradient. */
    private Matrix burnIn(int network, PackedHistories histories) {
        AgentNetwork agent = agents.get(network);
        Engine engine = tape.engine();
        while (initials.size() <= network) {
            initials.add(engine.matrix(0, 0));
        }
        before.reset();
        Node earlier = agent.histories(
                before, before.constant(histories.earlierTable(network)), histories.earlierSequences(network));
        Node ends = before.gatherRows(earlier, histories.earlierEnds(network), histories.earlierCount(network));
        Matrix initial =
                initials.get(network).resize(histories.sequences(network).sequences(), agent.hiddenSize());
        engine.fill(initial, 0);
        engine.scatterAddRows(ends.value(), histories.earlierRanks(network), initial);
        return initial;
    }

    /** Mixes what the agents think of their macro-actions on this side of the rows into Q_tot {@code [N, 1]}. */
    Node mix(Batch batch, JointDecisions side, List<AgentUtilities> utilities) {
        int n = agents.size();
        List<Node> values = new ArrayList<>(n);
        List<Node> references = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            AgentUtilities agent = utilities.get(i);
            values.add(tape.pick(agent.q(), side.positions[i], side.actions[i], side.rows));
            reference(i, side, agent).ifPresent(references::add);
        }
        Node q = restrict(batch, tape.joinColumns(values));
        Node v = references.isEmpty() ? q : restrict(batch, tape.joinColumns(references));
        Node state = tape.constant(side.state, side.rows, batch.stateSize());
        return mixer.mix(tape, new MixerInput(q, v, state, oneHots(batch, side)));
    }

    /** v_i {@code [N, 1]}, as the mixer asks for it: a maximum without gradient, or the value head with its gradient. */
    private Optional<Node> reference(int i, JointDecisions side, AgentUtilities agent) {
        int[] positions = side.positions[i];
        return switch (mixer.references()) {
            case NONE -> Optional.empty();
            case CONDITIONAL_MAX ->
                Optional.of(tape.pick(
                        tape.detach(agent.q()),
                        positions,
                        own.conditional(i, positions, side.free[i], side.actions[i], side.rows),
                        side.rows));
            case FULL_MAX ->
                Optional.of(tape.pick(
                        tape.detach(agent.q()), positions, own.unconditional(i, positions, side.rows), side.rows));
            case VALUE_HEAD -> {
                Node v = agent.v();
                if (v == null) {
                    throw new AssertionError("a mixer that wants the value head, and networks without one");
                }
                yield Optional.of(tape.gatherRows(v, positions, side.rows));
            }
        };
    }

    /** Applies the update scheme to agents whose macro-action does not end in the row. */
    private Node restrict(Batch batch, Node x) {
        return switch (scheme) {
            case ALL -> x;
            case STOP_ONGOING -> tape.gateGradient(x, endedGate(batch));
            case ZERO_ONGOING -> tape.multiply(x, endedGate(batch));
        };
    }

    /** {@code [N, n]}: 1 where the agent's macro-action ends in the row, else 0. */
    private Node endedGate(Batch batch) {
        int n = batch.agents();
        gates = gates.length < batch.rows() * n ? new float[2 * batch.rows() * n] : gates;
        for (int i = 0; i < n; i++) {
            boolean[] done = batch.agent(i).done();
            for (int k = 0; k < batch.rows(); k++) {
                gates[k * n + i] = done[k] ? 1 : 0;
            }
        }
        return tape.constant(gates, batch.rows(), n);
    }

    /** {@code [N, |M_1| + .. + |M_n|]}: one-hots of the macro-actions of this side, agents side by side. */
    private Node oneHots(Batch batch, JointDecisions side) {
        int width = 0;
        for (int i = 0; i < batch.agents(); i++) {
            width += batch.agent(i).actionCount();
        }
        int size = side.rows * width;
        oneHots = oneHots.length < size ? new float[2 * size] : oneHots;
        Arrays.fill(oneHots, 0, size, 0);
        int first = 0;
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            for (int k = 0; k < side.rows; k++) {
                oneHots[k * width + first + side.actions[i][k]] = 1;
            }
            first += agent.actionCount();
        }
        return tape.constant(oneHots, side.rows, width);
    }
}
