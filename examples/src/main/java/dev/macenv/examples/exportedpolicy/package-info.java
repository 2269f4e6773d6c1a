/**
 * Acting with a policy that {@code avf export} wrote, without the program that trained it: ONNX Runtime computes, the agent client plays.
 * Start at {@link dev.macenv.examples.exportedpolicy.ActWithExportedPolicy}, then see how {@link
 * dev.macenv.examples.exportedpolicy.OnnxPolicy} carries the hidden states.
 */
@NullMarked
package dev.macenv.examples.exportedpolicy;

import org.jspecify.annotations.NullMarked;
