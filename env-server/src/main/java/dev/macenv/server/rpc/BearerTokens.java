package dev.macenv.server.rpc;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets that an operator has given out, from a file with one per line:
 *
 * <pre>
 * # principal  token
 * alice        5f0c6a0e8c1d4b7f9a3e2d1c0b9a8f7e
 * </pre>
 *
 * <p>A principal may have several tokens, so that one is replaced without a gap. Only digests of tokens are kept, each
 * offered one is compared with all of them, and no text that leaves this class has any of it. Thread-safe; {@link
 * #principal} never waits.
 */
final class BearerTokens {
    private static final Logger log = LoggerFactory.getLogger(BearerTokens.class);

    /** What 128 random bits take in base 64, the densest text that people write them in. */
    private static final int SHORTEST = 22;

    private static final long LARGEST_FILE = 1 << 20;

    private final Path file;
    private volatile List<Entry> entries;
    private Version version; // of the file as it was read last; guarded by this

    private record Entry(String principal, byte[] digest) {}

    /** What changes when a file is written to or replaced. */
    private record Version(
            @Nullable FileTime time, long size, @Nullable Object file) {
        static final Version NONE = new Version(null, -1, null);
    }

    private BearerTokens(Path file, Version version, List<Entry> entries) {
        this.file = file;
        this.version = version;
        this.entries = entries;
    }

    /** @throws IOException if the file cannot be read, or a line is not a name and a token; says which lines, not what they hold */
    static BearerTokens read(Path file) throws IOException {
        Version version = version(file);
        return new BearerTokens(file, version, entries(file));
    }

    /** Whose token this is; the time it takes does not tell how close a wrong one came. */
    Optional<String> principal(String token) {
        byte[] digest = digest(token);
        @Nullable String found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest(), digest)) {
                found = entry.principal();
            }
        }
        return Optional.ofNullable(found);
    }

    /** Reads the file again if it has changed. One that cannot be used leaves everything as it was, and is logged once. */
    synchronized void refresh() {
        Version now;
        try {
            now = version(file);
        } catch (IOException e) {
            now = Version.NONE;
        }
        if (now.equals(version)) {
            return;
        }
        version = now;
        try {
            entries = entries(file);
            log.info("{}: {} tokens read", file, entries.size());
        } catch (IOException e) {
            log.warn("{}: {}; the tokens read before stay valid", file, e.getMessage());
        }
    }

    private static Version version(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    private static List<Entry> entries(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new IOException("more than " + LARGEST_FILE + " bytes");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new IOException("not UTF-8", e);
        }
        List<Entry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && line.charAt(0) != '#') {
                entry(line, i + 1, entries, problems);
            }
        }
        if (!problems.isEmpty()) {
            throw new IOException(String.join("; ", problems) + " (expected: a name, spaces, a token of at least "
                    + SHORTEST + " printable characters)");
        }
        return List.copyOf(entries);
    }

    private static void entry(String line, int number, List<Entry> entries, List<String> problems) {
        String[] words = line.split("\\s+", -1);
        if (words.length != 2) {
            problems.add("line " + number + " has " + words.length + " words");
        } else if (words[1].length() < SHORTEST || !words[1].chars().allMatch(c -> c > ' ' && c <= '~')) {
            problems.add("the token in line " + number + " is too short, or cannot be sent");
        } else {
            entries.add(new Entry(words[0], digest(words[1])));
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
