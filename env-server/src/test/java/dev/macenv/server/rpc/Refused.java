package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.macenv.v1.StepResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A refusal, read as a client reads it, and what is expected of it. */
final class Refused {
    private final com.google.rpc.Status status;

    private Refused(com.google.rpc.Status status) {
        this.status = status;
    }

    /** The refusal of a unary call, whose trailer must agree with its details. */
    static Refused by(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("a refusal").isInstanceOf(StatusRuntimeException.class);
        return of((StatusRuntimeException) thrown);
    }

    /** The refusal with which a stream ended. */
    static Refused end(PlayLine line) {
        return of(line.awaitEnd());
    }

    /** The refusal with which a spectator's stream ended. */
    static Refused end(WatchLine line) {
        return of(line.awaitEnd());
    }

    private static Refused of(StatusRuntimeException refusal) {
        Refused refused = new Refused(
                Optional.ofNullable(StatusProto.fromThrowable(refusal)).orElseThrow());
        Metadata trailers = Optional.ofNullable(refusal.getTrailers()).orElseThrow();
        assertThat(trailers.get(Refusals.REASON_TRAILER))
                .isEqualTo(refused.detail(ErrorInfo.class).orElseThrow().getReason());
        return refused;
    }

    /** The refusal of one request on a stream that lives on. */
    static Refused in(StepResponse response) {
        assertThat(response.hasError()).as("a refusal in " + response).isTrue();
        assertThat(response.hasEvents()).isFalse();
        return new Refused(response.getError());
    }

    Refused is(Status.Code code, String reason) {
        ErrorInfo info = detail(ErrorInfo.class).orElseThrow();
        assertThat(info.getReason()).as(status.getMessage()).isEqualTo(reason);
        assertThat(Status.fromCodeValue(status.getCode()).getCode())
                .as(status.getMessage())
                .isEqualTo(code);
        assertThat(info.getDomain()).isEqualTo("macenv");
        assertThat(status.getMessage()).isNotEmpty();
        return this;
    }

    Refused fields(String... paths) {
        assertThat(detail(BadRequest.class).orElseThrow().getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactlyInAnyOrder(paths);
        assertThat(detail(BadRequest.class).orElseThrow().getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getDescription)
                .doesNotContain("");
        return this;
    }

    Refused metadata(String key, String value) {
        assertThat(detail(ErrorInfo.class).orElseThrow().getMetadataMap()).containsEntry(key, value);
        return this;
    }

    Refused resource(String type, String name) {
        ResourceInfo resource = detail(ResourceInfo.class).orElseThrow();
        assertThat(resource.getResourceType()).isEqualTo(type);
        assertThat(resource.getResourceName()).isEqualTo(name);
        return this;
    }

    Refused quota() {
        assertThat(detail(QuotaFailure.class).orElseThrow().getViolationsCount())
                .isEqualTo(1);
        return this;
    }

    Refused retry() {
        assertThat(detail(RetryInfo.class).orElseThrow().getRetryDelay().getSeconds())
                .isPositive();
        return this;
    }

    String message() {
        return status.getMessage();
    }

    private <T extends Message> Optional<T> detail(Class<T> type) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return Optional.of(detail.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return Optional.empty();
    }
}
