package dev.macenv.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/** {@link SameDiffUpdate} as a contender of {@link Comparison}; the commands stand in {@code bench/pytorch/contender.py}. */
final class SameDiffContender {
    private final Map<String, SameDiffUpdate> updates = new HashMap<>();
    private final Map<String, Integer> done = new HashMap<>();

    private SameDiffContender() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // SameDiff tells there what it differentiates
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        SameDiffContender contender = new SameDiffContender();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            answers.println(contender.answer(line.split(" ")));
        }
    }

    private String answer(String... command) {
        if (command[0].equals("describe")) {
            return "SameDiff on " + Nd4j.getBackend().getClass().getSimpleName() + ", Java " + Runtime.version();
        }
        String name = String.valueOf(Path.of(command[1]).getFileName());
        int count = Integer.parseInt(command[2]);
        return command[0].equals("check") ? check(name, count) : time(name, count);
    }

    private static String check(String name, int count) {
        SameDiffUpdate update = new SameDiffUpdate(Workload.named(name));
        StringBuilder numbers = new StringBuilder();
        for (int u = 0; u < count; u++) {
            SameDiffUpdate.Result result = update.run(u % Workload.BATCHES);
            numbers.append(" ").append(result.loss()).append(" ").append(result.gradientNorm());
        }
        return numbers.substring(1);
    }

    private String time(String name, int count) {
        SameDiffUpdate update = updates.computeIfAbsent(name, missing -> new SameDiffUpdate(Workload.named(missing)));
        int first = done.getOrDefault(name, 0);
        long start = ProcessorTime.now();
        for (int u = first; u < first + count; u++) {
            update.run(u % Workload.BATCHES);
        }
        long nanoseconds = ProcessorTime.now() - start;
        done.put(name, first + count);
        return String.valueOf(nanoseconds);
    }
}
