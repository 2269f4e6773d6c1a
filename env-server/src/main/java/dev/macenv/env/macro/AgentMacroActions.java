package dev.macenv.env.macro;

import dev.macenv.env.DecPomdp;
import dev.macenv.env.MacroAction;
import java.util.List;

/**
 * What one agent can do.
 *
 * @param agent its name
 * @param macroActions in the order of their indices
 * @param <D> the domain
 */
public record AgentMacroActions<D extends DecPomdp>(String agent, List<MacroAction<? super D>> macroActions) {

    public AgentMacroActions {
        macroActions = List.copyOf(macroActions);
    }
}
