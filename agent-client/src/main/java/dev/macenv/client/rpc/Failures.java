package dev.macenv.client.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.macenv.client.ErrorCode;
import dev.macenv.client.MacenvException;
import dev.macenv.client.MacenvException.FieldViolation;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads gRPC statuses: what they say, and whether trying again makes sense. */
final class Failures {

    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("macenv-reason", Metadata.ASCII_STRING_MARSHALLER);

    private Failures() {}

    /** What a failure tells about the way to the server. */
    enum Kind {
        /** The connection is gone, or the server is going down. */
        UNREACHABLE,
        /** The server is at work; it, or the deadline, says so. */
        SLOW,
        /** The transport stumbled over something that no macenv server has sent. */
        BROKEN_TRANSPORT,
        /** The server has decided. */
        ANSWER
    }

    static Kind kind(StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        return switch (code) {
            case UNAVAILABLE -> Kind.UNREACHABLE;
            case DEADLINE_EXCEEDED -> Kind.SLOW;
            case INTERNAL, CANCELLED, UNKNOWN -> reason(e).isEmpty() ? Kind.BROKEN_TRANSPORT : Kind.ANSWER;
            default -> Kind.ANSWER;
        };
    }

    static MacenvException translate(StatusRuntimeException e) {
        ErrorCode code = code(e.getStatus().getCode());
        String message = Optional.ofNullable(e.getStatus().getDescription()).orElse(code.name());
        List<FieldViolation> violations = new ArrayList<>();
        Map<String, String> metadata = Map.of();
        Optional<Duration> retryAfter = Optional.empty();
        for (Any detail : details(e)) {
            try {
                if (detail.is(BadRequest.class)) {
                    for (BadRequest.FieldViolation violation :
                            detail.unpack(BadRequest.class).getFieldViolationsList()) {
                        violations.add(new FieldViolation(violation.getField(), violation.getDescription()));
                    }
                } else if (detail.is(ErrorInfo.class)) {
                    metadata = detail.unpack(ErrorInfo.class).getMetadataMap();
                } else if (detail.is(RetryInfo.class)) {
                    com.google.protobuf.Duration delay =
                            detail.unpack(RetryInfo.class).getRetryDelay();
                    retryAfter = Optional.of(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
                }
            } catch (InvalidProtocolBufferException unreadable) {
                e.addSuppressed(unreadable);
            }
        }
        String reason = reason(e);
        String said = reason.isEmpty() ? message + advice(code) : message; // a macenv server says itself what to do
        return MacenvException.of(new MacenvException.Failure(code, reason, said, violations, metadata, retryAfter), e);
    }

    private static String advice(ErrorCode code) {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED ->
                " (check that a server runs at the target, and that both sides agree on encryption and certificates,"
                        + " ClientOptions.access; the same call can be made again)";
            case UNIMPLEMENTED ->
                " (what answers at the target does not know this call of macenv.v1: check the target, or update the"
                        + " server)";
            default -> "";
        };
    }

    /** The reason that the server gives; empty if it gives none. */
    static String reason(StatusRuntimeException e) {
        for (Any detail : details(e)) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return detail.unpack(ErrorInfo.class).getReason();
                } catch (InvalidProtocolBufferException unreadable) {
                    e.addSuppressed(unreadable);
                }
            }
        }
        Metadata trailers = e.getTrailers();
        String trailer = trailers == null ? null : trailers.get(REASON);
        return trailer == null ? "" : trailer;
    }

    private static List<Any> details(StatusRuntimeException e) {
        com.google.rpc.@Nullable Status status = StatusProto.fromThrowable(e);
        return status == null ? List.of() : status.getDetailsList();
    }

    /** Metadata of the status's ErrorInfo; empty if it has none. */
    static Map<String, String> metadata(com.google.rpc.Status status) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return detail.unpack(ErrorInfo.class).getMetadataMap();
                } catch (InvalidProtocolBufferException unreadable) {
                    return Map.of();
                }
            }
        }
        return Map.of();
    }

    private static ErrorCode code(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case ALREADY_EXISTS -> ErrorCode.ALREADY_EXISTS;
            case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
            case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
            case FAILED_PRECONDITION -> ErrorCode.FAILED_PRECONDITION;
            case ABORTED -> ErrorCode.ABORTED;
            case RESOURCE_EXHAUSTED -> ErrorCode.RESOURCE_EXHAUSTED;
            case UNIMPLEMENTED -> ErrorCode.UNIMPLEMENTED;
            case INTERNAL -> ErrorCode.INTERNAL;
            case DATA_LOSS -> ErrorCode.DATA_LOSS;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
            case OK, CANCELLED, UNKNOWN -> ErrorCode.UNKNOWN;
        };
    }
}
