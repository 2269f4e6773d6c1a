package dev.macenv.server.cli;

import dev.macenv.server.testing.Announcement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, with a port and a state directory that it keeps over all its lives. For one thread at a
 * time.
 */
public final class ServerProcess implements AutoCloseable {

    /** What a life ends with. */
    public enum Death {
        /** The process is killed (SIGKILL): what it has written stays. */
        OF_THE_PROCESS,
        /** The machine loses its power: of its journals stays what was forced to the disk. */
        OF_THE_MACHINE;

        /** One after the other. */
        public static Death inTurn(int number) {
            return number % 2 == 0 ? OF_THE_PROCESS : OF_THE_MACHINE;
        }
    }

    private final Path state;
    private final Path log;
    private final int port;
    private @Nullable Process process;

    /** Starts nothing yet. The folder gets the state directory and the log. */
    public ServerProcess(Path folder) throws IOException {
        state = folder.resolve("state");
        log = folder.resolve("server.log");
        port = freePort();
    }

    /** One that the system gives to no client, so that it is free again whenever a life has ended. */
    private static int freePort() throws IOException {
        int first = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);
        for (int port = first; port < first + 1000; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // The next one.
            }
        }
        throw new IOException("no port between " + first + " and " + (first + 1000) + " is free");
    }

    /** The port of all lives. */
    public int port() {
        return port;
    }

    /** The state directory of all lives. */
    public Path state() {
        return state;
    }

    /** What all lives have logged, one JSON object per line. */
    public List<String> log() throws IOException {
        return Files.readAllLines(log);
    }

    private String logged() {
        try {
            return String.join("\n", log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Begins a life, and returns when it serves. */
    public void start(Death death) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // lives are short
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(
                switch (death) {
                    case OF_THE_PROCESS ->
                        List.of(
                                Macenv.class.getName(),
                                "serve",
                                "--port",
                                String.valueOf(port),
                                "--state-dir",
                                state.toString(),
                                "--log-format",
                                "JSON");
                    case OF_THE_MACHINE ->
                        List.of(ForgetfulServer.class.getName(), String.valueOf(port), state.toString());
                });
        try {
            Process begun = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = begun;
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(begun.getInputStream(), StandardCharsets.UTF_8));
            var unused = Announcement.target(begun, said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a server started", e);
        } catch (AssertionError e) {
            throw new AssertionError("no server on port " + port + "\n" + logged(), e);
        }
    }

    /** Ends a life, and returns when it is over. */
    public void kill() {
        Process last = process;
        if (last != null) {
            last.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
