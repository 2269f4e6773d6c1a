package dev.macenv.env.capturetarget;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/**
 * Move-to-T: cell by cell to where the agent last saw the target, and ends there, whether the target is still there or not (&sect;3.2).
 *
 * <p>On each tick it looks at the agent's newest primitive observation, though the macro-observation is held, and corrects its goal. An agent that has never seen the target while
 * it was moving to it has no goal, and then it ends after one tick in which it does nothing.
 */
final class MoveToTarget implements MacroAction<CaptureTarget> {

    private final MacroActionSpec spec;

    MoveToTarget(String name, String doc, int maxTicks) {
        this.spec = new MacroActionSpec(name, doc, 1, maxTicks, false);
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    @Override
    public int primitiveAction(CaptureTarget world, int agent, JointExecution execution, RandomGenerator random) {
        world.updateGoal(agent);
        return world.hasGoal(agent) ? world.moveTowardsGoal(agent, random) : CaptureTarget.REST;
    }

    @Override
    public double terminationProbability(CaptureTarget world, int agent, JointExecution execution) {
        return !world.hasGoal(agent) || world.atGoal(agent) ? 1 : 0;
    }
}
