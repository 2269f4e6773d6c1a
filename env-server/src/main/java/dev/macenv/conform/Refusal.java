package dev.macenv.conform;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import dev.macenv.v1.StepResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Why a server refused something, as a client in any language reads it.
 *
 * @param reason of its ErrorInfo; empty if it has none
 * @param domain of its ErrorInfo
 * @param trailer the trailer macenv-reason; absent where there are no trailers, as within a stream
 * @param fields paths of its field violations, in order
 */
record Refusal(
        Code code,
        String reason,
        String domain,
        String message,
        Optional<String> trailer,
        List<String> fields,
        Map<String, String> metadata,
        boolean hasQuota,
        boolean hasRetry) {

    private static final String RULE =
            "error.proto: every error has code, reason, domain \"macenv\" and a message;" + " docs/protocol.md, Errors";
    private static final Metadata.Key<String> REASON_TRAILER =
            Metadata.Key.of("macenv-reason", Metadata.ASCII_STRING_MARSHALLER);

    /** What the call threw. */
    static Refusal of(StatusRuntimeException refusal) {
        com.google.rpc.Status status = Optional.ofNullable(StatusProto.fromThrowable(refusal))
                .orElseGet(() -> com.google.rpc.Status.newBuilder()
                        .setCode(refusal.getStatus().getCode().value())
                        .setMessage(String.valueOf(refusal.getStatus().getDescription()))
                        .build());
        Metadata trailers = refusal.getTrailers();
        return of(status, Optional.ofNullable(trailers == null ? null : trailers.get(REASON_TRAILER)));
    }

    /** The error of one request on a stream that lives on. */
    static Refusal in(StepResponse response) {
        Violation.unless(
                response.hasError() && !response.hasEvents(),
                "event.proto, StepResponse.error: a refused request is answered by an error and no events",
                "an answer on Play",
                "a refusal",
                response.hasError() ? "error and events at once" : "it was accepted");
        return of(response.getError(), Optional.empty());
    }

    private static Refusal of(com.google.rpc.Status status, Optional<String> trailer) {
        ErrorInfo info = detail(status, ErrorInfo.class).orElse(ErrorInfo.getDefaultInstance());
        List<String> fields =
                detail(status, BadRequest.class)
                        .orElse(BadRequest.getDefaultInstance())
                        .getFieldViolationsList()
                        .stream()
                        .map(BadRequest.FieldViolation::getField)
                        .toList();
        return new Refusal(
                Status.fromCodeValue(status.getCode()).getCode(),
                info.getReason(),
                info.getDomain(),
                status.getMessage(),
                trailer,
                fields,
                info.getMetadataMap(),
                detail(status, QuotaFailure.class).isPresent(),
                detail(status, RetryInfo.class).isPresent());
    }

    private static <T extends Message> Optional<T> detail(com.google.rpc.Status status, Class<T> type) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return Optional.of(detail.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    throw new Violation(RULE, "the detail " + type.getSimpleName(), "a message", "bytes that are none");
                }
            }
        }
        return Optional.empty();
    }

    /** The refusal of a call that must be refused. */
    static Refusal by(Callable<?> call) {
        Object answer;
        try {
            answer = call.call();
        } catch (StatusRuntimeException refusal) {
            Refusal told = of(refusal);
            Violation.unlessEqual(
                    "error.proto: the reason is also the trailer macenv-reason",
                    "the trailer macenv-reason of " + told,
                    Optional.of(told.reason()),
                    told.trailer());
            return told;
        } catch (RuntimeException other) {
            throw other;
        } catch (Exception e) {
            throw new AssertionError("stubs throw nothing that is checked", e);
        }
        throw new Violation(RULE, "an answer", "a refusal", "it was accepted: " + brief(String.valueOf(answer)));
    }

    /** It must have this code and this reason. */
    Refusal is(Code expectedCode, String expectedReason) {
        Violation.unless(
                code == expectedCode && reason.equals(expectedReason),
                RULE,
                "the refusal",
                expectedCode + " " + expectedReason,
                this);
        Violation.unlessEqual(RULE, "the domain of " + this, "macenv", domain);
        Violation.unless(!message.isEmpty(), RULE, "the message of " + this, "some words", "nothing");
        return this;
    }

    /** It must name these fields and no other, in any order. */
    Refusal fields(String... expected) {
        Violation.unlessEqual(
                "error.proto: BadRequest names every bad field",
                "the fields of " + this,
                List.of(expected).stream().sorted().toList(),
                fields.stream().sorted().toList());
        return this;
    }

    /** It must say so in its metadata. */
    Refusal says(String key, String value) {
        Violation.unlessEqual(
                "error.proto: the metadata of each reason",
                "metadata \"" + key + "\" of " + this,
                value,
                metadata.getOrDefault(key, "(none)"));
        return this;
    }

    /** It must say which quota is used up, and when to come back. */
    Refusal isOfQuota() {
        Violation.unless(
                hasQuota && hasRetry,
                "error.proto: QuotaFailure for RESOURCE_EXHAUSTED; RetryInfo where waiting helps",
                "the details of " + this,
                "QuotaFailure and RetryInfo",
                (hasQuota ? "QuotaFailure " : "") + (hasRetry ? "RetryInfo" : ""));
        return this;
    }

    private static String brief(String text) {
        return text.length() > 200 ? text.substring(0, 200) + " ..." : text;
    }

    @Override
    public String toString() {
        return code + (reason.isEmpty() ? "" : " " + reason) + (message.isEmpty() ? "" : " (" + brief(message) + ")");
    }
}
