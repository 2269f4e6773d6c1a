package dev.macenv.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server in a process of its own, with the class path of this one. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final String target;

    /** Starts it and waits until it prints that it is ready, with its target as the last word. */
    ServerProcess(String... program) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(program));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended before it was ready");
        }
        target = line.substring(line.lastIndexOf(' ') + 1);
    }

    /** {@code macenv serve} with these flags. */
    static ServerProcess macenv(String... flags) throws IOException {
        List<String> program = new ArrayList<>(List.of("dev.macenv.server.cli.Macenv", "serve"));
        program.addAll(List.of(flags));
        return new ServerProcess(program.toArray(String[]::new));
    }

    String target() {
        return target;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
