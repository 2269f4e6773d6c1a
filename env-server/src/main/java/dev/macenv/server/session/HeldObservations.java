package dev.macenv.server.session;

import java.util.List;

/**
 * What agents hold now, one row per lane; columns laid out as in {@link EventBatch}.
 *
 * @param rows number of rows k
 * @param lane [k]
 * @param episode [k]
 * @param tick [k]
 * @param laneState [k] codes of {@link LaneState}
 * @param status [k, n]
 * @param pending [k, n] 1 if the seat owes a decision now
 * @param observations per group [k, n_g, O_g] float32
 * @param legal per group [k, n_g, A_g]
 * @param currentAction [k, n] int32: the one decided for the next tick, else the one in force; -1 for none
 */
public record HeldObservations(
        int rows,
        int[] lane,
        int[] episode,
        int[] tick,
        byte[] laneState,
        byte[] status,
        byte[] pending,
        List<byte[]> observations,
        List<byte[]> legal,
        byte[] currentAction) {}
