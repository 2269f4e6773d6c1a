package dev.macenv.server.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The line by which a server in a process of its own says where it serves. */
public final class Announcement {
    private static final long PATIENCE_SECONDS = 120; // a virtual machine starts, beside whatever else there is
    private static final String SERVED_AT = " served at ";

    private Announcement() {}

    /**
     * Waits for it, and returns the target. A process that says something else, or nothing in time, is killed.
     *
     * @param said the process's standard output
     */
    public static String target(Process server, BufferedReader said) throws InterruptedException {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> read(said));
        String first;
        try {
            first = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            first = "nothing within " + PATIENCE_SECONDS + " s";
        } catch (ExecutionException e) {
            first = String.valueOf(e.getCause());
        }
        if (!first.contains(SERVED_AT)) {
            server.destroyForcibly();
            throw new AssertionError(
                    "a server that does not serve (expected: \"..." + SERVED_AT + "TARGET\"): " + first);
        }
        return first.substring(first.indexOf(SERVED_AT) + SERVED_AT.length());
    }

    private static String read(BufferedReader said) {
        try {
            String line = said.readLine();
            return line == null ? "the end of its output" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
