package dev.macenv.client;

import org.jspecify.annotations.Nullable;

/** The credential, token, seat or view does not suffice. PERMISSION_DENIED, UNAUTHENTICATED. */
public final class AccessDeniedException extends MacenvException {

    private static final long serialVersionUID = 1L;

    AccessDeniedException(Failure failure, @Nullable Throwable cause) {
        super(failure, cause);
    }
}
