package dev.macenv.server.cli;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.Protection;
import dev.macenv.server.rpc.ProtectionException;
import dev.macenv.server.rpc.ServerOptions;
import dev.macenv.server.session.SessionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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
            "  macenv serve --uds /tmp/macenv.sock  on a Unix domain socket, for programs of the same user",
            "  macenv serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --tokens tokens.txt",
            "                                       encrypted, for whoever has one of the tokens"
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
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Encrypt: the server's certificate, and those that lead to its authority (PEM).")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS #8, no password).")
    private @Nullable Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Ask every client for a certificate of one of these authorities (PEM).")
    private @Nullable Path clientAuthorities;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "Ask every call for a bearer token of this file: one per line, after the name of the principal"
                    + " it belongs to. Read again when it changes.")
    private @Nullable Path tokens;

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
        ServerOptions options =
                standard.withLimits(limits()).withTrust(trust, standard.patience()).withProtection(protection());
        Path path = socket;
        if (path != null) {
            if (options.protection().tls().isPresent()) {
                throw usage("--tls-cert: a Unix domain socket is never encrypted (leave it out, or --uds)");
            }
            return EnvironmentServer.unixSocket(path, catalog, options);
        }
        if (port < 0 || port > 65535) {
            throw usage("--port: " + port + " (expected: 0 .. 65535)");
        }
        InetAddress address = InetAddress.getByName(host);
        if (!address.isLoopbackAddress() && options.protection().tls().isEmpty() && !insecure) {
            throw usage("--host: " + host + " can be reached by other machines, and nothing is encrypted"
                    + " (use a loopback address, or --tls-cert and --tls-key, or add --insecure if the network is"
                    + " trusted)");
        }
        try {
            return EnvironmentServer.tcp(new InetSocketAddress(address, port), catalog, options);
        } catch (ProtectionException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + ": " + rootMessage(e)
                            + " (stop what listens there, or choose another --port)",
                    e);
        }
    }

    private Protection protection() {
        Path chain = certificate;
        Path secret = key;
        if ((chain == null) != (secret == null)) {
            throw usage("--tls-cert and --tls-key: only one of the two is given (expected: both, or none)");
        }
        if (chain == null || secret == null) {
            if (clientAuthorities != null) {
                throw usage("--tls-client-ca: without --tls-cert and --tls-key (expected: all three)");
            }
            return new Protection(Optional.empty(), Optional.ofNullable(tokens));
        }
        return new Protection(
                Optional.of(new Protection.Tls(chain, secret, Optional.ofNullable(clientAuthorities))),
                Optional.ofNullable(tokens));
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
