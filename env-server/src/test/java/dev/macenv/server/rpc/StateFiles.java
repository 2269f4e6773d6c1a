package dev.macenv.server.rpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What is in a state directory. */
final class StateFiles {
    private StateFiles() {}

    /**
     * Waits until there is nothing but what belongs to the server: journals are removed by the thread that writes them, after
     * their sessions have closed. Returns what is there in the end.
     */
    static List<String> awaitRemoval(Path state) throws IOException {
        long giveUp = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (true) {
            try (Stream<Path> files = Files.list(state)) {
                List<String> names = files.map(file -> file.getFileName().toString())
                        .sorted()
                        .toList();
                if (names.size() <= 2 || System.nanoTime() > giveUp) {
                    return names;
                }
            }
        }
    }
}
