/**
 * The first program to read: a team of random agents, in a few lines. Shows what every client does: create a session,
 * step, decide for whoever is pending. Start at {@link dev.macenv.examples.quickstart.Quickstart}.
 */
@NullMarked
package dev.macenv.examples.quickstart;

import org.jspecify.annotations.NullMarked;
