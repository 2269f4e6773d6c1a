package dev.macenv.avf.experiment;

import dev.macenv.avf.config.ConfigException;
import dev.macenv.avf.config.ConfigNode;
import dev.macenv.avf.config.ConfigNode.Entry;
import dev.macenv.avf.config.ConfigNode.Mapping;
import dev.macenv.avf.config.EnvironmentSettings;
import dev.macenv.avf.config.ExperimentSettings;
import dev.macenv.avf.config.Origin;
import dev.macenv.avf.config.Problem;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.client.MacenvException.FieldViolation;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.ResetMode;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.View;
import java.util.List;
import java.util.Optional;

/** Opens sessions the way that experiments need them. */
final class Connections {

    /** What learning needs beyond the ordinary: states for the mixer, the reward of every tick for squeezing. */
    private static final View LEARNING = new View(true, false, false, true, false, false);

    private Connections() {}

    /** The lanes in which training plays; not yet opened. */
    static LaneSet training(Servers servers, ResolvedConfig config, long seed) {
        ExperimentSettings experiment = config.experiment();
        return new LaneSet(servers, options(config), experiment.lanes(), seed, experiment.recordEveryTick() ? 1 : 0);
    }

    /** The session in which the greedy policy is measured: one lane, each episode begun by hand with its own seed. */
    static LastingSession evaluation(Servers servers, ResolvedConfig config) {
        SessionOptions wish = options(config).withResetMode(ResetMode.MANUAL);
        LastingSession session = new LastingSession(servers, 0, wish, 0, List.of(new LaneHistory(0)));
        try {
            reportingTo(config, () -> session.open(LastingSession.Witness.NONE));
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static SessionOptions options(ResolvedConfig config) {
        EnvironmentSettings environment = config.experiment().environment();
        return SessionOptions.of(environment.id())
                .withSettings(environment.settings())
                .withGamma(config.experiment().discount())
                .withView(LEARNING);
    }

    /** What the server finds wrong with the environment's settings is a problem of the configuration, with file and line. */
    static void reportingTo(ResolvedConfig config, Runnable opening) {
        try {
            opening.run();
        } catch (RequestRefusedException e) {
            List<Problem> problems = e.violations().stream()
                    .map(violation -> problem(violation, config.tree()))
                    .toList();
            if (problems.isEmpty()) {
                problems = List.of(new Problem(origin(config.tree(), "id"), "environment: " + e.getMessage()));
            }
            throw new ConfigException(problems);
        }
    }

    private static Problem problem(FieldViolation violation, Mapping tree) {
        String field = violation.field().replaceFirst("^config\\.", "");
        boolean setting = violation.field().startsWith("config");
        return new Problem(
                origin(tree, setting ? field : "id"),
                "environment." + (setting ? "settings." : "") + field + ": " + violation.description());
    }

    private static Origin origin(Mapping tree, String setting) {
        Optional<ConfigNode> environment = tree.get("environment");
        if (environment.isPresent() && environment.get() instanceof Mapping section) {
            Optional<ConfigNode> settings = section.get("settings");
            if (settings.isPresent() && settings.get() instanceof Mapping own) {
                Entry entry = own.entries().get(setting);
                if (entry != null) {
                    return entry.keyOrigin();
                }
            }
            return section.get("id").map(ConfigNode::origin).orElse(section.origin());
        }
        return tree.origin();
    }
}
