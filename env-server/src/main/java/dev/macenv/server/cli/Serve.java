package dev.macenv.server.cli;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.host.EnvironmentHost;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.rpc.Administration;
import dev.macenv.server.rpc.Durability;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.Protection;
import dev.macenv.server.rpc.ProtectionException;
import dev.macenv.server.rpc.ServerOptions;
import dev.macenv.server.session.SessionLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code macenv serve}: listens until the process is told to stop, then finishes what is under way. Its flags are short for
 * keys of the configuration, and each says so there.
 */
@Command(
        name = "serve",
        description = "Serve every environment until stopped. Prints one line with the address when ready.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv serve                         on 127.0.0.1:50051",
            "  macenv serve --port 0                on any free port, which the line printed names",
            "  macenv serve --uds /tmp/macenv.sock  on a Unix domain socket, for programs of the same user",
            "  macenv serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --tokens tokens.txt",
            "                                       encrypted, for whoever has one of the tokens",
            "  macenv serve --environment-host 127.0.0.1:6000",
            "                                       also the environments of python -m macenv.host there",
            "  macenv serve --config lab.yaml --print-config",
            "                                       every value, and where it comes from"
        })
final class Serve implements Callable<Integer> {
    /** How a line of the log looks. */
    enum LogFormat {
        TEXT,
        JSON
    }

    private final Map<String, ServeConfig.Flag> flags = new LinkedHashMap<>();

    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML with values that differ from the defaults.")
    private @Nullable Path file;

