package dev.macenv.server.rpc;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who may speak to a server, and whether others can listen.
 *
 * @param tls encryption of TCP; empty for plain text
 * @param tokens the file of {@link BearerTokens}; empty to ask nobody for one
 */
public record Protection(Optional<Tls> tls, Optional<Path> tokens) {

    /** Plain text, and everybody may speak. */
    public static final Protection NONE = new Protection(Optional.empty(), Optional.empty());

    /**
     * Encryption. All files are PEM; the key is PKCS #8 and not encrypted, as {@code openssl genpkey} writes it. They are
     * looked at again every minute, so that a certificate is renewed by replacing its files.
     *
     * @param certificate the server's certificate, followed by those between it and the authority
     * @param key the private key that belongs to it
     * @param clientAuthorities certificates of the authorities one of which must vouch for every client; empty to ask
     *     clients for no certificate
     */
    public record Tls(Path certificate, Path key, Optional<Path> clientAuthorities) {}
}
