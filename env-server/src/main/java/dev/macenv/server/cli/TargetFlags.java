package dev.macenv.server.cli;

import dev.macenv.conform.Target;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where a server is, and how to speak to it: those of a client. */
final class TargetFlags {
    @Option(
            names = "--target",
            required = true,
            paramLabel = "TARGET",
            description = "host:port or unix:/path of the server.")
    private String target = "";

    @Option(names = "--tls", description = "Encrypt; authorities are those that Java trusts.")
    private boolean encrypted;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Encrypt; certificates of the authorities that may vouch for the server (PEM).")
    private Optional<Path> trust = Optional.empty();

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Encrypt; the certificate to show to a server that asks for one (PEM).")
    private Optional<Path> certificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS #8, no password).")
    private Optional<Path> key = Optional.empty();

    @Option(
            names = "--tls-server-name",
            paramLabel = "NAME",
            description = "Encrypt; the name in the server's certificate, if it is not the target's host.")
    private Optional<String> serverName = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the bearer token for the server, alone on its first line.")
    private Optional<Path> tokenFile = Optional.empty();

    /**
     * What they say.
     *
     * @throws Macenv.UsageException if they do not go together, or name a file that does not hold what it should
     */
    Target chosen() {
        if (certificate.isPresent() != key.isPresent()) {
            throw new Macenv.UsageException(
                    "--tls-cert and --tls-key: only one of the two is given (expected: both, or none)");
        }
        boolean tls = encrypted || trust.isPresent() || certificate.isPresent() || serverName.isPresent();
        try {
            ChannelCredentials credentials = tls ? credentials() : InsecureChannelCredentials.create();
            return new Target(target, credentials, tls, serverName, token());
        } catch (IOException | IllegalArgumentException e) {
            throw new Macenv.UsageException(String.valueOf(e.getMessage()));
        }
    }

    private ChannelCredentials credentials() throws IOException {
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        if (trust.isPresent()) {
            credentials.trustManager(trust.orElseThrow().toFile());
        }
        if (certificate.isPresent()) {
            credentials.keyManager(
                    certificate.orElseThrow().toFile(), key.orElseThrow().toFile());
        }
        return credentials.build();
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
                .orElseThrow(() -> new Macenv.UsageException(
                        "--token-file: " + file + " has an empty first line (expected: a token)")));
    }
}
