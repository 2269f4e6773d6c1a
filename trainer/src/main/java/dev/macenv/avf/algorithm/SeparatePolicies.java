package dev.macenv.avf.algorithm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/** One policy of a team of one for each agent. */
final class SeparatePolicies implements TeamPolicy {
    private final List<TeamPolicy> policies;

    SeparatePolicies(List<TeamPolicy> policies) {
        this.policies = List.copyOf(policies);
    }

    @Override
    public TeamMemory newMemory() {
        return new Memories(policies.stream().map(TeamPolicy::newMemory).toList());
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
        if (memory instanceof Memories own) {
            TeamMemory alone = own.memories().get(agent);
            return policies.get(agent).choose(0, observation, legal, alone, epsilon, memoryless, random);
        }
        throw new IllegalArgumentException(
                "memory: %s (expected: one made by this policy's newMemory())".formatted(memory));
    }

    private record Memories(List<TeamMemory> memories) implements TeamMemory {
        @Override
        public void reset() {
            memories.forEach(TeamMemory::reset);
        }

        @Override
        public void save(DataOutput out) throws IOException {
            for (TeamMemory memory : memories) {
                memory.save(out);
            }
        }

        @Override
        public void load(DataInput in) throws IOException {
            for (TeamMemory memory : memories) {
                memory.load(in);
            }
        }
    }
}
