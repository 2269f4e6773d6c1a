package dev.macenv.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The utilities' share of an unsqueezed update on ND4J's SameDiff: two agents' networks of width 64 over 64 sequences of 25 decisions, the chosen utilities summed, the
 * gradients of the squared error. It leaves out the target networks, the mixer and the optimiser, which {@link UpdateBenchmark} contains. The recurrent layer is ND4J's
 * fused GRU operation. Run it with {@code OMP_NUM_THREADS=1}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class SameDiffBenchmark {
    private static final int STEPS = 25;
    private static final int BATCH = 64;
    private static final int WIDTH = 64;
    private static final int OBSERVATION = 5;
    private static final int ACTIONS = 4;

    private Optional<SameDiff> graph = Optional.empty();
    private final List<String> parameters = new ArrayList<>();
    private Map<String, INDArray> inputs = Map.of();

    @Setup
    public void build() {
        SameDiff sd = SameDiff.create();
        SDVariable target = sd.placeHolder("target", DataType.FLOAT, STEPS * BATCH, 1);
        SDVariable total = utilities(sd, 0).add(utilities(sd, 1));
        SDVariable error = total.sub(target);
        SDVariable loss = sd.mean("loss", error.mul(error));
        sd.setLossVariables(loss.name());
        graph = Optional.of(sd);
        inputs = Map.of(
                "observation0", Nd4j.rand(DataType.FLOAT, STEPS * BATCH, OBSERVATION),
                "observation1", Nd4j.rand(DataType.FLOAT, STEPS * BATCH, OBSERVATION),
                "chosen0", Nd4j.rand(DataType.FLOAT, STEPS * BATCH, ACTIONS),
                "chosen1", Nd4j.rand(DataType.FLOAT, STEPS * BATCH, ACTIONS),
                "target", Nd4j.rand(DataType.FLOAT, STEPS * BATCH, 1));
    }

    private SDVariable utilities(SameDiff sd, int agent) {
        SDVariable x = sd.placeHolder("observation" + agent, DataType.FLOAT, STEPS * BATCH, OBSERVATION);
        SDVariable chosen = sd.placeHolder("chosen" + agent, DataType.FLOAT, STEPS * BATCH, ACTIONS);
        x = sd.nn().leakyRelu(linear(sd, agent + "before0", x, OBSERVATION, WIDTH), 0.01);
        x = sd.nn().leakyRelu(linear(sd, agent + "before1", x, WIDTH, WIDTH), 0.01);
        SDVariable sequence = sd.reshape(x, STEPS, BATCH, WIDTH);
        SDVariable start = sd.constant(Nd4j.zeros(DataType.FLOAT, BATCH, WIDTH));
        SDVariable hidden = sd.rnn()
                .gru(
                        sequence,
                        start,
                        parameter(sd, agent + "wx", WIDTH, 3 * WIDTH),
                        parameter(sd, agent + "wh", WIDTH, 3 * WIDTH),
                        parameter(sd, agent + "b", 3 * WIDTH));
        x = sd.reshape(hidden, STEPS * BATCH, WIDTH);
        x = sd.nn().leakyRelu(linear(sd, agent + "after0", x, WIDTH, WIDTH), 0.01);
        return linear(sd, agent + "q", x, WIDTH, ACTIONS).mul(chosen).sum(true, 1);
    }

    private SDVariable linear(SameDiff sd, String name, SDVariable x, int in, int out) {
        return x.mmul(parameter(sd, name + "w", in, out)).add(parameter(sd, name + "b", out));
    }

    private SDVariable parameter(SameDiff sd, String name, int... shape) {
        long[] sizes = new long[shape.length];
        for (int d = 0; d < shape.length; d++) {
            sizes[d] = shape[d];
        }
        parameters.add("p" + name);
        return sd.var("p" + name, Nd4j.rand(DataType.FLOAT, sizes).subi(0.5).muli(0.2));
    }

    @Benchmark
    public Object gradients() {
        return graph.orElseThrow().calculateGradients(inputs, parameters);
    }
}
