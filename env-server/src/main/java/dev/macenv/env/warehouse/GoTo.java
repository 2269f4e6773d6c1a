package dev.macenv.env.warehouse;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/** Go-W(i) and Go-TR: straight to a waypoint, and, at a workshop, delivers what its human waits for (&sect;2.3). */
final class GoTo implements MacroAction<Warehouse> {

    private final MacroActionSpec spec;
    private final int waypoint;

    GoTo(String name, String doc, int waypoint, int maxTicks) {
        this.spec = new MacroActionSpec(name, doc, 1, maxTicks, false);
        this.waypoint = waypoint;
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    @Override
    public int primitiveAction(Warehouse world, int agent, JointExecution execution, RandomGenerator random) {
        return waypoint;
    }

    @Override
    public double terminationProbability(Warehouse world, int agent, JointExecution execution) {
        return world.arrived(agent) ? 1 : 0;
    }
}
