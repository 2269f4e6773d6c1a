package dev.macenv.server.cli;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import dev.macenv.server.session.SessionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code macenv serve}: listens until the process is told to stop, then finishes what is under way. */
@Command(
        name = "serve",
        description = "Serve every environment until stopped. Prints one line with the address when ready.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv serve                         on 127.0.0.1:50051",
            "  macenv serve --port 0                on any free port, which the line printed names",
            "  macenv serve --uds /tmp/macenv.sock  on a Unix domain socket, for programs of the same user"
        })
final class Serve implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "50051",
            description = "TCP port; 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}, which only this machine can reach.")
    private String host = "";

    @Option(names = "--uds", paramLabel = "PATH", description = "Unix domain socket to listen on, instead of TCP.")
    private @Nullable Path socket;

    @Option(
            names = "--insecure",
            description = "Allow an address that other machines can reach, though nothing is encrypted.")
    private boolean insecure;

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            description = "Open sessions of the whole server. Default: 1000.")
    private @Nullable Integer maxSessions;

    @Option(
            names = "--lease-seconds",
            paramLabel = "S",
            description = "How long a session lives without contact, where its client does not say. Default: 600.")
    private @Nullable Integer leaseSeconds;

    @Option(
            names = "--trust",
            paramLabel = "WHOM",
            defaultValue = "BUILT_IN",
            description = "Whose environments run without a guard, which costs time but gives up what does not return"
                    + " within 30 seconds: BUILT_IN, CLASS_PATH or NOBODY. Default: ${DEFAULT-VALUE}.")
    private ServerOptions.Trust trust = ServerOptions.Trust.BUILT_IN;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Catalog catalog = Macenv.catalogOf(macenv);
        try (EnvironmentServer server = start(catalog)) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "macenv-stop"));
            int count = catalog.environments().size();
            spec().commandLine()
                    .getOut()
                    .println("macenv: " + count + (count == 1 ? " environment" : " environments") + " served at "
                            + server.target());
            server.awaitTermination();
        }
        return 0;
    }

    EnvironmentServer start(Catalog catalog) throws IOException {
        ServerOptions standard = ServerOptions.standard();
        ServerOptions options = standard.withLimits(limits()).withTrust(trust, standard.patience());
        Path path = socket;
        if (path != null) {
            return EnvironmentServer.unixSocket(path, catalog, options);
        }
        if (port < 0 || port > 65535) {
            throw usage("--port: " + port + " (expected: 0 .. 65535)");
        }
        InetAddress address = InetAddress.getByName(host);
        if (!address.isLoopbackAddress() && !insecure) {
            throw usage("--host: " + host + " can be reached by other machines, and nothing is encrypted"
                    + " (use a loopback address, or add --insecure if the network is trusted)");
        }
        try {
            return EnvironmentServer.tcp(new InetSocketAddress(address, port), catalog, options);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + ": " + rootMessage(e)
                            + " (stop what listens there, or choose another --port)",
                    e);
        }
    }

    private static String rootMessage(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private SessionLimits limits() {
        SessionLimits limits = SessionLimits.STANDARD;
        if (maxSessions != null) {
            if (maxSessions < 1) {
                throw usage("--max-sessions: " + maxSessions + " (expected: at least 1)");
            }
            limits = limits.withSessions(maxSessions);
        }
        if (leaseSeconds != null) {
            Duration lease = Duration.ofSeconds(leaseSeconds);
            if (lease.compareTo(limits.minLease()) < 0 || lease.compareTo(limits.maxLease()) > 0) {
                throw usage("--lease-seconds: " + leaseSeconds + " (expected: "
                        + limits.minLease().toSeconds() + " .. "
                        + limits.maxLease().toSeconds() + ")");
            }
            limits = limits.withDefaultLease(lease);
        }
        return limits;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private CommandSpec spec() {
        CommandSpec injected = command;
        if (injected == null) {
            throw new AssertionError("picocli sets the spec before it calls the command");
        }
        return injected;
    }
}
