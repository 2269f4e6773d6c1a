package dev.macenv.client.policy;

import dev.macenv.client.Events;
import java.util.random.RandomGenerator;

/** Chooses uniformly among the legal macro-actions. As thread-safe as its random generator. */
public final class RandomPolicy implements Policy {

    private final RandomGenerator random;

    /** Draws one number from the generator for every choice. */
    public RandomPolicy(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int choose(Events events, int row, int agent) {
        int actions = events.spec().actionCount(agent);
        int legal = 0;
        for (int action = 0; action < actions; action++) {
            if (events.legal(row, agent, action)) {
                legal++;
            }
        }
        int left = random.nextInt(legal);
        for (int action = 0; action < actions; action++) {
            if (events.legal(row, agent, action) && left-- == 0) {
                return action;
            }
        }
        throw new AssertionError("no legal macro-action for agent " + agent);
    }
}
