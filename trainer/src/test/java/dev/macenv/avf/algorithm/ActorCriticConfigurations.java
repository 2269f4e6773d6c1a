package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.MacActorCriticSettings.ActorSettings;
import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticInput;
import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticSettings;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Entropy;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;
import java.util.List;

/** Small configurations of the actor-critic family, to be changed one thing at a time. */
final class ActorCriticConfigurations {
    final Method method;
    EngineType engine = EngineType.REFERENCE;
    double discount = 0.9;
    boolean closeOnTerminal = true;
    boolean timeoutIsTerminal = false;
    NetworkSettings actorNetwork = new NetworkSettings(
            List.of(5), 4, List.of(3), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
    NetworkSettings criticNetwork = new NetworkSettings(
            List.of(5), 4, List.of(3), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
    double actorRate = 1e-2;
    double criticRate = 1e-2;
    Entropy entropy = new Entropy(0, 0, 1);
    boolean conditionalLikelihood = true;
    CriticInput input = CriticInput.HISTORY;
    int iterations = 1;
    int steps = 1;
    TargetSettings target = new TargetSettings(1, 2);
    ExplorationSettings exploration = new ExplorationSettings(0.4, 0.1, 100, ProgressUnit.EPISODES, false);

    ActorCriticConfigurations(Method method) {
        this.method = method;
    }

    MacActorCriticSettings build() {
        return new MacActorCriticSettings(
                engine,
                discount,
                method,
                new SqueezeSettings(
                        Rewards.JOINT,
                        Discounting.GAMMA_TAU,
                        Recurrence.HOLD,
                        SqueezeSettings.BurnIn.NONE,
                        closeOnTerminal,
                        timeoutIsTerminal),
                new ActorSettings(actorNetwork, adam(actorRate), entropy, conditionalLikelihood),
                new CriticSettings(input, criticNetwork, adam(criticRate), iterations, steps),
                target,
                exploration);
    }

    private static OptimizerSettings adam(double learningRate) {
        return new OptimizerSettings(OptimizerSettings.Name.ADAM, learningRate, 0, OptimizerSettings.Anneal.NONE);
    }
}
