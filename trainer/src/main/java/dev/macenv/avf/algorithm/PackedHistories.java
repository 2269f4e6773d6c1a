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
 */
final class PackedHistories {
    private final AgentInputs inputs;
    private final boolean shared;
    private final List<Matrix> tables = new ArrayList<>(); // network -> [positions, input]
    private final List<PackedSequences> sequences = new ArrayList<>(); // network
    private final int[][] rows; // agent -> [positions] row of its network's table
    private final int[] positions; // agent
    private int[] firstRanks = new int[0]; // [steps] the next rank in the common table for a sequence of so many steps
    private float[] scratch = new float[0];

    /** @param agents agents of the batches to come, whose inputs are those of the first agents of the team */
    PackedHistories(Engine engine, AgentInputs inputs, int agents, boolean shared) {
        this.inputs = inputs;
        this.shared = shared;
        this.rows = new int[agents][0];
        this.positions = new int[agents];
        for (int i = 0; i < (shared ? 1 : agents); i++) {
            tables.add(engine.matrix(0, 0));
        }
    }

    /** Returns the inputs of this network, {@code [positions, input]}. */
    Matrix table(int network) {
        return tables.get(network);
    }

    /** Returns how the rows of this network's table are sequences. */
    PackedSequences sequences(int network) {
        return sequences.get(network);
    }

    /** Returns the number of networks: one per agent, or one. */
    int networks() {
        return tables.size();
    }

    /** Returns an agent's share of what the networks say: the utilities at its own packed positions. */
    AgentUtilities of(int agent, List<AgentUtilities> networks, Tape tape) {
        if (!shared) {
            return networks.get(agent);
        }
        AgentUtilities all = networks.get(0);
        Node q = tape.gatherRows(all.q(), rows[agent], positions[agent]);
        Node v = all.v();
        return new AgentUtilities(q, v == null ? null : tape.gatherRows(v, rows[agent], positions[agent]));
    }

    /** Reads a batch; its storage is free to change afterwards. */
    void read(Batch batch) {
        sequences.clear();
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            positions[i] = agent.positions();
            if (rows[i].length < agent.positions()) {
                rows[i] = new int[2 * agent.positions()];
            }
        }
        if (shared) {
            readTogether(batch);
        } else {
            readApart(batch);
        }
    }

    private void readApart(Batch batch) {
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            sequences.add(PackedSequences.ofCounts(Arrays.copyOf(agent.stepCounts(), agent.steps())));
            Matrix table = begin(i, agent, agent.positions());
            if (inputs.plain()) {
                table.write(agent.observations(), 0);
            } else {
                for (int p = 0; p < agent.positions(); p++) {
                    rows[i][p] = p;
                }
                write(agent, rows[i]);
                table.write(scratch, 0);
            }
        }
    }

    private void readTogether(Batch batch) {
        PackedSequences together = together(batch);
        sequences.add(together);
        for (int i = 0; i < batch.agents(); i++) {
            place(batch.agent(i), together, rows[i]);
        }
        Matrix table = begin(0, batch.agent(0), together.rows());
        for (int i = 0; i < batch.agents(); i++) {
            write(batch.agent(i), rows[i]);
        }
        table.write(scratch, 0);
    }

    private Matrix begin(int network, AgentBatch agent, int count) {
        int width = inputs.size(agent.seats()[0]);
        Matrix table = tables.get(network).resize(count, width);
        if (scratch.length < table.size()) {
            scratch = new float[2 * table.size()];
        }
        return table;
    }

    /** Writes the inputs of all packed decisions of an agent, position p to row {@code places[p]}. */
    private void write(AgentBatch agent, int[] places) {
        for (int p = 0; p < agent.positions(); p++) {
            int seat = agent.seats()[p];
            int first = p * agent.observationSize();
            int previous = agent.previousMacroActions()[p];
            inputs.write(seat, agent.observations(), first, previous, scratch, places[p] * inputs.size(seat));
        }
    }

    /** The layout of all agents' sequences; leaves in {@code firstRanks} where the sequences of each length begin. */
    private PackedSequences together(Batch batch) {
        int steps = 0;
        for (int i = 0; i < batch.agents(); i++) {
            steps = Math.max(steps, batch.agent(i).steps());
        }
        int[] counts = new int[steps];
        for (int i = 0; i < batch.agents(); i++) {
            for (int s = 0; s < batch.agent(i).steps(); s++) {
                counts[s] += batch.agent(i).stepCounts()[s];
            }
        }
        firstRanks = firstRanks.length < steps ? new int[2 * steps] : firstRanks;
        for (int s = 0; s < steps; s++) {
            firstRanks[s] = s + 1 < steps ? counts[s + 1] : 0;
        }
        return PackedSequences.ofCounts(counts);
    }

    /** Ranks this agent's sequences behind the equally long ones of the agents before it, and places all their steps. */
    private void place(AgentBatch agent, PackedSequences together, int[] places) {
        int[] counts = agent.stepCounts();
        for (int s = agent.steps() - 1; s >= 0; s--) {
            int longer = s + 1 < agent.steps() ? counts[s + 1] : 0;
            for (int rank = longer; rank < counts[s]; rank++) { // the sequences of exactly s + 1 steps
                int common = firstRanks[s]++;
                int first = 0;
                for (int step = 0; step <= s; step++) {
                    places[first + rank] = together.row(step, common);
                    first += counts[step];
                }
            }
        }
    }
}
