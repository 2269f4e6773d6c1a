package dev.macenv.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Observations and legal macro-actions of all agents, found by row and agent. */
final class AgentSlabs {

    private final TeamSpec spec;
    private final List<TensorSlab> observations;
    private final List<ByteBuffer> legal;

    private AgentSlabs(TeamSpec spec, List<TensorSlab> observations, List<ByteBuffer> legal) {
        this.spec = spec;
        this.observations = observations;
        this.legal = legal;
    }

    /** One pair of buffers for each group, in the order of {@link TeamSpec#groups}. */
    static AgentSlabs of(TeamSpec spec, int rows, List<ByteBuffer> observations, List<ByteBuffer> legal) {
        if (observations.size() != spec.groups().size()
                || legal.size() != spec.groups().size()) {
            throw new IllegalArgumentException("groups: slabs of " + observations.size() + " (expected: of "
                    + spec.groups().size() + ")");
        }
        List<TensorSlab> slabs = new ArrayList<>();
        for (int g = 0; g < spec.groups().size(); g++) {
            TeamSpec.Group group = spec.groups().get(g);
            TensorSlab slab = new TensorSlab(
                    group.observation().type(), group.observation().size(), observations.get(g));
            slab.requireVectors("groups[" + g + "].observation", rows * group.size());
            slabs.add(slab);
            int expected = rows * group.size() * group.actionCount();
            if (legal.get(g).remaining() != expected) {
                throw new IllegalArgumentException(
                        "groups[" + g + "].legal: " + legal.get(g).remaining() + " bytes (expected: " + expected + ")");
            }
        }
        return new AgentSlabs(spec, slabs, legal.stream().map(ByteBuffer::slice).toList());
    }

    void observation(int row, int agent, float[] out, int offset) {
        TeamSpec.Agent seat = spec.agents().get(agent);
        int vector = row * spec.groups().get(seat.group()).size() + seat.rank();
        observations.get(seat.group()).read(vector, out, offset);
    }

    boolean legal(int row, int agent, int action) {
        return legal.get(spec.agents().get(agent).group()).get(legalOffset(row, agent) + action) != 0;
    }

    void legal(int row, int agent, boolean[] out) {
        ByteBuffer mask = legal.get(spec.agents().get(agent).group());
        int offset = legalOffset(row, agent);
        for (int action = 0; action < spec.actionCount(agent); action++) {
            out[action] = mask.get(offset + action) != 0;
        }
    }

    private int legalOffset(int row, int agent) {
        TeamSpec.Agent seat = spec.agents().get(agent);
        TeamSpec.Group group = spec.groups().get(seat.group());
        return (row * group.size() + seat.rank()) * group.actionCount();
    }
}
