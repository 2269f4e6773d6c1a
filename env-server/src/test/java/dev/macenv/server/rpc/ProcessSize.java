package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What a process takes up, right after garbage was collected.
 *
 * @param heap in bytes
 */
record ProcessSize(long heap, int threads, long descriptors) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Something whose size can be asked for. */
    @FunctionalInterface
    interface Sized {
        ProcessSize size() throws IOException;
    }

    /** Of this process. */
    static ProcessSize now() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            long descriptors = open.count();
            Runtime runtime = Runtime.getRuntime();
            long heap = Long.MAX_VALUE;
            for (int i = 0; i < 4; i++) {
                System.gc();
                heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
            }
            return new ProcessSize(heap, Thread.activeCount(), descriptors);
        }
    }

    /** A server's end of a connection is closed a little after the client's, so that there is a minute for it. */
    void assertComesBack(Sized process) throws IOException {
        long begin = System.nanoTime();
        ProcessSize after = process.size();
        while (!contains(after) && System.nanoTime() - begin < PATIENCE.toNanos()) {
            after = process.size();
        }
        assertThat(after)
                .as("its size, which was %s before", this)
                .matches(this::contains, "is what it was, but for a few threads, descriptors and MiB");
    }

    /** gRPC's shared pools grow and shrink by a few threads with what happens to coincide; a leak would be a thousand. */
    private boolean contains(ProcessSize after) {
        return after.heap <= heap + (8 << 20) && after.threads <= threads + 20 && after.descriptors <= descriptors + 4;
    }
}
