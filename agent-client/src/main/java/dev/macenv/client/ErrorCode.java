package dev.macenv.client;

/** The gRPC codes that the protocol uses. */
public enum ErrorCode {
    /** The request is wrong in itself. */
    INVALID_ARGUMENT,
    /** What it names does not exist. */
    NOT_FOUND,
    /** What it wants is taken. */
    ALREADY_EXISTS,
    /** Not allowed to this grant. */
    PERMISSION_DENIED,
    /** No valid credential. */
    UNAUTHENTICATED,
    /** Not now: something else has to happen first. */
    FAILED_PRECONDITION,
    /** It collided with another request. */
    ABORTED,
    /** A limit is reached. */
    RESOURCE_EXHAUSTED,
    /** The server does not have this feature. */
    UNIMPLEMENTED,
    /** A defect of the server or an environment. */
    INTERNAL,
    /** Data are damaged. */
    DATA_LOSS,
    /** The server cannot be reached, or is going down. */
    UNAVAILABLE,
    /** It took too long. */
    DEADLINE_EXCEEDED,
    /** Anything else; the protocol never sends it. */
    UNKNOWN
}
