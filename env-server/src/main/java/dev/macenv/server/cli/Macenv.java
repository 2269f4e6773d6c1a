package dev.macenv.server.cli;

import dev.macenv.env.render.TextRenderer;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.catalog.InvalidSettingsException;
import dev.macenv.server.catalog.UnknownEnvironmentException;
import dev.macenv.server.host.EnvironmentHost;
import dev.macenv.server.rpc.ServerVersion;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
            "  macenv play bp-10              decide for the agents yourself",
            "  macenv record bp-10 --policy scripted --gif bp-10.gif",
            "  macenv verify-golden FILE...   replay recorded episodes, field by field",
            "  macenv replay FILE...          play recorded sessions again, byte by byte",
            "  macenv conform --target HOST:PORT   whether a server keeps the protocol"
        },
        subcommands = {
            Serve.class,
            ListEnvironments.class,
            Describe.class,
            Play.class,
            RecordEpisodes.class,
            Check.class,
            VerifyGolden.class,
            ReplayRecordings.class,
            Conform.class
        })
public final class Macenv {
    /** How long an environment host may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String LOGGING = "dev/macenv/server/cli/logging";

    @Option(names = "--verbose", description = "Show stack traces.", scope = ScopeType.INHERIT)
    private boolean verbose;

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "Directory with jars of further environments. Default: plugins in the working directory and"
                    + " beside the installation.",
            scope = ScopeType.INHERIT)
    private @Nullable Path plugins;

    @Option(
            names = "--environment-host",
            paramLabel = "ADDRESS",
            description = "HOST:PORT or unix:PATH on this machine of a process that hosts further environments, such as"
                    + " python -m macenv.host. May be repeated.",
            scope = ScopeType.INHERIT)
    private List<String> hosts = new ArrayList<>();

    private final PrintWriter err;
    private final BufferedReader in;

    private Macenv(BufferedReader in, PrintWriter err) {
        this.in = in;
        this.err = err;
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        log(Serve.LogFormat.TEXT);
        System.exit(run(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()),
                args));
    }

    /** Says how the log looks; before anything is logged. A file of its own, since programs that embed this server bring their own. */
    static void log(Serve.LogFormat format) {
        String chosen = System.getProperty("logback.configurationFile");
        if (chosen == null || chosen.startsWith(LOGGING)) {
            System.setProperty(
                    "logback.configurationFile", LOGGING + (format == Serve.LogFormat.JSON ? "-json.xml" : ".xml"));
        }
    }

    /** Runs the command, which reads nothing, and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(new BufferedReader(Reader.nullReader()), out, err, args);
    }

    /** Runs the command and returns its exit code. */
    static int run(BufferedReader in, PrintWriter out, PrintWriter err, String... args) {
        Macenv macenv = new Macenv(in, err);
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

    /**
     * The environments for a command: those of the class path, of the plugins, whose problems are told on the error output and stop nothing, and of environment hosts.
     *
     * @param macenv as picocli gives it to a subcommand
     */
    static Catalog catalogOf(@Nullable Macenv macenv) {
        return withHosts(installedOf(macenv), hostsOf(macenv), PATIENCE);
    }

    /** As {@link #catalogOf}, without those that are hosted elsewhere. */
    static Catalog installedOf(@Nullable Macenv macenv) {
        return injected(macenv).catalog();
    }

    /** The addresses of environment hosts that the user gave. */
    static List<String> hostsOf(@Nullable Macenv macenv) {
        return injected(macenv).hosts;
    }

    /**
     * The environments of the catalog and those that are hosted at these addresses.
     *
     * @param patience how long a host may take to answer
     */
    static Catalog withHosts(Catalog catalog, List<String> addresses, Duration patience) {
        return catalog.and(addresses.stream()
                .map(address -> EnvironmentHost.dial(address, patience))
                .toList());
    }

    /** What the user types. */
    static BufferedReader inputOf(@Nullable Macenv macenv) {
        return injected(macenv).in;
    }

    /** Whether the user wants stack traces. */
    static boolean isVerbose(@Nullable Macenv macenv) {
        return injected(macenv).verbose;
    }

    private static Macenv injected(@Nullable Macenv macenv) {
        if (macenv == null) {
            throw new AssertionError("picocli sets the parent before it calls a subcommand");
        }
        return macenv;
    }

    private Catalog catalog() {
        Path chosen = plugins;
        if (chosen != null && !Files.isDirectory(chosen)) {
            throw new UsageException("--plugins: " + chosen + " (expected: a directory with jars)");
        }
        Catalog catalog = Catalog.load(chosen == null ? standardPlugins() : List.of(chosen));
        catalog.pluginProblems().forEach(err::println);
        return catalog;
    }

    /** Where plugins are looked for unless the user says: in the working directory and beside the installation, which the launcher names. */
    static List<Path> standardPlugins() {
        List<Path> directories = new ArrayList<>(List.of(Path.of("plugins")));
        Optional.ofNullable(System.getProperty("macenv.home"))
                .ifPresent(home -> directories.add(Path.of(home, "plugins")));
        return directories;
    }

    /** Colours only where a person is looking. */
    static TextRenderer textRenderer() {
        boolean terminal = Terminal.isInteractive() && System.getenv("NO_COLOR") == null;
        return TextRenderer.forTerminal(terminal ? Charset.defaultCharset() : StandardCharsets.US_ASCII, terminal);
    }

    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    private static boolean isUsage(Exception problem) {
        return problem instanceof UnknownEnvironmentException
                || problem instanceof InvalidSettingsException
                || problem instanceof UsageException;
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
