package dev.macenv.avf.mixer;

import dev.macenv.avf.nn.Node;

/**
 * What a mixer sees of N squeezed rows.
 *
 * @param utilities q_i of the macro-actions in force, {@code [N, n]}
 * @param references v_i as {@link Mixer#references} asks for, {@code [N, n]}
 * @param state the mixer's state x, {@code [N, X]}
 * @param actions one-hots of the macro-actions in force, agents side by side, {@code [N, |M_1| + ... + |M_n|]}
 */
public record MixerInput(Node utilities, Node references, Node state, Node actions) {}
