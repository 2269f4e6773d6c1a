package dev.macenv.avf.cli;

import dev.macenv.avf.experiment.TrainedRun;
import dev.macenv.avf.export.ExportFormat;
import dev.macenv.avf.export.PolicyExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = "Writes the learned policy of a run for other programs: a file for each network, and a manifest.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf export runs/bp-10/avf-vdn/seed-0 --format onnx")
final class ExportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "A run directory.")
    private Path run = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "onnx|samediff",
            description = "ONNX for any language, SameDiff for Deeplearning4j (onnx).")
    private ExportFormat format = ExportFormat.ONNX;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to; files of the same names are replaced (RUN/export/<format>).")
    private Optional<Path> directory = Optional.empty();

    @Mixin
    private ServerFlags server = new ServerFlags();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Path target = directory.orElseGet(
                () -> run.resolve("export").resolve(format.name().toLowerCase(Locale.ROOT)));
        PrintWriter out = spec.commandLine().getOut();
        PolicyExport.write(TrainedRun.policy(run, server.choice()), format, target)
                .forEach(out::println);
        out.flush();
        return 0;
    }
}
