package dev.macenv.server.cli;

import dev.macenv.server.catalog.UnknownEnvironmentException;
import dev.macenv.server.journal.GoldenReplay;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code macenv verify-golden FILE...}: whether the environments still play recorded episodes as the reference programs did. */
@Command(
        name = "verify-golden",
        description = {
            "Replay recorded episodes and compare every field of every step.",
            "A file holds a JSON object per line, gzipped or not; its scenario names the environment. Where that draws random numbers, it is given the recorded ones.",
            "Exit codes: 0 all agree, 1 a difference, 2 a file that cannot be read or whose scenario is not registered."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  macenv verify-golden BP-10.jsonl.gz", "  macenv verify-golden recordings/*.jsonl.gz"})
final class VerifyGolden implements Callable<Integer> {
    private static final int AGREES = 0;
    private static final int DIFFERS = 1;
    private static final int UNREADABLE = 2;

    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "A recording. All are replayed, each up to its first difference.")
    private List<Path> files = new ArrayList<>();

    private int episodes;
    private long steps;

    @Override
    public Integer call() {
        PrintWriter out = Descriptions.out(command);
        PrintWriter err = Descriptions.err(command);
        GoldenReplay replay = new GoldenReplay(Macenv.catalogOf(macenv));
        int worst = AGREES;
        for (Path file : files) {
            worst = Math.max(worst, verify(file, replay, out, err));
        }
        if (files.size() > 1) {
            out.println(files.size() + " files: " + checked(episodes, steps));
        }
        return worst;
    }

    private int verify(Path file, GoldenReplay replay, PrintWriter out, PrintWriter err) {
        if (!Files.isRegularFile(file)) {
            err.println(file + ": no such file (expected: a recording, *.jsonl or *.jsonl.gz)");
            return UNREADABLE;
        }
        GoldenReplay.Report report;
        try {
            report = replay.verify(file);
        } catch (IOException | UnknownEnvironmentException e) {
            err.println(file + ": " + e.getMessage());
            return UNREADABLE;
        }
        episodes += report.episodes();
        steps += report.steps();
        String found = report.difference().isEmpty() ? ", no difference" : ", then a difference";
        out.println(file + ": " + checked(report.episodes(), report.steps()) + found);
        report.difference().ifPresent(out::println);
        return report.difference().isEmpty() ? AGREES : DIFFERS;
    }

    private static String checked(int episodes, long steps) {
        return episodes + (episodes == 1 ? " episode, " : " episodes, ") + steps + (steps == 1 ? " step" : " steps");
    }
}
