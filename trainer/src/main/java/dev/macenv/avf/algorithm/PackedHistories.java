package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.nn.AgentUtilities;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.PackedSequences;
import dev.macenv.avf.nn.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch's packed histories as the agents' networks read them. Agents with networks of their own have a table of inputs
 * each. Agents that share one have one table together, so that the network runs once over all their sequences: these are
 * ranked by length once more, across agents, and each agent finds its own positions in the common table.
 *
 * <p>With burn-in there are further tables, of what came before the windows, and {@link #earlierEnds} says which state they
 * leave for which sequence.
 */
final class PackedHistories {
    private final boolean shared;
    private final Tables windows;
    private final Tables earlier;
    private boolean burnsIn;
    private final int[][] earlierEnds; // network -> [earlier sequences]
    private final int[][] earlierRanks; // network -> [earlier sequences]
    private final int[] earlierCounts; // network

    /** @param agents agents of the batches to come */
    PackedHistories(Engine engine, AgentInputs inputs, int agents, boolean shared) {
        this.shared = shared;
        this.windows = new Tables(engine, inputs, agents);
        this.earlier = new Tables(engine, inputs, agents);
        this.earlierEnds = new int[networks()][0];
        this.earlierRanks = new int[networks()][0];
        this.earlierCounts = new int[networks()];
    }

    /** Returns the number of networks: one per agent, or one. */
    int networks() {
        return windows.inputs.size();
    }

    /** Returns the inputs of this network, {@code [positions, input]}. */
    Matrix table(int network) {
        return windows.inputs.get(network);
    }

    /** Returns how the rows of this network's table are sequences. */
    PackedSequences sequences(int network) {
        return windows.sequences.get(network);
    }

    /** Returns whether any sequence of this network begins elsewhere than with zeros. */
    boolean burnsIn(int network) {
        return burnsIn && earlierCounts[network] > 0;
    }

    /** Returns what this network is to be run through before the windows. */
    Matrix earlierTable(int network) {
        return earlier.inputs.get(network);
    }

    /** Returns how the rows of this network's earlier table are sequences. */
    PackedSequences earlierSequences(int network) {
        return earlier.sequences.get(network);
    }

    /** Returns, for each earlier sequence, the row of the earlier table that ends it. */
    int[] earlierEnds(int network) {
        return earlierEnds[network];
    }

    /** Returns, for each earlier sequence, the rank of the sequence that it leads to. */
    int[] earlierRanks(int network) {
        return earlierRanks[network];
    }

    /** Returns the number of earlier sequences. */
    int earlierCount(int network) {
        return earlierCounts[network];
    }

    /** Returns an agent's share of what the networks say: the utilities at its own packed positions. */
    AgentUtilities of(int agent, List<AgentUtilities> networks, Tape tape) {
        if (!shared) {
            return networks.get(agent);
        }
        AgentUtilities all = networks.get(0);
        int[] rows = windows.rows[agent];
        int count = windows.positions[agent];
        Node q = tape.gatherRows(all.q(), rows, count);
        Node v = all.v();
        return new AgentUtilities(q, v == null ? null : tape.gatherRows(v, rows, count));
    }

    /** Reads a batch; its storage is free to change afterwards. */
    void read(Batch batch) {
        List<AgentBatch> agents = new ArrayList<>();
        List<AgentBatch> before = new ArrayList<>();
        for (int i = 0; i < batch.agents(); i++) {
            agents.add(batch.agent(i));
            batch.agent(i).earlier().ifPresent(before::add);
        }
        windows.read(agents);
        burnsIn = !before.isEmpty();
        if (burnsIn) {
            earlier.read(before);
            link(agents);
        }
    }

    private void link(List<AgentBatch> agents) {
        Arrays.fill(earlierCounts, 0);
        for (int i = 0; i < agents.size(); i++) {
            AgentBatch agent = agents.get(i);
            int network = shared ? 0 : i;
            int needed = earlierCounts[network] + agent.earlierSequences();
            if (earlierEnds[network].length < needed) {
                earlierEnds[network] = Arrays.copyOf(earlierEnds[network], 2 * needed);
                earlierRanks[network] = Arrays.copyOf(earlierRanks[network], 2 * needed);
            }
            for (int k = 0; k < agent.earlierSequences(); k++) {
                int at = earlierCounts[network]++;
                earlierEnds[network][at] = earlier.rows[i][agent.earlierEnds()[k]];
                earlierRanks[network][at] = windows.rows[i][agent.earlierRanks()[k]];
            }
        }
    }

    /** The inputs of all networks at some packed decisions of all agents. */
    private final class Tables {
        final AgentInputs form;
        final List<Matrix> inputs = new ArrayList<>(); // network -> [positions, input]
        final List<PackedSequences> sequences = new ArrayList<>(); // network
        final int[][] rows; // agent -> [positions] row of its network's table
        final int[] positions; // agent
        private int[] nextRanks = new int[0]; // [steps] rank in the common table of the next sequence of so many steps
        private float[] scratch = new float[0];

        Tables(Engine engine, AgentInputs form, int agents) {
            this.form = form;
            this.rows = new int[agents][0];
            this.positions = new int[agents];
            for (int i = 0; i < (shared ? 1 : agents); i++) {
                inputs.add(engine.matrix(0, 0));
            }
        }

        void read(List<AgentBatch> agents) {
            sequences.clear();
            for (int i = 0; i < agents.size(); i++) {
                positions[i] = agents.get(i).positions();
                if (rows[i].length < positions[i]) {
                    rows[i] = new int[2 * positions[i]];
                }
            }
            if (shared) {
                readTogether(agents);
            } else {
                readApart(agents);
            }
        }

        private void readApart(List<AgentBatch> agents) {
            for (int i = 0; i < agents.size(); i++) {
                AgentBatch agent = agents.get(i);
                sequences.add(PackedSequences.ofCounts(agent.stepCounts(), agent.steps()));
                for (int p = 0; p < positions[i]; p++) {
                    rows[i][p] = p;
                }
                Matrix table = inputs.get(i).resize(positions[i], width(agent));
                if (form.plain()) {
                    table.write(agent.observations(), 0);
                } else {
                    write(agent, rows[i], table);
                    table.write(scratch, 0);
                }
            }
        }

        private void readTogether(List<AgentBatch> agents) {
            PackedSequences together = together(agents);
            sequences.add(together);
            int width = agents.stream().mapToInt(this::width).max().orElseThrow();
            Matrix table = inputs.get(0).resize(together.rows(), width);
            for (int i = 0; i < agents.size(); i++) {
                place(agents.get(i), together, rows[i]);
                write(agents.get(i), rows[i], table);
            }
            table.write(scratch, 0);
        }

        /** Agents of no decisions at all may have any seat: their tables are empty. */
        private int width(AgentBatch agent) {
            return agent.positions() == 0 ? 0 : form.size(agent.seats()[0]);
        }

        /** Writes the inputs of all packed decisions of an agent, position p to row {@code places[p]}. */
        private void write(AgentBatch agent, int[] places, Matrix table) {
            if (scratch.length < table.size()) {
                scratch = new float[2 * table.size()];
            }
            for (int p = 0; p < agent.positions(); p++) {
                int seat = agent.seats()[p];
                int first = p * agent.observationSize();
                int previous = agent.previousMacroActions()[p];
                form.write(seat, agent.observations(), first, previous, scratch, places[p] * table.columns());
            }
        }

        /** The layout of all agents' sequences; leaves in {@code nextRanks} where the sequences of each length begin. */
        private PackedSequences together(List<AgentBatch> agents) {
            int steps = agents.stream().mapToInt(AgentBatch::steps).max().orElseThrow();
            int[] counts = new int[steps];
            for (AgentBatch agent : agents) {
                for (int s = 0; s < agent.steps(); s++) {
                    counts[s] += agent.stepCounts()[s];
                }
            }
            nextRanks = nextRanks.length < steps ? new int[2 * steps] : nextRanks;
            for (int s = 0; s < steps; s++) {
                nextRanks[s] = s + 1 < steps ? counts[s + 1] : 0;
            }
            return PackedSequences.ofCounts(counts);
        }

        /** Ranks the agent's sequences behind the equally long ones of the agents before it, and places all their steps. */
        private void place(AgentBatch agent, PackedSequences together, int[] places) {
            int[] counts = agent.stepCounts();
            for (int s = agent.steps() - 1; s >= 0; s--) {
                int longer = s + 1 < agent.steps() ? counts[s + 1] : 0;
                for (int rank = longer; rank < counts[s]; rank++) { // the sequences of exactly s + 1 steps
                    int common = nextRanks[s]++;
                    int first = 0;
                    for (int step = 0; step <= s; step++) {
                        places[first + rank] = together.row(step, common);
                        first += counts[step];
                    }
                }
            }
        }
    }
}
