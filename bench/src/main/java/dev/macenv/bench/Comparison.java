package dev.macenv.bench;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whole updates of asynchronous value factorization, ours beside PyTorch's, in one run: {@code bench/compare}.
 *
 * <p>Every contender is a process of its own that makes the same updates on the same batches from the same parameters; first their losses and gradient norms over
 * several consecutive updates must agree, then they take turns, a few updates each, so that whatever else the machine does falls on all of them; and what counts is the processor time of the thread that
 * computes. The table gives the median over the turns, and the quartiles; and what share of the core's peak the vector engine's products reach on the whole update's time. What they are compared with is measured after
 * every turn: the fastest matrix product, be it one of the vector engine's or PyTorch's of two matrices of 1024 x 1024; and a loop of fused multiply-adds in registers ({@link FmaLoop}), which no
 * product can surpass.
 *
 * <pre>{@code
 *   bench/compare [--rounds 15] [--only bp-10,ct-10-whole-vdn] [--without samediff,nd4j,loops,pytorch]
 * }</pre>
 */
final class Comparison {
    private static final String SAMEDIFF = "SameDiff";
    private static final double AGREEMENT = 1e-4;
    private static final double TURN_SECONDS = 0.15;
    private static final double WARM_UP_SECONDS = 2;

    /** On virtual machines: the optimising compiler is done with an update of ten agents after about this time. */
    private static final double COMPILATION_SECONDS = 10;

    private final List<Contender> contenders;
    private final Contender vector;
    private final int rounds;

    private Comparison(List<Contender> contenders, Contender vector, int rounds) {
        this.contenders = contenders;
        this.vector = vector;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws IOException {
        List<String> options = List.of(arguments);
        Path work = Path.of(option(options, "--work", "target/comparison")).toAbsolutePath();
        String python = option(options, "--python", "python3");
        String script = option(options, "--pytorch", "bench/pytorch/contender.py");
        int rounds = Integer.parseInt(option(options, "--rounds", "15"));
        List<String> only = List.of(option(options, "--only", "").split(","));
        List<String> without = List.of(option(options, "--without", "").split(","));
        List<Contender> contenders = new ArrayList<>();
        if (!without.contains("pytorch")) {
            contenders.add(new Contender("PyTorch", List.of(python, script), WARM_UP_SECONDS));
        }
        Contender vector = new Contender(
                "vector", trainer("VECTOR", "--add-modules", "jdk.incubator.vector"), COMPILATION_SECONDS);
        contenders.add(vector);
        if (!without.contains("loops")) {
            contenders.add(new Contender("vector, plain loops", trainer("VECTOR"), COMPILATION_SECONDS));
        }
        if (!without.contains("nd4j")) {
            contenders.add(new Contender("nd4j", trainer("ND4J"), COMPILATION_SECONDS));
        }
        if (!without.contains("samediff")) {
            contenders.add(new Contender(
                    SAMEDIFF, java(List.of(), List.of(SameDiffContender.class.getName())), COMPILATION_SECONDS));
        }
        Comparison comparison = new Comparison(contenders, vector, rounds);
        comparison.describe();
        for (String environment : List.of("bp-10", "wtd-s", "ct-10")) {
            for (boolean squeezed : new boolean[] {true, false}) {
                for (String mixer : List.of("vdn", "qmix", "qplex")) {
                    Workload workload = new Workload(environment, squeezed, mixer);
                    if (only.stream().anyMatch(workload.name()::contains)) {
                        Path directory = work.resolve(workload.name());
                        comparison.compare(workload, directory, workload.write(directory));
                    }
                }
            }
        }
        contenders.forEach(Contender::close);
    }

    private static String option(List<String> options, String name, String otherwise) {
        int at = options.indexOf(name);
        return at >= 0 && at + 1 < options.size() ? options.get(at + 1) : otherwise;
    }

    private static List<String> trainer(String engine, String... flags) {
        return java(List.of(flags), List.of(TrainerContender.class.getName(), engine));
    }

    private static List<String> java(List<String> flags, List<String> program) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(program);
        return command;
    }

