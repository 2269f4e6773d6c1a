package dev.macenv.server.rpc;

import com.sun.management.OperatingSystemMXBean;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.testing.Announcement;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server in a process of its own, with a heap of its own, whose time is what a test says it is: {@link #pass}. For one
 * thread.
 */
final class SteeredServer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final String target;

    /** Whether time passes by itself as well. */
    enum Time {
        STILL,
        RUNNING
    }

    /**
     * @param heap of the process, as {@code -Xmx} has it
     * @param sessions the limit
     * @param state the state directory; empty for none
     */
    SteeredServer(String heap, int sessions, String state, Time time) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SteeredServer.class.getName(),
                String.valueOf(sessions),
                state,
                time.name()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
        try {
            target = Announcement.target(process, answers);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("while a server started");
        }
    }

    String target() {
        return target;
    }

    /** Lets time pass, and returns how many leases ran out. */
    int pass(Duration time) throws IOException {
        return Integer.parseInt(ask("pass " + time.toNanos()));
    }

    /** Sessions that are open now. */
    int sessions() throws IOException {
        return Integer.parseInt(ask("sessions"));
    }

    ProcessSize size() throws IOException {
        String[] numbers = ask("size").split(" ", -1);
        return new ProcessSize(Long.parseLong(numbers[0]), Integer.parseInt(numbers[1]), Long.parseLong(numbers[2]));
    }

    /** Processor time that the process has used, in nanoseconds. */
    long cpuNanos() throws IOException {
        return Long.parseLong(ask("cpu"));
    }

    private String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new AssertionError("the server has died");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    // ------------------------------------------------------------------------------------------------ the process

    /** @param arguments limit of sessions, state directory or nothing, whether time passes by itself */
    public static void main(String[] arguments) throws IOException {
        AtomicLong nanos = new AtomicLong();
        int sessions = Integer.parseInt(arguments[0]);
        ServerOptions options = ServerOptions.standard()
                .withLimits(SessionLimits.STANDARD
                        .withSessions(sessions)
                        .withQuota(new SessionLimits.Room(sessions, sessions)))
                .withManualReaping(
                        Time.valueOf(arguments[2]) == Time.STILL ? nanos::get : () -> System.nanoTime() + nanos.get());
        if (!arguments[1].isEmpty()) {
            options = options.withDurability(new Durability(
                    Path.of(arguments[1]), Duration.ZERO, 1 << 14, 1 << 28, StateDirectory.Opener.FILES));
        }
        try (EnvironmentServer server = EnvironmentServer.tcp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Catalog.load(), options);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("macenv: served at " + server.target());
            for (String command = in.readLine(); command != null; command = in.readLine()) {
                System.out.println(obey(command, server, nanos));
            }
        }
    }

    private static final OperatingSystemMXBean CPU = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static Object obey(String command, EnvironmentServer server, AtomicLong nanos) throws IOException {
        String[] words = command.split(" ", -1);
        return switch (words[0]) {
            case "pass" -> {
                nanos.addAndGet(Long.parseLong(words[1]));
                yield server.reap();
            }
            case "cpu" -> CPU.getProcessCpuTime();
            case "sessions" -> server.sessionCount();
            case "size" -> {
                ProcessSize size = ProcessSize.now();
                yield size.heap() + " " + size.threads() + " " + size.descriptors();
            }
            default -> throw new IOException(command + " (expected: pass NANOS, cpu, sessions or size)");
        };
    }
}
