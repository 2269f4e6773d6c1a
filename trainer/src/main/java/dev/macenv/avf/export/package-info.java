/**
 * Trained policies for other programs: as ONNX for any language, as SameDiff for Deeplearning4j, with a manifest that says what goes in and
 * what comes out.
 *
 * <p>Start at {@link dev.macenv.avf.export.PolicyExport}. Learners describe their networks as plain numbers ({@link
 * dev.macenv.avf.algorithm.PolicyDescription}); a {@link dev.macenv.avf.export.NetworkFormat} writes such a network into a file. May use
 * {@code algorithm}, {@code nn}, {@code engine}'s activations, {@code experiment} and the client's records; and ND4J, which brings both SameDiff and ONNX's
 * message classes.
 */
@NullMarked
package dev.macenv.avf.export;

import org.jspecify.annotations.NullMarked;
