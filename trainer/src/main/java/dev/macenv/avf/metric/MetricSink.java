package dev.macenv.avf.metric;

/** Receives the measurements of one run in order. Used by one thread; the run closes it. */
public interface MetricSink extends AutoCloseable {

    /** Takes the next measurement. */
    void write(Measurement measurement);

    @Override
    void close();
}
