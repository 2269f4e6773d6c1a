package dev.macenv.avf.algorithm;

import dev.macenv.avf.nn.NetworkDescription;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The networks a team acts with, as plain numbers of the moment: what leaves this program when a policy is exported.
 *
 * <p>An agent's hidden state is zero at the start of an episode and advances at the agent's own decisions; that of a
 * {@link Network#joint} network advances at every joint decision.
 *
 * @param networks each agent is decided for by exactly one of them
 */
public record PolicyDescription(List<Network> networks) {
    /** Copies the list. */
    public PolicyDescription {
        networks = List.copyOf(networks);
    }

    /**
     * One network, and whom it decides for.
     *
     * @param agents whom it decides for, ascending; several if they share it, each with a hidden state of its own, or all
     *     of the team if it is joint
     * @param joint whether it decides for all its agents at once: its input is all their macro-observations, in the order
     *     of {@code agents}, and its output one number for each joint macro-action, the first agent's index slowest
     * @param inputs what is laid side by side to the network's input
     * @param output what comes out
     * @param layers the network
     */
    public record Network(
            List<Integer> agents, boolean joint, List<Input> inputs, Output output, NetworkDescription layers) {
        /** Copies the lists and checks that the inputs fill the network's. */
        public Network {
            agents = List.copyOf(agents);
            inputs = List.copyOf(inputs);
            int width = inputs.stream().mapToInt(Input::size).sum();
            if (width != layers.inputSize()) {
                throw new IllegalArgumentException("inputs: " + inputs + ", " + width
                        + " elements (expected: the network's " + layers.inputSize() + ")");
            }
        }

        /** A network that is given macro-observations and nothing else, deciding for some agents from {@code first} on. */
        static Network observing(int first, int count, Output output, NetworkDescription layers) {
            return new Network(
                    IntStream.range(first, first + count).boxed().toList(),
                    count > 1,
                    List.of(new Input(Part.OBSERVATION, layers.inputSize())),
                    output,
                    layers);
        }
    }

    /**
     * A part of a network's input.
     *
     * @param part what it is
     * @param size elements
     */
    public record Input(Part part, int size) {}

    /** What parts of an input there are. */
    public enum Part {
        /** The macro-observation. */
        OBSERVATION,
        /** One-hot of the agent's macro-action that has just ended; zeros at the start of an episode. */
        LAST_MACRO_ACTION,
        /** One-hot of the agent's number in the team. */
        AGENT
    }

    /** What a network's output means, and how a macro-action is chosen by it outside training. */
    public enum Output {
        /** Utilities: the highest among the allowed ones is taken, the lowest index of several. */
        UTILITIES,
        /** Unnormalised log-probabilities: a macro-action is drawn from their softmax over the allowed ones. */
        LOGITS
    }
}
