package dev.macenv.server.session;

import java.util.List;

/**
 * Rows of events as columns, laid out as {@code macenv.v1.EventBatch} documents them: little-endian slabs, row-major, agents
 * in seat order, one observation and one mask slab per group. The arrays belong to the batch and are never changed after
 * it is built; readers must not change them either.
 *
 * @param rows number of rows k, never to be derived from a length
 * @param lane [k]
 * @param episode [k]
 * @param tick [k]
 * @param kind [k] codes of {@link EventKind}
 * @param status [k, n] codes of {@link AgentStatus}
 * @param observations per group [k, n_g, O_g] float32
 * @param legal per group [k, n_g, A_g] 0 or 1
 * @param jointReward [k] discounted reward since the lane's previous row
 * @param jointTau [k] ticks since the lane's previous row
 * @param agentReward [k, n] float64, discounted reward since the agent's macro-action began
 * @param agentTau [k, n] int32, ticks since the agent's macro-action began
 * @param state [k, S] float32, or empty
 * @param macroState [k, n, S] float32, or empty
 * @param currentAction [k, n] int32, or empty
 * @param rewardTrace [sum of jointTau] float64, or empty
 * @param absent [k, n] 1 if the server chose the macro-action in force, or empty if it chose none
 * @param ended one entry for each END row
 * @param faults one entry for each FAULT row
 * @param started one entry for each START row
 */
public record EventBatch(
        int rows,
        int[] lane,
        int[] episode,
        int[] tick,
        byte[] kind,
        byte[] status,
        List<byte[]> observations,
        List<byte[]> legal,
        double[] jointReward,
        int[] jointTau,
        byte[] agentReward,
        byte[] agentTau,
        byte[] state,
        byte[] macroState,
        byte[] currentAction,
        byte[] rewardTrace,
        byte[] absent,
        List<EpisodeSummary> ended,
        List<LaneFault> faults,
        List<EpisodeStart> started) {}
