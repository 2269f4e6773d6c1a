package dev.macenv.server.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets of grants, and names. */
final class Tokens {
    private static final int TOKEN_BYTES = 16;
    private static final int NAME_BYTES = 8;

    private final SecureRandom random = new SecureRandom();

    /** 128 random bits. */
    String newToken() {
        return hex(TOKEN_BYTES);
    }

    /** A name that nobody has had; not a secret. */
    String newName() {
        return hex(NAME_BYTES);
    }

    long newSeed() {
        return random.nextLong();
    }

    private String hex(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What a token is found by, so that looking for it compares no secrets. */
    static String digest(String token) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Whether the tokens are equal; the time it takes does not tell where they differ. */
    static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
