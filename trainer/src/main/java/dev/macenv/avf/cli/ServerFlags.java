package dev.macenv.avf.cli;

import dev.macenv.avf.experiment.ServerChoice;
import dev.macenv.client.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where environments are, and how to speak to their servers. */
final class ServerFlags {

    @Option(
            names = "--server",
            paramLabel = "TARGET,..",
            description = {
                "host:port, unix:/path or dns:///name:port (all its addresses) of running servers.",
                "Lanes are dealt over those that serve; a lost server costs a reconnect.",
                "Without it, a server is started in this process."
            })
    private Optional<String> targets = Optional.empty();

    @Option(names = "--tls", description = "Encrypt; authorities are those that Java trusts.")
    private boolean encrypted;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Encrypt; certificates of the authorities that may vouch for the servers (PEM).")
    private Optional<Path> trust = Optional.empty();

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Encrypt; the certificate to show to servers that ask for one (PEM).")
    private Optional<Path> certificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS #8, no password).")
    private Optional<Path> key = Optional.empty();

    @Option(
            names = "--tls-server-name",
            paramLabel = "NAME",
            description = "Encrypt; the name in the servers' certificates, if it is not the target's host.")
    private Optional<String> serverName = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the bearer token for the servers, alone on its first line.")
    private Optional<Path> tokenFile = Optional.empty();

    /**
     * What they say.
     *
     * @throws IllegalArgumentException if they do not go together
     * @throws IOException if the token cannot be read
     */
    ServerChoice choice() throws IOException {
        Access access = new Access(tls(), token());
        if (targets.isEmpty() && !access.equals(Access.open())) {
            throw new IllegalArgumentException(
                    "--tls... and --token-file: without --server (expected: the servers they are for)");
        }
        return new ServerChoice(targets, access);
    }

    private Optional<Access.Tls> tls() {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "--tls-cert and --tls-key: only one of the two is given (expected: both, or none)");
        }
        if (!encrypted && trust.isEmpty() && certificate.isEmpty() && serverName.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Access.Tls(
                trust, certificate.map(chain -> new Access.Identity(chain, key.orElseThrow())), serverName));
    }

    private Optional<String> token() throws IOException {
        if (tokenFile.isEmpty()) {
            return Optional.empty();
        }
        Path file = tokenFile.orElseThrow();
        return Optional.of(Files.readString(file)
                .lines()
                .map(String::strip)
                .findFirst()
                .filter(line -> !line.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException(
                        "--token-file: " + file + " has an empty first line (expected: a token)")));
    }
}
