package dev.macenv.bench;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.ClientOptions.StepTransport;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.env.SplitMix64;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Round trips to an environment server under a uniformly random team, through the Java client. The operation is one request and its answer; the secondary results count decision events
 * (rows of answers) and the ticks that they cover. Over sockets the server is a process of its own. Add {@code -bm sample -tu us} for the distribution of the round trip's time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WireBenchmark {
    @Param({"inprocess", "uds", "tcp"})
    public String transport = "";

    @Param({"UNARY", "STREAM"})
    public StepTransport call = StepTransport.STREAM;

    @Param({"1", "32"})
    public int lanes;

    @Param("bp-10")
    public String environment = "";

    private final SplitMix64 random = new SplitMix64(1);
    private final Decisions decisions = new Decisions();
    private Optional<Process> server = Optional.empty();
    private Optional<Path> directory = Optional.empty();
    private Optional<EnvironmentClient> client = Optional.empty();
    private Optional<Session> session = Optional.empty();
    private Optional<Events> last = Optional.empty();

    /** What the answers brought. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Brought {
        public long events;
        public long ticks;
    }

    @Setup
    public void connect() throws IOException {
        ClientOptions options = ClientOptions.defaults().withTransport(call);
        EnvironmentClient connected = transport.equals("inprocess")
                ? EnvironmentClient.embedded(options)
                : EnvironmentClient.connect(startServer(), options);
        client = Optional.of(connected);
        Session created = connected.createSession(
                SessionOptions.of(environment).withLanes(lanes).withSeeds(7L));
        session = Optional.of(created);
        last = Optional.of(created.step(decisions.clear()));
    }

    /** Starts {@code macenv serve} and returns the target that it prints when it is ready. */
    private String startServer() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.macenv.server.cli.Macenv",
                "serve"));
        if (transport.equals("uds")) {
            Path made = Files.createTempDirectory("macenv-bench");
            directory = Optional.of(made);
            command.addAll(List.of("--uds", made.resolve("socket").toString()));
        } else {
            command.addAll(List.of("--port", "0"));
        }
        Process started = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        server = Optional.of(started);
        BufferedReader out = started.inputReader();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended before it was ready");
        }
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    @Benchmark
    public Events roundTrip(Brought brought) {
        Events answered = last.orElseThrow();
        decisions.clear();
        for (int row = 0; row < answered.rows(); row++) {
            for (int agent = 0; agent < answered.spec().size(); agent++) {
                if (answered.pending(row, agent)) {
                    int actions = answered.spec().actionCount(agent);
                    decisions.add(answered.lane(row), agent, random.nextInt(actions));
                }
            }
        }
        Events events = session.orElseThrow().step(decisions);
        for (int row = 0; row < events.rows(); row++) {
            brought.ticks += events.jointTau(row);
        }
        brought.events += events.rows();
        last = Optional.of(events);
        return events;
    }

    @TearDown
    public void disconnect() throws IOException, InterruptedException {
        session.ifPresent(Session::close);
        client.ifPresent(EnvironmentClient::close);
        if (server.isPresent()) {
            server.get().destroy();
            server.get().waitFor();
        }
        if (directory.isPresent()) {
            Files.deleteIfExists(directory.get().resolve("socket"));
            Files.deleteIfExists(directory.get());
        }
    }
}
