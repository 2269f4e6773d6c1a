package dev.macenv.avf.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.macenv.avf.config.ConfigException;
import dev.macenv.client.MacenvException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * {@code avf}: trains, evaluates and compares learners on asynchronous multi-agent environments. Exit codes: 0 done, 1 failed, 2
 * the caller's mistake.
 */
@Command(
        name = "avf",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Trains and compares teams that decide asynchronously, with macro-actions.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  avf train bp-10/avf-vdn                 learn Box Pushing 10 x 10, in this process alone",
            "  avf train bp-10/avf-vdn --server host:50051",
            "  avf list                                what can be trained",
            "",
            "Every command has its own --help, with an example. Exit codes: 0 done, 1 failed, 2 wrong use."
        },
        subcommands = {
            TrainCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            BenchmarkCommand.class,
            ReportCommand.class,
            PlotCommand.class,
            CollectCommand.class,
            ListCommand.class,
            ConfigCommand.class
        })
public final class Avf {

    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show stack traces of failures.")
    private boolean verbose;

    private Avf() {}

    /** Runs the command line and exits with its code. */
    public static void main(String[] args) {
        System.exit(run(new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8), args));
    }

    /**
     * Runs a command line.
     *
     * @param out where results go
     * @param err where complaints go
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        Avf avf = new Avf();
        return new CommandLine(avf)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, parsed) -> avf.explain(exception, command))
                .execute(args);
    }

    private int explain(Exception exception, CommandLine command) {
        PrintWriter err = command.getErr();
        if (verbose) {
            exception.printStackTrace(err);
        }
        if (exception instanceof ConfigException config) {
            int count = config.problems().size();
            err.println(count == 1 ? "1 problem:" : count + " problems:");
            config.problems().forEach(problem -> err.println("  " + problem));
            return WRONG_USE;
        }
        if (exception instanceof FileAlreadyExistsException taken) {
            err.println("out: " + taken.getFile() + " is there already (" + taken.getReason() + ")");
            return WRONG_USE;
        }
        if (exception instanceof IllegalArgumentException) {
            err.println(exception.getMessage());
            return WRONG_USE;
        }
        if (exception instanceof NoSuchFileException missing) {
            err.println("file: " + missing.getFile() + " (expected: an existing file)");
            return FAILED;
        }
        boolean tellsEnough = exception instanceof MacenvException || exception instanceof IOException;
        err.println(tellsEnough ? exception.getMessage() : "failed: " + exception + " (--verbose tells where)");
        return FAILED;
    }
}
