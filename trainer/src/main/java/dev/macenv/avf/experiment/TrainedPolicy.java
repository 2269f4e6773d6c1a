package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.client.TeamSpec;

/**
 * The policy of a run's newest checkpoint, with what is known of where it comes from.
 *
 * @param experiment what was run, such as {@code bp-10/avf-vdn}
 * @param algorithm name of the {@link dev.macenv.avf.algorithm.AlgorithmProvider}
 * @param seed the run's seed
 * @param episodes training episodes so far
 * @param updates gradient steps so far
 * @param version this program's
 * @param team the environment with the settings in force
 * @param policy acts with the networks
 */
public record TrainedPolicy(
        String experiment,
        String algorithm,
        long seed,
        long episodes,
        long updates,
        String version,
        TeamSpec team,
        TeamPolicy policy) {}
