package dev.macenv.bench;

import dev.macenv.avf.algorithm.FactoredLearner;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.engine.EngineType;
import java.io.IOException;
import java.util.Optional;

/**
 * The trainer's own update, with the engine named on the command line, as a contender of {@link Comparison};
 * with the Vector API {@code loop}, {@code peak} and {@code peaks} ask for the core's {@link Peak}. Its updates begin one step earlier than the others': they draw the windows and squeeze them themselves.
 */
final class TrainerContender extends ContenderProgram {
    private final EngineType engine;
    private Optional<Peak> peak = Optional.empty();

    private TrainerContender(EngineType engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws IOException {
        new TrainerContender(EngineType.valueOf(arguments[0])).answer(System.out);
    }

    @Override
    String describe() {
        boolean simd = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return "%s engine, Java %s, %s the Vector API".formatted(engine, Runtime.version(), simd ? "with" : "without");
    }

    @Override
    Updates begin(Workload workload) {
        FactoredLearner learner = workload.learner(engine);
        return index -> {
            UpdateMetrics metrics = Workload.update(learner, index);
            return new Result(metrics.loss(), metrics.gradientNorm());
        };
    }

    @Override
    String other(String command) {
        return switch (command) {
            case "loop" -> String.valueOf(peak().ofLoop());
            case "peak" -> String.valueOf(peak().ofProducts());
            case "peaks" -> peak().describe();
            default -> super.other(command);
        };
    }

    private Peak peak() {
        Peak made = peak.orElseGet(Peak::new);
        peak = Optional.of(made);
        return made;
    }
}
