package dev.macenv.client;

import org.jspecify.annotations.Nullable;

/**
 * The server refused the request and changed nothing; a correct request succeeds. INVALID_ARGUMENT, NOT_FOUND,
 * ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED.
 */
public final class RequestRefusedException extends MacenvException {

    private static final long serialVersionUID = 1L;

    RequestRefusedException(Failure failure, @Nullable Throwable cause) {
        super(failure, cause);
    }
}
