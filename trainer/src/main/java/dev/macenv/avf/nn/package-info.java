/**
 * Networks and what trains them: parameters as one flat vector, a tape that differentiates, layers, the agents' recurrent network, optimisers.
 *
 * <p>Uses {@code engine} only. Start at {@link dev.macenv.avf.nn.AgentNetwork} for the network of an agent, at {@link dev.macenv.avf.nn.Tape} for
 * how gradients come about.
 */
@NullMarked
package dev.macenv.avf.nn;

import org.jspecify.annotations.NullMarked;
