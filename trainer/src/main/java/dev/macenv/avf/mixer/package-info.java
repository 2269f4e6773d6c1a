/**
 * Mixers: how the agents' utilities become one joint value (VDN, QMIX, QPLEX).
 *
 * <p>A mixer is found by name through {@link dev.macenv.avf.mixer.MixerProvider} and composes operations of {@code nn.Tape}; each reads like its
 * equations. Uses {@code engine} and {@code nn} only. Start at {@link dev.macenv.avf.mixer.Mixer}.
 */
@NullMarked
package dev.macenv.avf.mixer;

import org.jspecify.annotations.NullMarked;
