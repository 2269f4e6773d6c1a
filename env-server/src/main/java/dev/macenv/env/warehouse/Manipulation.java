package dev.macenv.env.warehouse;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/** Pass-to-M(i) and Search-Tool(k): an effort of a fixed number of ticks that takes effect on the last of them (&sect;2.4). */
final class Manipulation implements MacroAction<Warehouse> {

    private final MacroActionSpec spec;
    private final int action;

    Manipulation(String name, String doc, int action, int ticks) {
        this.spec = new MacroActionSpec(name, doc, ticks, ticks, false);
        this.action = action;
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    @Override
    public int primitiveAction(Warehouse world, int agent, JointExecution execution, RandomGenerator random) {
        return action;
    }

    @Override
    public double terminationProbability(Warehouse world, int agent, JointExecution execution) {
        return world.manipulatorBusy() ? 0 : 1;
    }
}
