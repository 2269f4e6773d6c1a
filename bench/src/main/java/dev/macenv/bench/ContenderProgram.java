package dev.macenv.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A program that answers {@link Comparison} about updates of its own; the commands stand in {@code bench/pytorch/contender.py}. */
abstract class ContenderProgram {
    private final Map<String, Updates> begun = new HashMap<>();
    private final Map<String, Integer> done = new HashMap<>();

    /** Updates of one workload, each going on from the one before. */
    interface Updates {
        /** Makes an update on batch {@code index}. */
        Result make(int index);
    }

    /** What one update came to. */
    record Result(double loss, double gradientNorm) {}

    /** One line on what computes here. */
    abstract String describe();

    /** Updates that begin with the workload's start parameters. */
    abstract Updates begin(Workload workload);

    /** Answers a command that only this contender knows. */
    String other(String command) {
        throw new IllegalArgumentException(command + " (expected: describe, check or time)");
    }

    /** Answers the commands from standard input, a line each, until it ends. */
    final void answer(PrintStream answers) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            answers.println(answer(line.split(" ")));
        }
    }

    private String answer(String... command) {
        if (command[0].equals("describe")) {
            return describe();
        }
        if (command.length < 3) {
            return other(command[0]);
        }
        String name = String.valueOf(Path.of(command[1]).getFileName());
        int count = Integer.parseInt(command[2]);
        return command[0].equals("check") ? check(name, count) : time(name, count);
    }

    private String check(String name, int count) {
        Updates updates = begin(Workload.named(name));
        StringBuilder numbers = new StringBuilder();
        for (int u = 0; u < count; u++) {
            Result result = updates.make(u % Workload.BATCHES);
            numbers.append(" ").append(result.loss()).append(" ").append(result.gradientNorm());
        }
        return numbers.substring(1);
    }

    private String time(String name, int count) {
        Updates updates = begun.computeIfAbsent(name, missing -> begin(Workload.named(missing)));
        int first = done.getOrDefault(name, 0);
        long start = ProcessorTime.now();
        for (int u = first; u < first + count; u++) {
            updates.make(u % Workload.BATCHES);
        }
        long nanoseconds = ProcessorTime.now() - start;
        done.put(name, first + count);
        return String.valueOf(nanoseconds);
    }
}
