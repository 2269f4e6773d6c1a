package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.experience.TeamShape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Lanes in which a policy decides, now for this agent, now for that one, now for all: what they look like is scripted. */
final class SeveralLanes {
    private static final int LANES = 7;
    private static final int STEPS = 20;

    private final int agents;
    private final Random random = new Random(5);
    private final List<float[][]> held = new ArrayList<>();
    private final List<DecisionPoint> points = new ArrayList<>();

    private SeveralLanes(TeamPolicy policy, TeamShape shape) {
        this.agents = shape.agents();
        for (int lane = 0; lane < LANES; lane++) {
            float[][] observations = new float[agents][];
            boolean[][] legal = new boolean[agents][];
            for (int agent = 0; agent < agents; agent++) {
                observations[agent] = new float[shape.observationSize(agent)];
                legal[agent] = new boolean[shape.actionCount(agent)];
                Arrays.fill(legal[agent], true);
            }
            held.add(observations);
            points.add(new DecisionPoint(policy.newMemory(), observations, legal));
        }
    }

    /** Deciding lanes together gives the same choices, memories and draws as deciding them one after the other, bit for bit. */
    static void assertTogetherIsOneByOne(TeamPolicy policy, TeamShape shape) throws IOException {
        for (boolean memoryless : new boolean[] {false, true}) {
            SeveralLanes together = new SeveralLanes(policy, shape);
            SeveralLanes apart = new SeveralLanes(policy, shape);
            for (int step = 0; step < STEPS; step++) {
                together.look(step);
                apart.look(step);
                policy.choose(together.points, 0.3, memoryless, together.random);
                for (DecisionPoint point : apart.points) {
                    policy.choose(List.of(point), 0.3, memoryless, apart.random);
                }
                assertThat(together.choices()).isEqualTo(apart.choices());
                assertThat(together.memories()).isEqualTo(apart.memories());
            }
            assertThat(together.random.nextLong()).isEqualTo(apart.random.nextLong());
        }
    }

    private void look(int step) {
        for (int lane = 0; lane < LANES; lane++) {
            for (int agent = 0; agent < agents; agent++) {
                boolean pending = step == 0 || (step * lane + agent) % 3 != 1;
                points.get(lane).setPending(agent, pending);
                float[] seen = held.get(lane)[agent];
                for (int j = 0; pending && j < seen.length; j++) {
                    seen[j] = (float) Math.sin(step + 10 * lane + 3 * j + agent);
                }
            }
        }
    }

    private List<Integer> choices() {
        List<Integer> choices = new ArrayList<>();
        for (DecisionPoint point : points) {
            for (int agent = 0; agent < agents; agent++) {
                choices.add(point.macroAction(agent));
            }
        }
        return choices;
    }

    private byte[] memories() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (DecisionPoint point : points) {
            point.memory().save(new DataOutputStream(bytes));
        }
        return bytes.toByteArray();
    }
}
