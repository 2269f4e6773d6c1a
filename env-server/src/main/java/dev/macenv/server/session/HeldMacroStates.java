package dev.macenv.server.session;

/**
 * The macro-states now, one row per lane.
 *
 * @param rows number of rows k
 * @param lane [k]
 * @param episode [k]
 * @param tick [k]
 * @param macroState [k, n, S] float32; one row read as one vector is the joint macro-state
 * @param state [k, S] float32, or empty
 */
public record HeldMacroStates(int rows, int[] lane, int[] episode, int[] tick, byte[] macroState, byte[] state) {}
