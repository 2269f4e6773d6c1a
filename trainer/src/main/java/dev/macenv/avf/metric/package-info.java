/**
 * Metrics of a training run and where they go: JSON lines, CSV, the terminal.
 *
 * <p>A {@link dev.macenv.avf.metric.Measurement} is taken at every evaluation; {@link dev.macenv.avf.metric.MetricSink}s
 * receive all of them in order. The package knows nothing of learners or environments.
 */
@NullMarked
package dev.macenv.avf.metric;

import org.jspecify.annotations.NullMarked;
