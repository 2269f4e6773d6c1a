package dev.macenv.bench;

import static java.util.Objects.requireNonNull;

import dev.macenv.client.Access;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.ClientOptions.StepTransport;
import dev.macenv.client.EnvironmentClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Round trips to a server, route by route in turns: how many, how many decision events they bring, and how long half of them and 99 of 100 take. Over sockets every server is a process
 * of its own on this machine. {@code bench/wire} starts it.
 */
final class WireComparison {
    private static final int[] LANES = {1, 8, 32, 128};
    private static final int[] JOURNALED_LANES = {1, 8, 32};
    private static final int RECORD_BYTES = 60; // of a journal: about what a step of one lane has
    private static final int FORCES = 2000;

    private final String environment;
    private final double seconds;
    private final List<Route> routes = new ArrayList<>();
    private final List<AutoCloseable> servers = new ArrayList<>();

    /** One way to play. */
    private record Route(String name, Opening opening) {}

    /** Connects and begins. */
    private interface Opening {
        RoundTrips open() throws IOException;
    }

    /** What one turn came to; the times of its round trips are in nanoseconds, sorted. */
    private record Turn(double seconds, long events, long... times) {
        double tripsPerSecond() {
            return times.length / seconds;
        }

        double eventsPerSecond() {
            return events / seconds;
        }

        double microseconds(double share) {
            return times[(int) (share * (times.length - 1))] / 1e3;
        }
    }

