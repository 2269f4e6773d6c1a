package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.nn.AgentNetwork;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Optimizer;
import dev.macenv.avf.nn.OptimizerSettings;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.random.RandomGenerator;

/** A network with its own parameters, optimiser and tape: one actor or one critic. */
final class TrainedNetwork {
    final Parameters parameters;
    final AgentNetwork network;
    final Tape tape;
    private final Optimizer optimizer;
    private final OptimizerSettings.Anneal anneal;

    TrainedNetwork(
            String name,
            int inputs,
            int outputs,
            NetworkSettings network,
            OptimizerSettings optimizer,
            Engine engine,
            RandomGenerator init) {
        this.parameters = new Parameters(engine);
        this.network = new AgentNetwork(name, inputs, outputs, network, parameters, init);
        this.tape = Tape.differentiating(engine);
        this.optimizer = optimizer.create(parameters);
        this.anneal = optimizer.anneal();
    }

    /** Makes one step down the gradient of a loss on this network's tape, so many episodes after training started, and returns the gradient's norm. */
    double descend(Node loss, double episodesSinceStart) {
        parameters.zeroGradients();
        tape.backward(loss);
        return optimizer.step(anneal.share(episodesSinceStart));
    }

    void save(DataOutput out) throws IOException {
        parameters.save(out);
        optimizer.save(out);
    }

    void load(DataInput in) throws IOException {
        parameters.load(in);
        optimizer.load(in);
    }
}
