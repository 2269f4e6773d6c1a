package dev.macenv.client;

import java.time.Duration;

/**
 * How a client talks to a server.
 *
 * @param attemptTimeout how long one attempt at a call may take before it is tried again; positive
 * @param patience how long a call is tried again after failures of the connection before it fails for good; a step that
 *     waits for other players is not a failure as long as the server answers; not negative
 * @param stepTimeout how long a step may take in all, waiting for other players included; positive
 * @param transport how steps travel; the results are the same
 * @param access encryption and credentials
 */
public record ClientOptions(
        Duration attemptTimeout, Duration patience, Duration stepTimeout, StepTransport transport, Access access) {

    /** Checks the ranges. */
    public ClientOptions {
        requirePositive("attemptTimeout", attemptTimeout);
        requirePositive("stepTimeout", stepTimeout);
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: not negative)");
        }
    }

    /** Attempts of 30 seconds, 2 minutes of patience, 10 minutes for a step, one stream for all steps, plain text. */
    public static ClientOptions defaults() {
        return new ClientOptions(
                Duration.ofSeconds(30),
                Duration.ofMinutes(2),
                Duration.ofMinutes(10),
                StepTransport.STREAM,
                Access.open());
    }

    /** The same with another {@link #attemptTimeout}. */
    public ClientOptions withAttemptTimeout(Duration value) {
        return new ClientOptions(value, patience, stepTimeout, transport, access);
    }

    /** The same with another {@link #patience}. */
    public ClientOptions withPatience(Duration value) {
        return new ClientOptions(attemptTimeout, value, stepTimeout, transport, access);
    }

    /** The same with another {@link #stepTimeout}. */
    public ClientOptions withStepTimeout(Duration value) {
        return new ClientOptions(attemptTimeout, patience, value, transport, access);
    }

    /** The same with another {@link #transport}. */
    public ClientOptions withTransport(StepTransport value) {
        return new ClientOptions(attemptTimeout, patience, stepTimeout, value, access);
    }

    /** The same with another {@link #access}. */
    public ClientOptions withAccess(Access value) {
        return new ClientOptions(attemptTimeout, patience, stepTimeout, transport, value);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: positive)");
        }
    }

    /** How steps travel. */
    public enum StepTransport {
        /** On one long-lived stream for each session ({@code Play}); the faster one. */
        STREAM,
        /** As one call each ({@code Step}). */
        UNARY
    }
}
