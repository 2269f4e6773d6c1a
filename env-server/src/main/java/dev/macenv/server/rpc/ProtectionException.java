package dev.macenv.server.rpc;

import java.io.IOException;

/** A file of a {@link Protection} that cannot be used; the message says which and why, and repeats no secret. */
public final class ProtectionException extends IOException {
    private static final long serialVersionUID = 1L;

    ProtectionException(String message, Exception cause) {
        super(message, cause);
    }
}
