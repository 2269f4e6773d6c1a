package dev.macenv.bench;

/** A loop over a wire, round trip by round trip. */
interface RoundTrips extends AutoCloseable {
    /** Sends what is due and waits for the answer; returns the number of decision events that it brought. */
    int make();

    @Override
    void close();
}
