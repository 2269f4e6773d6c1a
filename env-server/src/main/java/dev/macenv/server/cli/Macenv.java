package dev.macenv.server.cli;

import dev.macenv.server.catalog.InvalidSettingsException;
import dev.macenv.server.catalog.UnknownEnvironmentException;
import dev.macenv.server.rpc.ServerVersion;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code macenv}: serves environments, and says what there is. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "macenv",
        description = "Serves asynchronous multi-agent environments over gRPC.",
        mixinStandardHelpOptions = true,
        versionProvider = Macenv.Version.class,
        scope = ScopeType.INHERIT,
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv serve --port 50051      serve on this machine until stopped",
            "  macenv list                    the environments there are",
            "  macenv describe bp-10          agents, macro-actions, observations, settings",
            "  macenv verify-golden FILE...   replay recorded episodes, field by field"
        },
        subcommands = {Serve.class, ListEnvironments.class, Describe.class, VerifyGolden.class})
public final class Macenv {
    @Option(names = "--verbose", description = "Show stack traces.", scope = ScopeType.INHERIT)
    private boolean verbose;

    private Macenv() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        // A file of its own, since programs that embed this server bring their own configuration.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dev/macenv/server/cli/logging.xml");
        }
        System.exit(run(
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()),
                args));
    }

    /** Runs the command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Macenv macenv = new Macenv();
        CommandLine command = new CommandLine(macenv).setOut(out).setErr(err);
        command.setExecutionExceptionHandler((problem, failed, parsed) -> {
            if (macenv.verbose) {
                problem.printStackTrace(failed.getErr());
            } else {
                failed.getErr().println(message(problem));
            }
            return isUsage(problem) ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        return command.execute(args);
    }

    private static boolean isUsage(Exception problem) {
        return problem instanceof UnknownEnvironmentException || problem instanceof InvalidSettingsException;
    }

    private static String message(Exception problem) {
        String message = problem.getMessage();
        return message == null ? problem.getClass().getName() : message;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"macenv " + ServerVersion.current()};
        }
    }
}
