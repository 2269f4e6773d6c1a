package dev.macenv.env;

import java.util.random.RandomGenerator;

/**
 * One primitive action as a macro-action of one tick. A team that has no others plays the primitive version of its domain.
 *
 * @param spec how its users see it
 * @param action from the alphabet of the domain
 * @param <D> the domain
 */
public record PrimitiveMacroAction<D extends DecPomdp>(MacroActionSpec spec, int action) implements MacroAction<D> {

    public PrimitiveMacroAction(String name, String doc, int action) {
        this(new MacroActionSpec(name, doc, 1, 1, true), action);
    }

    @Override
    public int primitiveAction(D domain, int agent, JointExecution execution, RandomGenerator random) {
        return action;
    }

    @Override
    public double terminationProbability(D domain, int agent, JointExecution execution) {
        return 1;
    }
}