    private WireComparison(String environment, double seconds) {
        this.environment = environment;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments);
        Path work = Path.of(option(options, "--work", "target/wire"));
        List<String> only = List.of(option(options, "--only", "").split(","));
        int rounds = Integer.parseInt(option(options, "--rounds", "3"));
        WireComparison comparison = new WireComparison(
                option(options, "--environment", "bp-10"), Double.parseDouble(option(options, "--seconds", "3")));
        System.out.printf(
                "%d processors, load average %s, %s%n",
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                Runtime.version());
        Path journals = Files.createTempDirectory(
                Path.of(option(options, "--journals", work.toString())).toAbsolutePath(), "wire");
        printForcedAppend(journals);
        try {
            comparison.listRoutes(work, journals);
            comparison.routes.removeIf(route -> only.stream().noneMatch(route.name()::contains));
            comparison.compare(rounds);
        } finally {
            for (AutoCloseable server : comparison.servers) {
                server.close();
            }
            remove(journals);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String option(List<String> options, String name, String otherwise) {
        int at = options.indexOf(name);
        return at >= 0 && at + 1 < options.size() ? options.get(at + 1) : otherwise;
    }

    /** What the disk alone takes to keep a record: no journal can answer sooner that may lose nothing. */
    private static void printForcedAppend(Path directory) throws IOException {
        long[] times = new long[FORCES];
        try (FileChannel disk = FileChannel.open(
                directory.resolve("appended"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < times.length; i++) {
                long before = System.nanoTime();
                disk.write(ByteBuffer.allocate(RECORD_BYTES));
                disk.force(false);
                times[i] = System.nanoTime() - before;
            }
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "%d bytes appended to a file in %s and forced: p50 %.0f µs, p99 %.0f µs%n",
                RECORD_BYTES,
                directory,
                times[times.length / 2] / 1e3,
                times[times.length * 99 / 100] / 1e3);
    }

    private void listRoutes(Path work, Path journals) throws IOException {
        Path certificate = work.resolve("server.pem");
        ClientOptions plain = ClientOptions.defaults();
        ClientOptions encrypted =
                plain.withAccess(Access.open().withTls(Access.Tls.standard().withTrust(certificate)));
        String[] tls = {
            "--tls-cert",
            certificate.toString(),
            "--tls-key",
            work.resolve("server.key").toString()
        };

        for (StepTransport call : StepTransport.values()) {
            for (int lanes : LANES) {
                routes.add(new Route(
                        "in process | %s | %d".formatted(named(call), lanes),
                        () -> new TeamAtPlay(
                                EnvironmentClient.embedded(plain.withTransport(call)), environment, lanes)));
            }
        }
        add("unix", plain, LANES, "--uds", work.resolve("socket").toString());
        add("tcp", plain, LANES, "--port", "0");
        add("tcp, tls", encrypted, LANES, "--port", "0", tls[0], tls[1], tls[2], tls[3]);
        add(
                "tcp, journal",
                plain,
                JOURNALED_LANES,
                "--port",
                "0",
                "--state-dir",
                journals.resolve("safe").toString());
        add(
                "tcp, journal up to 50 ms late",
                plain,
                JOURNALED_LANES,
                "--port",
                "0",
                "--state-dir",
                journals.resolve("late").toString(),
                "--set",
                "state.lossMillis=50");
        ServerProcess ticks = new ServerProcess(TickByTick.class.getName(), environment);
        servers.add(ticks);
        routes.add(new Route("tcp, tick by tick | bare stream | 1", () -> new TickByTick(ticks.target(), environment)));
    }

    private void add(String name, ClientOptions options, int[] lanes, String... flags) throws IOException {
        ServerProcess server = ServerProcess.macenv(flags);
        servers.add(server);
        for (StepTransport call : StepTransport.values()) {
            for (int count : lanes) {
                routes.add(new Route(
                        "%s | %s | %d".formatted(name, named(call), count),
                        () -> new TeamAtPlay(
                                EnvironmentClient.connect(server.target(), options.withTransport(call)),
                                environment,
                                count)));
            }
        }
    }

    private static String named(StepTransport call) {
        return call == StepTransport.STREAM ? "Play" : call.name().toLowerCase(Locale.ROOT);
    }

    private void compare(int rounds) throws IOException {
        Map<Route, List<Turn>> turns = new LinkedHashMap<>();
        for (Route route : routes) {
            turns.put(route, new ArrayList<>());
            turn(route);
        }
        for (int round = 0; round < rounds; round++) {
            for (Route route : routes) {
                requireNonNull(turns.get(route)).add(turn(route));
            }
        }
        System.out.printf(
                "%n| route | call | lanes | round trips/s | decision events/s | slowest and fastest turn | p50 | p99 |%n|---|---|---|---|---|---|---|---|%n");
        turns.forEach((route, measured) -> {
            double[] events = measured.stream()
                    .mapToDouble(Turn::eventsPerSecond)
                    .sorted()
                    .toArray();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f | %,.0f to %,.0f | %.0f µs | %.0f µs |%n",
                    route.name(),
                    median(measured.stream().mapToDouble(Turn::tripsPerSecond).toArray()),
                    median(events),
                    events[0],
                    events[events.length - 1],
                    median(measured.stream()
                            .mapToDouble(turn -> turn.microseconds(0.5))
                            .toArray()),
                    median(measured.stream()
                            .mapToDouble(turn -> turn.microseconds(0.99))
                            .toArray()));
        });
    }

    /** Plays for a while on a new session; the first third warms up and does not count. */
    private Turn turn(Route route) throws IOException {
        try (RoundTrips trips = route.opening().open()) {
            for (long start = System.nanoTime(); System.nanoTime() - start < seconds / 3 * 1e9; ) {
                trips.make();
            }
            long[] times = new long[1 << 16];
            int made = 0;
            long events = 0;
            long start = System.nanoTime();
            long before = start;
            while (before - start < seconds * 1e9) {
                events += trips.make();
                long now = System.nanoTime();
                if (made == times.length) {
                    times = Arrays.copyOf(times, 2 * made);
                }
                times[made++] = now - before;
                before = now;
            }
            long[] sorted = Arrays.copyOf(times, made);
            Arrays.sort(sorted);
            return new Turn((before - start) / 1e9, events, sorted);
        }
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
