package dev.macenv.server.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that was refused and changed nothing. Carries a stable {@link Reason} and everything a caller needs to mend
 * the request; has no stack trace, since it describes the caller's mistake and not a place in the server.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient Map<String, String> metadata = new LinkedHashMap<>();
    private final transient List<FieldProblem> problems = new ArrayList<>();
    private transient @Nullable Resource resource;
    private transient @Nullable Quota quota;
    private transient @Nullable Duration retryAfter;

    /** What was looked for and not found. */
    public record Resource(String type, String name) {}

    /** Which limit was reached. */
    public record Quota(String subject, String description) {}

    /** A refusal that {@code with...} calls add details to. */
    public RefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** One wrong field. */
    public static RefusedException field(Reason reason, String field, String description) {
        return new RefusedException(reason, field + ": " + description).withProblem(field, description);
    }

    /** Several wrong fields, reported at once. */
    public static RefusedException fields(List<FieldProblem> problems) {
        StringBuilder message = new StringBuilder();
        for (FieldProblem problem : problems) {
            message.append(message.length() == 0 ? "" : "; ")
                    .append(problem.field())
                    .append(": ")
                    .append(problem.description());
        }
        RefusedException refused = new RefusedException(Reason.INVALID_FIELD, message.toString());
        refused.problems.addAll(problems);
        return refused;
    }

    /** A limit that is reached now and may be free again after {@code retryAfter}; null if waiting does not help. */
    public static RefusedException quota(
            Reason reason, String subject, String description, @Nullable Duration retryAfter) {
        RefusedException refused = new RefusedException(reason, subject + ": " + description);
        refused.quota = new Quota(subject, description);
        refused.retryAfter = retryAfter;
        return refused;
    }

    /** A feature of the protocol that this server does not serve. */
    public static RefusedException featureAbsent(String feature, String message) {
        return new RefusedException(Reason.FEATURE_ABSENT, message).with("feature", feature);
    }

    /** Adds a metadata entry. */
    public RefusedException with(String key, Object value) {
        metadata.put(key, String.valueOf(value));
        return this;
    }

    /** Adds a wrong field. */
    public RefusedException withProblem(String field, String description) {
        problems.add(new FieldProblem(field, description));
        return this;
    }

    /** Names what was looked for. */
    public RefusedException withResource(String type, String name) {
        resource = new Resource(type, name);
        return this;
    }

    /** Says when to come back. */
    public RefusedException withRetryAfter(Duration delay) {
        retryAfter = delay;
        return this;
    }

    public Reason reason() {
        return reason;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public List<FieldProblem> problems() {
        return problems;
    }

    public Optional<Resource> resource() {
        return Optional.ofNullable(resource);
    }

    public Optional<Quota> quota() {
        return Optional.ofNullable(quota);
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? reason.name() : message;
    }
}
