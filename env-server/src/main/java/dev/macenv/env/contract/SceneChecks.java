package dev.macenv.env.contract;

import static dev.macenv.env.contract.Play.require;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.scene.Scene;
import dev.macenv.env.scene.SceneItem;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Promises about what there is to see. */
final class SceneChecks {

    private static final int EPISODES = 5;

    private SceneChecks() {}

    static void scenesChangeNothing(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = PlayChecks.begin(environments.get(), seed);
            if (play.environment.scene().isEmpty()) {
                return;
            }
            for (boolean more = true; more; ) {
                byte[] before = play.environment.snapshot();
                Scene scene = play.environment.scene().orElseThrow();
                String where = "tick " + play.environment.tick();
                require(Arrays.equals(before, play.environment.snapshot()), where + ": scene() changed something");
                List<Integer> seen = scene.items().stream()
                        .filter(SceneItem.Agent.class::isInstance)
                        .map(item -> ((SceneItem.Agent) item).index())
                        .sorted()
                        .toList();
                require(
                        seen.equals(IntStream.range(0, play.agents).boxed().toList()),
                        where + ": agents in the scene: " + seen + " (expected: each of the " + play.agents + " once)");
                more = !play.over();
                if (more) {
                    play.step();
                }
            }
        }
    }
}
