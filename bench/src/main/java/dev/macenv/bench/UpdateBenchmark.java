package dev.macenv.bench;

import dev.macenv.avf.algorithm.FactoredLearner;
import dev.macenv.avf.algorithm.FactoredSettings;
import dev.macenv.avf.config.ConfigLibrary;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * One whole update: sampling, squeezing, online and target forward passes, backward pass, Adam, Polyak; 64 windows of 25 ticks and networks of width 64, the
 * paper's sizes, on one thread. {@code bp-10} has real squeezed batches of random play; in {@code bp-10-prim} every tick is a row, so nothing is squeezed.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class UpdateBenchmark {
    @Param({"avf-vdn", "avf-qmix", "avf-qplex"})
    public String algorithm = "";

    @Param({"bp-10", "bp-10-prim"})
    public String environment = "";

    private Optional<FactoredLearner> learner = Optional.empty();
    private final SplittableRandom replay = new SplittableRandom(1);

    @Setup
    public void fillBuffer() {
        List<String> sizes = List.of(
                "replay.batch=64",
                "replay.window=25",
                "network.before=[64, 64]",
                "network.recurrent=64",
                "network.after=[64]");
        FactoredSettings settings =
                (FactoredSettings) ConfigLibrary.resolve("bp-10/" + algorithm, Optional.empty(), sizes)
                        .learner();
        Play play = new Play(environment, new SplittableRandom(2));
        FactoredLearner made = new FactoredLearner(settings, play.shape(), new SplittableRandom(3));
        for (int e = 0; e < 500; e++) {
            made.observe(play.episode());
        }
        learner = Optional.of(made);
    }

    @Benchmark
    public Object update() {
        return learner.orElseThrow().update(1000, replay);
    }
}
