package dev.macenv.examples.newenvironment;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/**
 * Walks to one end of the corridor.
 *
 * @param spec how its users see it
 * @param direction {@link Corridor#LEFT} or {@link Corridor#RIGHT}
 */
record Walk(MacroActionSpec spec, int direction) implements MacroAction<Corridor> {

    @Override
    public boolean canStart(Corridor corridor, int agent) {
        return !corridor.atEnd(agent, direction);
    }

    @Override
    public int primitiveAction(Corridor corridor, int agent, JointExecution execution, RandomGenerator random) {
        return direction;
    }

    @Override
    public double terminationProbability(Corridor corridor, int agent, JointExecution execution) {
        return corridor.atEnd(agent, direction) ? 1 : 0;
    }
}
