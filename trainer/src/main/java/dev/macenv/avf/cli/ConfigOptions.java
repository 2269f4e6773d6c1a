package dev.macenv.avf.cli;

import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.config.ResolvedConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that change a configuration. */
final class ConfigOptions {

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Change a value, for example --set optimizer.learningRate=1e-4. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "A shipped variant; `paper` is the paper's literal values (avf list shows them).")
    private Optional<String> profile = Optional.empty();

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "What computes: vector, nd4j or reference. Short for --set engine=NAME.")
    private Optional<String> engine = Optional.empty();

    /** Whether there are any. */
    boolean given() {
        return profile.isPresent() || engine.isPresent() || !settings.isEmpty();
    }

    ResolvedConfig resolve(String target) {
        List<String> all = new ArrayList<>(settings);
        engine.ifPresent(name -> all.add("engine=" + name.toUpperCase(Locale.ROOT)));
        return ConfigLibrary.resolve(target, profile, all);
    }
}
