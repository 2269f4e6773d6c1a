package dev.macenv.server.session;

/**
 * Why a request was refused: stable names that programs may rely on, the same as {@code macenv.v1.ErrorReason} without
 * its prefix, which documents each and its metadata. Each belongs to one {@link Category}, which is named after the
 * canonical status code that it becomes on the wire.
 */
public enum Reason {
    INVALID_FIELD(Category.INVALID_ARGUMENT),
    ACTION_OUT_OF_RANGE(Category.INVALID_ARGUMENT),
    ACTION_ILLEGAL(Category.FAILED_PRECONDITION),
    SEAT_ONGOING(Category.FAILED_PRECONDITION),
    NO_FALLBACK(Category.FAILED_PRECONDITION),
    SEAT_NOT_GRANTED(Category.PERMISSION_DENIED),
    OWNER_ONLY(Category.PERMISSION_DENIED),
    UNAUTHENTICATED(Category.UNAUTHENTICATED),
    ENVIRONMENT_NOT_FOUND(Category.NOT_FOUND),
    SESSION_CLOSED(Category.NOT_FOUND),
    RECORDING_NOT_FOUND(Category.NOT_FOUND),
    SNAPSHOT_NOT_FOUND(Category.NOT_FOUND),
    SEAT_TAKEN(Category.ALREADY_EXISTS),
    STEP_ID_MISMATCH(Category.ABORTED),
    STEP_ID_REUSED(Category.ABORTED),
    STEP_IN_FLIGHT(Category.ABORTED),
    SUPERSEDED(Category.ABORTED),
    REQUEST_ID_REUSED(Category.ABORTED),
    LANE_ENDED(Category.FAILED_PRECONDITION),
    LANE_FAULTED(Category.FAILED_PRECONDITION),
    SEATS_MISSING(Category.FAILED_PRECONDITION),
    SNAPSHOT_MISMATCH(Category.FAILED_PRECONDITION),
    SNAPSHOT_CORRUPT(Category.DATA_LOSS),
    CAPACITY_REACHED(Category.RESOURCE_EXHAUSTED),
    QUOTA_REACHED(Category.RESOURCE_EXHAUSTED),
    TOO_MANY_OUTSTANDING(Category.RESOURCE_EXHAUSTED),
    RESPONSE_TOO_LARGE(Category.RESOURCE_EXHAUSTED),
    ENVIRONMENT_FAULT(Category.INTERNAL),
    SERVER_DEFECT(Category.INTERNAL),
    FEATURE_ABSENT(Category.UNIMPLEMENTED),
    DRAINING(Category.UNAVAILABLE);

    private final Category category;

    Reason(Category category) {
        this.category = category;
    }

    /** The canonical status code of this reason. */
    public Category category() {
        return category;
    }

    /** Canonical status codes, by the names they have on the wire. */
    public enum Category {
        INVALID_ARGUMENT,
        FAILED_PRECONDITION,
        PERMISSION_DENIED,
        UNAUTHENTICATED,
        NOT_FOUND,
        ALREADY_EXISTS,
        ABORTED,
        RESOURCE_EXHAUSTED,
        INTERNAL,
        UNIMPLEMENTED,
        DATA_LOSS,
        UNAVAILABLE
    }
}
