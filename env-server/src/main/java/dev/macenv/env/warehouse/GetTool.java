package dev.macenv.env.warehouse;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/** Get-Tool: to the robot's place at the table, and waits there until the manipulator has passed it something, or for too long (&sect;2.3). */
final class GetTool implements MacroAction<Warehouse> {

    private final MacroActionSpec spec;
    private final int table;

    GetTool(String name, String doc, int table, int maxTicks) {
        this.spec = new MacroActionSpec(name, doc, 1, maxTicks, false);
        this.table = table;
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    @Override
    public int primitiveAction(Warehouse world, int agent, JointExecution execution, RandomGenerator random) {
        return table;
    }

    @Override
    public double terminationProbability(Warehouse world, int agent, JointExecution execution) {
        return world.served(agent) || world.gaveUp(agent) ? 1 : 0;
    }
}
