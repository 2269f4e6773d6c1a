package dev.macenv.server.cli;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import java.util.random.RandomGenerator;

/** Chooses uniformly among what is legal, and knows nothing. */
record RandomChoices(RandomGenerator random) implements ScriptedPolicy {
    @Override
    public void choose(MacDecPomdp environment, int[] macroActions) {
        for (int agent = 0; agent < macroActions.length; agent++) {
            if (environment.ended(agent)) {
                int choices =
                        environment.spec().agents().get(agent).macroActions().size();
                do {
                    macroActions[agent] = random.nextInt(choices);
                } while (!environment.legal(agent, macroActions[agent]));
            }
        }
    }
}
