package dev.macenv.avf.config;

import dev.macenv.avf.algorithm.ExplorationSettings;

/**
 * What every experiment has, whatever its algorithm; the algorithm's own record shares the YAML's top level with this one.
 *
 * @param algorithm name of the {@link dev.macenv.avf.algorithm.AlgorithmProvider}
 * @param environment what is trained on
 * @param discount gamma per tick, in [0, 1]
 * @param lanes independent copies of the environment that are played side by side, at least 1
 * @param recordEveryTick whether episodes hold the state after every tick instead of at decisions only
 * @param training how much
 * @param exploration how training explores
 * @param evaluation how the greedy policy is measured
 */
public record ExperimentSettings(
        String algorithm,
        EnvironmentSettings environment,
        double discount,
        int lanes,
        boolean recordEveryTick,
        TrainingSettings training,
        ExplorationSettings exploration,
        EvaluationSettings evaluation) {

    /** Checks the ranges. */
    public ExperimentSettings {
        Ranges ranges = new Ranges();
        ranges.between("discount", discount, 0, 1);
        ranges.between("lanes", lanes, 1, 4096);
        ranges.report();
    }
}