    private void describe() throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%d processors, %s%nload average %.2f%n",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        for (Contender contender : contenders) {
            System.out.println(contender.name + ": " + contender.ask("describe"));
        }
        System.out.println("this core: " + vector.ask("peaks"));
        if (contenders.get(0) != vector) {
            System.out.printf(
                    Locale.ROOT,
                    "PyTorch's product 1024x1024x1024: %.0f GFLOP/s%n",
                    Double.parseDouble(contenders.get(0).ask("peak")));
        }
        System.out.println();
        System.out.print("| workload | joint rows |");
        contenders.forEach(c -> System.out.print(" " + c.name + " ms |"));
        System.out.println(
                " PyTorch / vector | GFLOP of the products | share of the fastest product | share of the loop in registers |");
        System.out.println("|---|---|" + "---|".repeat(contenders.size() + 4));
    }

    private static String processor() throws IOException {
        Path information = Path.of("/proc/cpuinfo");
        if (!Files.exists(information)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(information)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private void compare(Workload workload, Path directory, double operations) {
        // a graph of SameDiff has fixed shapes, and squeezed batches have not
        List<Contender> present = contenders.stream()
                .filter(contender -> !workload.squeezed() || !contender.name.equals(SAMEDIFF))
                .toList();
        check(present, directory);
        Map<Contender, double[]> times = new LinkedHashMap<>();
        Map<Contender, Integer> counts = new HashMap<>();
        double[] ofProduct = new double[rounds];
        double[] ofLoop = new double[rounds];
        for (Contender contender : present) {
            times.put(contender, new double[rounds]);
            counts.put(contender, contender.warmUp(directory));
        }
        for (int r = 0; r < rounds; r++) {
            for (Contender contender : present) {
                int count = requireNonNull(counts.get(contender));
                double time = contender.time(directory, count) / count;
                requireNonNull(times.get(contender))[r] = time;
                if (contender == vector) {
                    // the peak right afterwards, so that whatever else the machine does falls on both
                    double rate = operations / (1e6 * time);
                    ofProduct[r] = rate / peak();
                    ofLoop[r] = rate / Double.parseDouble(vector.ask("loop"));
                }
            }
        }
        times.values().forEach(Arrays::sort);
        Arrays.sort(ofProduct);
        Arrays.sort(ofLoop);
        StringBuilder line = new StringBuilder("| %s | %s |".formatted(workload.name(), rows(directory)));
        for (Contender contender : contenders) {
            double[] turns = times.get(contender);
            line.append(
                    turns == null
                            ? " |"
                            : " %.2f (%.2f to %.2f) |"
                                    .formatted(median(turns), turns[rounds / 4], turns[(3 * rounds) / 4]));
        }
        double[] ours = requireNonNull(times.get(vector));
        Contender first = present.get(0);
        line.append(
                first == vector ? " |" : " %.1f |".formatted(median(requireNonNull(times.get(first))) / median(ours)));
        System.out.println(line.append(" %.2f | %.0f %% | %.0f %% |"
                .formatted(operations / 1e9, 100 * median(ofProduct), 100 * median(ofLoop))));
    }

    private double peak() {
        double ours = Double.parseDouble(vector.ask("peak"));
        Contender first = contenders.get(0);
        return first == vector ? ours : Math.max(ours, Double.parseDouble(first.ask("peak")));
    }

    private static double median(double... sorted) {
        return sorted[sorted.length / 2];
    }

    /** Mean number of joint rows of the batches. */
    private static String rows(Path directory) {
        int sum = 0;
        for (int b = 0; b < Workload.BATCHES; b++) {
            try (BufferedReader file =
                    Files.newBufferedReader(directory.resolve("batch" + b), StandardCharsets.ISO_8859_1)) {
                String line = file.readLine();
                while (!line.contains("reward f ")) {
                    line = file.readLine();
                }
                sum += Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return String.valueOf(sum / Workload.BATCHES);
    }

    /** A comparison of different computations is worth nothing. Of SameDiff only the first loss can be compared, see {@link SameDiffUpdate}. */
    private static void check(List<Contender> contenders, Path directory) {
        double[] expected = {};
        for (Contender contender : contenders) {
            double[] numbers = Arrays.stream(contender
                            .ask("check " + directory + " " + Workload.BATCHES)
                            .split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            expected = expected.length == 0 ? numbers : expected;
            int comparable = contender.name.equals(SAMEDIFF) ? 1 : expected.length;
            for (int i = 0; i < comparable; i++) {
                if (!(Math.abs(numbers[i] - expected[i]) <= AGREEMENT * Math.abs(expected[i]))) {
                    throw new IllegalStateException("%s of update %d on %s: %s by %s (expected: %s, as by %s)"
                            .formatted(
                                    i % 2 == 0 ? "loss" : "gradient norm",
                                    i / 2,
                                    directory.getFileName(),
                                    numbers[i],
                                    contender.name,
                                    expected[i],
                                    contenders.get(0).name));
                }
            }
        }
    }

    /** A process that makes updates. */
    private static final class Contender {
        private final String name;
        private final double warmUpSeconds;
        private final Process process;
        private final BufferedReader answers;
        private final Writer questions;

        Contender(String name, List<String> command, double warmUpSeconds) throws IOException {
            this.name = name;
            this.warmUpSeconds = warmUpSeconds;
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("OMP_NUM_THREADS", "1");
            process = builder.start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        }

        String ask(String question) {
            try {
                questions.write(question + "\n");
                questions.flush();
                String answer = answers.readLine();
                if (answer == null) {
                    throw new IllegalStateException(name + ": ended (expected: an answer to " + question + ")");
                }
                return answer;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Milliseconds that so many updates take. */
        double time(Path directory, int count) {
            return Long.parseLong(ask("time " + directory + " " + count)) / 1e6;
        }

        /** Runs until it is warm; returns the number of updates that make one turn. */
        int warmUp(Path directory) {
            double last = time(directory, Workload.BATCHES) / Workload.BATCHES;
            double spent = last * Workload.BATCHES;
            while (spent < warmUpSeconds * 1e3) {
                double turn = time(directory, Workload.BATCHES);
                spent += turn;
                last = turn / Workload.BATCHES;
            }
            int turns = (int) Math.max(1, TURN_SECONDS * 1e3 / (last * Workload.BATCHES));
            return turns * Workload.BATCHES;
        }

        void close() {
            try {
                questions.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
