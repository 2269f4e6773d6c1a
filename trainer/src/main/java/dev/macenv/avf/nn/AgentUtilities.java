package dev.macenv.avf.nn;

import org.jspecify.annotations.Nullable;

/**
 * What an agent's network says about packed decisions.
 *
 * @param q utilities of the macro-actions, {@code [M, A]}
 * @param v the value head, {@code [M, 1]}; null without a dueling head
 */
public record AgentUtilities(Node q, @Nullable Node v) {}
