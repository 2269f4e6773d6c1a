package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.UpdateSettings.Scheme;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.ReplaySettings;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;
import java.util.List;
import java.util.Map;

/** Small configurations for tests: the defaults of the project with tiny networks, to be changed one thing at a time. */
final class Configurations {
    static final Map<String, Object> VDN = Map.of("name", "vdn", "state", "NONE", "stateEncoder", 0L);
    static final Map<String, Object> QMIX = Map.of(
            "name",
            "qmix",
            "state",
            "JOINT_MACRO",
            "stateEncoder",
            0L,
            "embed",
            3L,
            "hypernetEmbed",
            4L,
            "hypernetLayers",
            2L);
    static final SqueezeSettings SQUEEZE = new SqueezeSettings(
            Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, false);

    EngineType engine = EngineType.REFERENCE;
    double discount = 0.9;
    ReplaySettings replay = new ReplaySettings(
            50, 8, 6, ReplaySettings.Unit.TICKS, ReplaySettings.Sampling.WINDOW, new ReplaySettings.Balance(0, 1));
    SqueezeSettings squeeze = SQUEEZE;
    boolean recordEveryTick = false;
    double rewardScale = 1;
    InputSettings input = new InputSettings(false, false);
    boolean shareAgents = false;
    NetworkSettings network = new NetworkSettings(
            List.of(5), 4, List.of(3), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
    Map<String, Object> mixer = VDN;
    Scheme scheme = Scheme.ALL;
    Loss loss = Loss.SQUARED;
    OptimizerSettings optimizer =
            new OptimizerSettings(OptimizerSettings.Name.ADAM, 1e-2, 0, OptimizerSettings.Anneal.NONE);
    HysteresisSettings hysteresis = new HysteresisSettings(1, 1, 0);
    TargetSettings target = new TargetSettings(0.9, 0);
    ExplorationSettings exploration = new ExplorationSettings(1, 0.05, 100, ProgressUnit.EPISODES, true);

    static Map<String, Object> qplex(String adv, boolean stopGrad) {
        return Map.of(
                "name",
                "qplex",
                "state",
                "JOINT_MACRO",
                "stateEncoder",
                0L,
                "hypernetEmbed",
                4L,
                "attentionEmbed",
                3L,
                "attentionLayers",
                2L,
                "heads",
                2L,
                "adv",
                adv,
                "stopGrad",
                stopGrad);
    }

    static NetworkSettings dueling() {
        return new NetworkSettings(
                List.of(5), 4, List.of(3), Dueling.MEAN, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
    }

    FactoredSettings build() {
        return new FactoredSettings(
                engine,
                discount,
                replay,
                squeeze,
                recordEveryTick,
                rewardScale,
                input,
                shareAgents,
                network,
                mixer,
                new UpdateSettings(scheme),
                loss,
                optimizer,
                hysteresis,
                target,
                exploration);
    }
}
