package dev.macenv.avf.report;

import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.metric.ReturnText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Tables over seeds as Markdown. Returns of these tasks are bimodal (optimum, trap, idling), so that a mean alone misleads:
 * the share of seeds that solved the task and kept the solution stands beside it.
 */
public final class SeedTable {

    private SeedTable() {}

    /** Two tables: {@link #summary}, then {@link #everySeed}. */
    public static String markdown(List<RunRecord> runs) {
        return summary(runs) + "\n" + everySeed(runs);
    }

    /**
     * One line per group of seeds, of its finished runs. <em>Second half</em> is the mean over seeds of the mean return of the
     * evaluations from half of a run's episodes on: where chance plays along, it says more than the last evaluation.
     */
    public static String summary(List<RunRecord> runs) {
        List<List<String>> rows = new ArrayList<>();
        groups(runs).forEach((name, members) -> rows.add(summaryRow(name, members)));
        return table(
                List.of(
                        "experiment",
                        "seeds",
                        "optimum",
                        "solved",
                        "kept to the end",
                        "solved at, median",
                        "final return, mean ± s.e.",
                        "median",
                        "best",
                        "second half, mean ± s.e."),
                rows);
    }

    /** One line per run. */
    public static String everySeed(List<RunRecord> runs) {
        List<List<String>> rows = new ArrayList<>();
        groups(runs).values().forEach(members -> members.forEach(run -> rows.add(runRow(run))));
        return table(
                List.of(
                        "experiment",
                        "seed",
                        "final",
                        "best",
                        "solved at",
                        "kept to the end",
                        "at the optimum since",
                        "episodes",
                        "ticks",
                        "updates",
                        "seconds"),
                rows);
    }

    /** Runs by experiment name, in the order given. */
    static Map<String, List<RunRecord>> groups(List<RunRecord> runs) {
        Map<String, List<RunRecord>> groups = new LinkedHashMap<>();
        runs.forEach(run ->
                groups.computeIfAbsent(run.name(), name -> new ArrayList<>()).add(run));
        return groups;
    }

    /** Over the finished runs: one that goes on has neither kept nor lost anything yet. */
    private static List<String> summaryRow(String name, List<RunRecord> members) {
        List<RunRecord> runs = members.stream().filter(RunRecord::finished).toList();
        int goingOn = members.size() - runs.size();
        double[] finals = runs.stream().mapToDouble(RunRecord::finalReturn).toArray();
        double[] solvedAt = runs.stream()
                .map(SeedTable::solvedAt)
                .filter(OptionalLong::isPresent)
                .mapToDouble(OptionalLong::getAsLong)
                .toArray();
        long kept = runs.stream().filter(SeedTable::kept).count();
        return List.of(
                name,
                runs.size() + (goingOn == 0 ? "" : " (+ " + goingOn + " going on)"),
                members.get(0).goal().map(goal -> ReturnText.of(goal.optimum())).orElse("?"),
                solvedAt.length + "/" + runs.size(),
                kept + "/" + runs.size(),
                solvedAt.length == 0 ? "-" : String.format(Locale.ROOT, "%.0f", median(solvedAt)),
                withError(finals),
                ReturnText.of(median(finals)),
                ReturnText.of(
                        runs.stream().mapToDouble(RunRecord::bestReturn).max().orElse(Double.NaN)),
                withError(runs.stream().mapToDouble(SeedTable::secondHalf).toArray()));
    }

    private static double secondHalf(RunRecord run) {
        List<Measurement> measurements = run.measurements();
        long episodes = measurements.isEmpty()
                ? 0
                : measurements.get(measurements.size() - 1).episodes();
        return measurements.stream()
                .filter(measurement -> 2 * measurement.episodes() >= episodes)
                .mapToDouble(Measurement::evaluationReturn)
                .average()
                .orElse(Double.NaN);
    }

    private static String withError(double[] values) {
        return values.length == 0
                ? "-"
                : ReturnText.of(mean(values)) + " ± " + ReturnText.of(standardError(values), mean(values));
    }

    private static List<String> runRow(RunRecord run) {
        OptionalLong solvedAt = solvedAt(run);
        Measurement last = run.measurements().isEmpty()
                ? null
                : run.measurements().get(run.measurements().size() - 1);
        return List.of(
                run.name(),
                Long.toString(run.seed()),
                ReturnText.of(run.finalReturn()),
                ReturnText.of(run.bestReturn()),
                solvedAt.isPresent() ? Long.toString(solvedAt.getAsLong()) : "-",
                !run.finished() ? "going on" : solvedAt.isEmpty() ? "-" : kept(run) ? "yes" : "no",
                solvedAt.isEmpty() ? "-" : shareSince(run, solvedAt.getAsLong()),
                last == null ? "0" : Long.toString(last.episodes()),
                last == null ? "0" : Long.toString(last.ticks()),
                last == null ? "0" : Long.toString(last.updates()),
                last == null ? "0" : String.format(Locale.ROOT, "%.0f", last.seconds()));
    }

    private static OptionalLong solvedAt(RunRecord run) {
        return run.goal().map(goal -> goal.solvedAt(run.measurements())).orElse(OptionalLong.empty());
    }

    private static boolean kept(RunRecord run) {
        return run.goal().map(goal -> goal.keptToTheEnd(run.measurements())).orElse(false);
    }

    /** Share of the evaluations after solving that were at the goal: shows a collapse that healed again. */
    private static String shareSince(RunRecord run, long solvedAt) {
        List<Measurement> after = run.measurements().stream()
                .filter(measurement -> measurement.episodes() >= solvedAt)
                .toList();
        long reached =
                after.stream().filter(run.goal().orElseThrow()::reachedBy).count();
        return String.format(Locale.ROOT, "%d %%", 100 * reached / after.size());
    }

    private static String table(List<String> header, List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(String.join(" | ", header)).append(" |\n");
        text.append("|").append("---|".repeat(header.size())).append("\n");
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
        return text.toString();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Standard error of the mean; 0 for a single value. */
    private static double standardError(double[] values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (values.length - 1) / values.length);
    }

    /** The median; NaN of nothing. */
    static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