    @Option(
            names = "--print-config",
            description = "Print every value and where it comes from, as a file for --config, and serve nothing.")
    private boolean print;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other value, for example --set limits.lanes=64. May be repeated.")
    void set(List<String> settings) {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                throw new Macenv.UsageException("--set: " + setting + " (expected: KEY=VALUE)");
            }
            flags.put(setting.substring(0, equals), new ServeConfig.Flag("--set", setting.substring(equals + 1)));
        }
    }

    @Option(names = "--port", paramLabel = "PORT", description = "TCP port; 0 for any free one. Default: 50051.")
    void port(String value) {
        flag("listen.port", "--port", value);
    }

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on. Default: 127.0.0.1, which only this machine can reach.")
    void host(String value) {
        flag("listen.host", "--host", value);
    }

    @Option(names = "--uds", paramLabel = "PATH", description = "Unix domain socket to listen on, instead of TCP.")
    void socket(String value) {
        flag("listen.socket", "--uds", value);
    }

    @Option(
            names = "--insecure",
            description = "Allow an address that other machines can reach, though nothing is encrypted.")
    void insecure(boolean value) {
        flag("listen.insecure", "--insecure", String.valueOf(value));
    }

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Encrypt: the server's certificate, and those that lead to its authority (PEM).")
    void certificate(String value) {
        flag("protection.certificate", "--tls-cert", value);
    }

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS #8, no password).")
    void key(String value) {
        flag("protection.key", "--tls-key", value);
    }

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Ask every client for a certificate of one of these authorities (PEM).")
    void clientAuthorities(String value) {
        flag("protection.clientAuthorities", "--tls-client-ca", value);
    }

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description =
                    "Ask every call for a bearer token of this file: one per line, after the name of the principal"
                            + " it belongs to. Read again when it changes.")
    void tokens(String value) {
        flag("protection.tokens", "--tokens", value);
    }

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            description = "Open sessions of the whole server. Default: 1000.")
    void maxSessions(String value) {
        flag("limits.sessions", "--max-sessions", value);
    }

    @Option(
            names = "--lease-seconds",
            paramLabel = "S",
            description = "How long a session lives without contact, where its client does not say. Default: 600.")
    void leaseSeconds(String value) {
        flag("lease.standardSeconds", "--lease-seconds", value);
    }

    @Option(
            names = "--trust",
            paramLabel = "WHOM",
            description = "Whose environments run without a guard, which costs time but gives up what does not return"
                    + " within 30 seconds: BUILT_IN, CLASS_PATH or NOBODY. Default: BUILT_IN.")
    void trust(String value) {
        flag("environments.trust", "--trust", value);
    }

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "Answer HTTP with Prometheus' text at /metrics there, on 127.0.0.1 unless admin.host says"
                    + " otherwise.")
    void metricsPort(String value) {
        flag("admin.metricsPort", "--metrics-port", value);
    }

    @Option(names = "--channelz-port", paramLabel = "PORT", description = "Serve grpc.channelz.v1 there, likewise.")
    void channelzPort(String value) {
        flag("admin.channelzPort", "--channelz-port", value);
    }

    @Option(names = "--log-format", paramLabel = "FORMAT", description = "TEXT, or JSON: one object per line.")
    void logFormat(String value) {
        flag("log.format", "--log-format", value);
    }

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Keep journals of all sessions there, which then outlive the server, however it ends.")
    void stateDirectory(String value) {
        flag("state.directory", "--state-dir", value);
    }

    private void flag(String key, String name, String value) {
        flags.put(key, new ServeConfig.Flag(name, value));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> hosts = Macenv.hostsOf(macenv);
        if (!hosts.isEmpty()) {
            flag("environments.hosts", "--environment-host", String.join(" ", hosts));
        }
        ServeConfig config = ServeConfig.of(Optional.ofNullable(file), flags);
        Plan plan = plan(config);
        PrintWriter out = spec().commandLine().getOut();
        if (print) {
            config.lines().forEach(out::println);
            return 0;
        }
        Macenv.log(plan.log());
        Catalog catalog = Macenv.withHosts(
                Macenv.installedOf(macenv), plan.hosts(), plan.options().patience());
        try (EnvironmentServer server = start(plan, catalog)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndEnd(server), "macenv-stop"));
            int count = catalog.environments().size();
            out.println("macenv: " + count + (count == 1 ? " environment" : " environments") + " served at "
                    + server.target());
            if (server.metricsPort() >= 0) {
                out.println("macenv: metrics at http://" + plan.adminHost() + ":" + server.metricsPort() + "/metrics");
            }
            if (server.channelzPort() >= 0) {
                out.println("macenv: channelz at " + plan.adminHost() + ":" + server.channelzPort());
            }
            server.awaitTermination();
        }
        return 0;
    }

    /** A process that is told to end, and ends in order, is a success; Java by itself would call it killed. */
    private static void stopAndEnd(EnvironmentServer server) {
        Runtime.getRuntime().halt(server.stop() ? 0 : 1);
    }

    // ------------------------------------------------------------------------------------------------ what to do

    /** What the configuration comes down to. */
    record Plan(
            Optional<Path> socket,
            InetSocketAddress address,
            List<String> hosts,
            ServerOptions options,
            String adminHost,
            LogFormat log) {}

    static Plan plan(ServeConfig config) throws UnknownHostException {
        Protection protection = protection(config);
        String host = config.text("listen.host").orElse("127.0.0.1");
        int port = config.integer("listen.port", 0, 65535);
        InetAddress address = InetAddress.getByName(host);
        Optional<Path> socket = config.path("listen.socket");
        boolean insecure = config.yes("listen.insecure");
        if (socket.isPresent() && protection.tls().isPresent()) {
            config.problem(
                    "protection.certificate",
                    "none; a Unix domain socket is never encrypted, leave out one of the two");
        }
        if (socket.isEmpty() && !address.isLoopbackAddress() && protection.tls().isEmpty() && !insecure) {
            config.problem(
                    "listen.host",
                    "an address that other machines cannot reach, since nothing is encrypted; or --tls-cert and"
                            + " --tls-key; or --insecure if the network is trusted");
        }
        String adminHost = config.text("admin.host").orElse("127.0.0.1");
        InetAddress adminAddress = InetAddress.getByName(adminHost);
        Administration administration = new Administration(
                config.port("admin.metricsPort").map(one -> new InetSocketAddress(adminAddress, one)),
                config.port("admin.channelzPort").map(one -> new InetSocketAddress(adminAddress, one)));
        ServerOptions options = ServerOptions.standard()
                .withLimits(limits(config))
                .withTrust(
                        config.choice("environments.trust", ServerOptions.Trust.class),
                        seconds(config, "environments.patienceSeconds", 1))
                .withProtection(protection)
                .withAdministration(administration)
                .withTimeToStop(seconds(config, "stop.noticeSeconds", 0), seconds(config, "stop.graceSeconds", 0));
        Optional<Durability> durability = durability(config);
        if (durability.isPresent()) {
            options = options.withDurability(durability.get());
        }
        List<String> hosts = hosts(config);
        LogFormat log = config.choice("log.format", LogFormat.class);
        config.requireSound();
        return new Plan(socket, new InetSocketAddress(address, port), hosts, options, adminHost, log);
    }

    private static List<String> hosts(ServeConfig config) {
        List<String> hosts = config.text("environments.hosts")
                .map(text -> List.of(text.split("[ ,]+")))
                .orElse(List.of());
        for (String host : hosts) {
            EnvironmentHost.problem(host)
                    .ifPresent(expected -> config.problem("environments.hosts", expected + "; not " + host));
        }
        return hosts;
    }

    private static Protection protection(ServeConfig config) {
        Optional<Path> certificate = config.path("protection.certificate");
        Optional<Path> key = config.path("protection.key");
        Optional<Path> clients = config.path("protection.clientAuthorities");
        Optional<Path> tokens = config.path("protection.tokens");
        if (certificate.isPresent() != key.isPresent()) {
            config.problem(
                    certificate.isPresent() ? "protection.certificate" : "protection.key",
                    "--tls-cert and --tls-key both, or none");
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            if (clients.isPresent()) {
                config.problem("protection.clientAuthorities", "--tls-cert and --tls-key beside it");
            }
            return new Protection(Optional.empty(), tokens);
        }
        return new Protection(
                Optional.of(new Protection.Tls(certificate.orElseThrow(), key.orElseThrow(), clients)), tokens);
    }

    private static Optional<Durability> durability(ServeConfig config) {
        Duration loss = Duration.ofMillis(config.integer("state.lossMillis", 0, 60_000));
        int shortenAt = config.integer("state.shortenBytes", 1 << 12, Integer.MAX_VALUE);
        int most = config.integer("state.journalBytes", 1 << 16, Integer.MAX_VALUE);
        return config.path("state.directory")
                .map(directory -> new Durability(directory, loss, shortenAt, most, StateDirectory.Opener.FILES));
    }

    private static SessionLimits limits(ServeConfig config) {
        Duration shortest = seconds(config, "lease.shortestSeconds", 1);
        Duration longest = seconds(config, "lease.longestSeconds", 1);
        Duration standard = seconds(config, "lease.standardSeconds", 1);
        if (standard.compareTo(shortest) < 0 || standard.compareTo(longest) > 0) {
            config.problem("lease.standardSeconds", shortest.toSeconds() + " .. " + longest.toSeconds());
        }
        int most = Integer.MAX_VALUE;
        return new SessionLimits(
                new SessionLimits.Room(
                        config.integer("limits.sessions", 1, most), config.integer("limits.lanesInAll", 1, most / 2)),
                new SessionLimits.Room(
                        config.integer("limits.sessionsPerPrincipal", 1, most),
                        config.integer("limits.lanesPerPrincipal", 1, most / 2)),
                config.integer("limits.lanes", 1, most),
                config.integer("limits.grants", 1, 100_000),
                config.integer("limits.watchers", 0, 100_000),
                config.integer("limits.snapshots", 0, 100_000),
                config.integer("limits.constructions", 1, most),
                config.integer("limits.callsPerConnection", 1, most),
                config.integer("limits.messageBytes", 1024, most / 4),
                config.integer("limits.responseBytes", 1024, most / 4),
                config.integer("limits.outstanding", 1, 1000),
                config.integer("limits.waiting", 1, most),
                new SessionLimits.Recordings(
                        config.integer("limits.recordingBytes", 1024, most),
                        config.integer("limits.recordingBytesInAll", 1024, most)),
                new SessionLimits.Leases(shortest, longest, standard));
    }

    private static Duration seconds(ServeConfig config, String key, int least) {
        return Duration.ofSeconds(config.integer(key, least, Integer.MAX_VALUE));
    }

    private static EnvironmentServer start(Plan plan, Catalog catalog) throws IOException {
        if (plan.socket().isPresent()) {
            return EnvironmentServer.unixSocket(plan.socket().orElseThrow(), catalog, plan.options());
        }
        InetSocketAddress address = plan.address();
        try {
            return EnvironmentServer.tcp(address, catalog, plan.options());
        } catch (ProtectionException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + rootMessage(e)
                            + " (stop what listens there, or choose another --port, or ports of admin)",
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

    private CommandSpec spec() {
        CommandSpec injected = command;
        if (injected == null) {
            throw new AssertionError("picocli sets the spec before it calls the command");
        }
        return injected;
    }
}
