package dev.macenv.avf.metric;

/** Receives the measurements of one run in order. Used by one thread; the run closes it. */
public interface MetricSink extends AutoCloseable {

    /** A sink that drops everything. */
    static MetricSink silent() {
        return Silence.SINK;
    }

    /** Takes the next measurement. */
    void write(Measurement measurement);

    @Override
    void close();
}
