package dev.macenv.bench;

import dev.macenv.avf.algorithm.FactoredLearner;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.engine.EngineType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The trainer's own update, with the engine named on the command line, as a contender of {@link Comparison}; the commands stand in
 * {@code bench/pytorch/contender.py}; with the Vector API {@code peak} and {@code peaks} ask for the core's {@link Peak}. Its updates begin one step earlier than the others': they draw the windows and squeeze them themselves.
 */
final class TrainerContender {
    private final EngineType engine;
    private final Map<String, FactoredLearner> learners = new HashMap<>();
    private final Map<String, Integer> done = new HashMap<>();
    private Optional<Peak> peak = Optional.empty();

    private TrainerContender(EngineType engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws IOException {
        TrainerContender contender = new TrainerContender(EngineType.valueOf(arguments[0]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(contender.answer(line.split(" ")));
        }
    }

    private String answer(String... command) {
        if (command[0].equals("peak")) {
            return String.valueOf(peak().ofLoop());
        }
        if (command[0].equals("peaks")) {
            return peak().describe();
        }
        if (command[0].equals("describe")) {
            boolean simd = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
            return "%s engine, Java %s, %s the Vector API"
                    .formatted(engine, Runtime.version(), simd ? "with" : "without");
        }
        String name = String.valueOf(Path.of(command[1]).getFileName());
        int count = Integer.parseInt(command[2]);
        return command[0].equals("check") ? check(name, count) : time(name, count);
    }

    private Peak peak() {
        Peak made = peak.orElseGet(Peak::new);
        peak = Optional.of(made);
        return made;
    }

    private String check(String name, int count) {
        FactoredLearner learner = Workload.named(name).learner(engine);
        StringBuilder numbers = new StringBuilder();
        for (int u = 0; u < count; u++) {
            UpdateMetrics metrics = Workload.update(learner, u % Workload.BATCHES);
            numbers.append(" ").append(metrics.loss()).append(" ").append(metrics.gradientNorm());
        }
        return numbers.substring(1);
    }

    private String time(String name, int count) {
        FactoredLearner learner = learners.computeIfAbsent(
                name, missing -> Workload.named(missing).learner(engine));
        int first = done.getOrDefault(name, 0);
        long start = ProcessorTime.now();
        for (int u = first; u < first + count; u++) {
            Workload.update(learner, u % Workload.BATCHES);
        }
        long nanoseconds = ProcessorTime.now() - start;
        done.put(name, first + count);
        return String.valueOf(nanoseconds);
    }
}
