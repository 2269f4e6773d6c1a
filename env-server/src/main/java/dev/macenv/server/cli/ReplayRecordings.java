package dev.macenv.server.cli;

import dev.macenv.server.rpc.RecordingReplay;
import dev.macenv.server.session.RefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
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

/** {@code macenv replay FILE...}: whether recorded sessions come out the same, byte by byte. */
@Command(
        name = "replay",
        description = {
            "Play recorded sessions again and compare every byte of every entry.",
            "A file is what FetchRecording sends; its header names the environment and its settings.",
            "Exit codes: 0 all agree, 1 a difference, 2 a file that cannot be read or whose environment is not registered."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  macenv replay session.macenv"})
final class ReplayRecordings implements Callable<Integer> {
    private static final int AGREES = 0;
    private static final int DIFFERS = 1;
    private static final int UNREADABLE = 2;

    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "A recording.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() {
        PrintWriter out = Descriptions.out(command);
        PrintWriter err = Descriptions.err(command);
        RecordingReplay replay = new RecordingReplay(Macenv.catalogOf(macenv));
        int worst = AGREES;
        for (Path file : files) {
            worst = Math.max(worst, verify(file, replay, out, err));
        }
        return worst;
    }

    private static int verify(Path file, RecordingReplay replay, PrintWriter out, PrintWriter err) {
        RecordingReplay.Report report;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            report = replay.verify(in);
        } catch (IOException | RefusedException e) {
            err.println(file + ": " + e.getMessage());
            return UNREADABLE;
        }
        out.println(file + ": " + report.environment() + ", " + report.entries() + " entries, " + report.rows()
                + " rows of events" + (report.difference().isEmpty() ? ", no difference" : ", then a difference"));
        if (report.cutOff() > 0) {
            out.println(file + ": the last " + report.cutOff() + " bytes are no whole entry");
        }
        report.difference().ifPresent(out::println);
        return report.difference().isEmpty() ? AGREES : DIFFERS;
    }
}
