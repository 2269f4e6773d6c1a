package dev.macenv.client;

import org.jspecify.annotations.Nullable;

/** A defect on the other side. INTERNAL, DATA_LOSS, UNKNOWN. */
public final class ServerFailureException extends MacenvException {

    private static final long serialVersionUID = 1L;

    ServerFailureException(Failure failure, @Nullable Throwable cause) {
        super(failure, cause);
    }
}
