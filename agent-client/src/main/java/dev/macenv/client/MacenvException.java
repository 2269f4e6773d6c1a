package dev.macenv.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed. The subclasses say what a caller can do about it; {@link #reason} says what happened, in a form
 * that does not change between releases.
 */
public abstract sealed class MacenvException extends RuntimeException
        permits RequestRefusedException,
                AccessDeniedException,
                LimitReachedException,
                FeatureAbsentException,
                ServerUnavailableException,
                ServerFailureException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    MacenvException(Failure failure, @Nullable Throwable cause) {
        super(failure.toString(), cause);
        this.failure = failure;
    }

    /** The exception that fits the failure's code. */
    public static MacenvException of(Failure failure, @Nullable Throwable cause) {
        return switch (failure.code()) {
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED ->
                new RequestRefusedException(failure, cause);
            case PERMISSION_DENIED, UNAUTHENTICATED -> new AccessDeniedException(failure, cause);
            case RESOURCE_EXHAUSTED -> new LimitReachedException(failure, cause);
            case UNIMPLEMENTED -> new FeatureAbsentException(failure, cause);
            case UNAVAILABLE, DEADLINE_EXCEEDED -> new ServerUnavailableException(failure, cause);
            case INTERNAL, DATA_LOSS, UNKNOWN -> new ServerFailureException(failure, cause);
        };
    }

    /** The gRPC code. */
    public ErrorCode code() {
        return failure.code();
    }

    /** The stable reason, for example "ACTION_ILLEGAL"; empty if the failure did not come from a macenv server. */
    public String reason() {
        return failure.reason();
    }

    /** What is wrong with which field; all problems at once. Empty unless the code is INVALID_ARGUMENT. */
    public List<FieldViolation> violations() {
        return failure.violations();
    }

    /** More about the reason, for example lane, seat and action. */
    public Map<String, String> metadata() {
        return failure.metadata();
    }

    /** When trying again may help. */
    public Optional<Duration> retryAfter() {
        return failure.retryAfter();
    }

    /**
     * What is wrong with one field.
     *
     * @param field path in the request, for example "config.grid" or "action[3]"
     * @param description what is wrong, and what was expected
     */
    public record FieldViolation(String field, String description) {}

    /**
     * A failure as it came off the wire.
     *
     * @param code the gRPC code
     * @param reason the stable reason; may be empty
     * @param message for people
     * @param violations problems by field
     * @param metadata more about the reason
     * @param retryAfter when trying again may help
     */
    public record Failure(
            ErrorCode code,
            String reason,
            String message,
            List<FieldViolation> violations,
            Map<String, String> metadata,
            Optional<Duration> retryAfter) {

        /** Copies the collections. */
        public Failure {
            violations = List.copyOf(violations);
            metadata = Map.copyOf(metadata);
        }

        /** A failure with nothing but a code and a message. */
        public static Failure of(ErrorCode code, String message) {
            return new Failure(code, "", message, List.of(), Map.of(), Optional.empty());
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(code.name());
            if (!reason.isEmpty()) {
                text.append(' ').append(reason);
            }
            text.append(": ").append(message);
            for (FieldViolation violation : violations) {
                text.append("\n  ").append(violation.field()).append(": ").append(violation.description());
            }
            return text.toString();
        }
    }
}
