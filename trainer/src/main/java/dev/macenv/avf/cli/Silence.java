package dev.macenv.avf.cli;

import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.metric.MetricSink;

/** Shows nothing. */
enum Silence implements MetricSink {
    /** The only one. */
    SINK;

    @Override
    public void write(Measurement measurement) {}

    @Override
    public void close() {}
}
