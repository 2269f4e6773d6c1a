package dev.macenv.client;

import org.jspecify.annotations.Nullable;

/** The server or the environment does not have this optional feature, or does not speak macenv.v1. UNIMPLEMENTED. */
public final class FeatureAbsentException extends MacenvException {

    private static final long serialVersionUID = 1L;

    FeatureAbsentException(Failure failure, @Nullable Throwable cause) {
        super(failure, cause);
    }
}
