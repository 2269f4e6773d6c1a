package dev.macenv.server.rpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process takes up, right after garbage was collected.
 *
 * @param heap in bytes
 */
record ProcessSize(long heap, int threads, long descriptors) {

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
}
