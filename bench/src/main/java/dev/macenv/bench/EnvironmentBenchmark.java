package dev.macenv.bench;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SplitMix64;
import dev.macenv.server.catalog.Catalog;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Joint steps of an environment in process, on one thread, under a uniformly random team: choosing, stepping, resetting at the end of each episode, and reading what a learner reads, the
 * macro-observation of every agent whose macro-action ended. Operations are joint steps. Add {@code -prof gc} to see that nothing is allocated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EnvironmentBenchmark {
    private static final int STEPS = 1000;

    @Param({"bp-10", "bp-30", "bp-10-prim", "wtd-s", "wtd-t1", "ct-10"})
    public String environment = "";

    private Optional<MacDecPomdp> made = Optional.empty();
    private final SplitMix64 random = new SplitMix64(1);
    private int[] choices = {};
    private int[] requests = {};
    private double[] observation = {};
    private long seed;

    @Setup
    public void begin() {
        MacDecPomdp lane = Catalog.load().create(environment, Map.of());
        choices = lane.spec().agents().stream()
                .mapToInt(agent -> agent.macroActions().size())
                .toArray();
        requests = new int[choices.length];
        observation = new double
                [lane.spec().agents().stream()
                        .mapToInt(agent -> agent.observationSize())
                        .max()
                        .orElse(0)];
        lane.reset(seed++);
        made = Optional.of(lane);
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public double steps() {
        MacDecPomdp lane = made.orElseThrow();
        double sum = 0;
        for (int i = 0; i < STEPS; i++) {
            if (lane.terminated() || lane.truncated()) {
                lane.reset(seed++);
            }
            for (int agent = 0; agent < requests.length; agent++) {
                if (lane.ended(agent)) {
                    lane.macroObservation(agent, observation, 0);
                    requests[agent] = random.nextInt(choices[agent]);
                }
            }
            lane.step(requests);
            sum += lane.reward() + observation[0];
        }
        return sum;
    }
}
