package dev.macenv.client;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a client makes sure of the server, and the server of the client. Meaningless in process.
 *
 * @param tls encryption; empty to speak in plain text, which suits this machine and networks that are trusted by other
 *     means
 * @param bearerToken the secret that the operator of the server gave out, sent with every call; goes in the clear without
 *     {@link #tls}
 */
public record Access(Optional<Tls> tls, Optional<String> bearerToken) {

    /** Plain text, and no secret. */
    public static Access open() {
        return new Access(Optional.empty(), Optional.empty());
    }

    /**
     * Checks the token, and never repeats it.
     *
     * @throws IllegalArgumentException if the token has characters that cannot be sent
     */
    public Access {
        bearerToken.ifPresent(token -> {
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
                throw new IllegalArgumentException("bearerToken: " + token.length()
                        + " characters, some of which cannot be sent (expected: printable ASCII without spaces)");
            }
        });
    }

    /** The same, encrypted. */
    public Access withTls(Tls value) {
        return new Access(Optional.of(value), bearerToken);
    }

    /** The same with this secret. */
    public Access withBearerToken(String value) {
        return new Access(tls, Optional.of(value));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Access[tls=" + tls + ", bearerToken=" + (bearerToken.isPresent() ? "..." : "none") + "]";
    }

    /**
     * Encryption. All files are PEM; the key is PKCS #8 and not encrypted, as {@code openssl genpkey} writes it.
     *
     * @param trust certificates of the authorities that may vouch for the server; empty for those that Java trusts
     * @param identity what the client shows to servers that ask for a certificate
     * @param serverName the name that the server's certificate must have; empty for the target's host
     */
    public record Tls(Optional<Path> trust, Optional<Identity> identity, Optional<String> serverName) {

        /** Servers that a well-known authority vouches for. */
        public static Tls standard() {
            return new Tls(Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** The same, trusting these authorities and no other. */
        public Tls withTrust(Path certificates) {
            return new Tls(Optional.of(certificates), identity, serverName);
        }

        /** The same, showing this certificate when asked for one. */
        public Tls withIdentity(Path certificate, Path key) {
            return new Tls(trust, Optional.of(new Identity(certificate, key)), serverName);
        }

        /** The same, expecting this name in the server's certificate. */
        public Tls withServerName(String name) {
            return new Tls(trust, identity, Optional.of(name));
        }
    }

    /**
     * A certificate with its key.
     *
     * @param certificate the certificate, followed by those between it and the authority
     * @param key the private key that belongs to it
     */
    public record Identity(Path certificate, Path key) {}
}
