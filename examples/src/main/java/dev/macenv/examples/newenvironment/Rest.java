package dev.macenv.examples.newenvironment;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/**
 * Stays, and wakes up on each tick with the same probability.
 *
 * @param spec how its users see it
 * @param waking the probability
 */
record Rest(MacroActionSpec spec, double waking) implements MacroAction<Corridor> {

    @Override
    public int primitiveAction(Corridor corridor, int agent, JointExecution execution, RandomGenerator random) {
        return Corridor.STAY;
    }

    @Override
    public double terminationProbability(Corridor corridor, int agent, JointExecution execution) {
        return waking;
    }
}
