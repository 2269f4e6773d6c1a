package dev.macenv.client;

import org.jspecify.annotations.Nullable;

/** The server is full or a quota is used up; trying again later may help. RESOURCE_EXHAUSTED. */
public final class LimitReachedException extends MacenvException {

    private static final long serialVersionUID = 1L;

    LimitReachedException(Failure failure, @Nullable Throwable cause) {
        super(failure, cause);
    }
}
