package dev.macenv.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.macenv.server.session.FieldProblem;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refusals as statuses: code, {@code google.rpc} details, and the reason once more as an ASCII trailer. */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final String DOMAIN = "macenv";
    private static final int MESSAGE_CHARS = 1000;
    private static final int NAME_CHARS = 100;
    private static final int DESCRIPTION_CHARS = 300;
    private static final int PROBLEM_BYTES = 2000;

    /** For clients that cannot decode details. */
    static final Metadata.Key<String> REASON_TRAILER =
            Metadata.Key.of("macenv-reason", Metadata.ASCII_STRING_MARSHALLER);

    private Refusals() {}

    /**
     * The refusal as the error of one request in a stream. Whatever the caller sent, it stays so small that it fits the 8 KiB that trailers may have.
     */
    static com.google.rpc.Status status(RefusedException refused) {
        String message = clipped(refused.getMessage(), MESSAGE_CHARS);
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code(refused.reason()).value())
                .setMessage(message)
                .addDetails(Any.pack(errorInfo(refused)));
        if (!refused.problems().isEmpty()) {
            status.addDetails(Any.pack(badRequest(refused.problems())));
        }
        refused.resource()
                .ifPresent(resource -> status.addDetails(Any.pack(ResourceInfo.newBuilder()
                        .setResourceType(resource.type())
                        .setResourceName(clipped(resource.name(), NAME_CHARS))
                        .setDescription(clipped(message, NAME_CHARS))
                        .build())));
        refused.quota().ifPresent(quota -> {
            QuotaFailure.Builder failure = QuotaFailure.newBuilder();
            failure.addViolationsBuilder().setSubject(quota.subject()).setDescription(quota.description());
            status.addDetails(Any.pack(failure.build()));
        });
        refused.retryAfter()
                .ifPresent(delay -> status.addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Durations.fromNanos(delay.toNanos()))
                        .build())));
        return status.build();
    }

    private static ErrorInfo errorInfo(RefusedException refused) {
        ErrorInfo.Builder info =
                ErrorInfo.newBuilder().setReason(refused.reason().name()).setDomain(DOMAIN);
        refused.metadata().forEach((key, value) -> info.putMetadata(key, clipped(value, NAME_CHARS)));
        return info.build();
    }

    private static BadRequest badRequest(List<FieldProblem> problems) {
        BadRequest.Builder bad = BadRequest.newBuilder();
        for (FieldProblem problem : problems) {
            if (bad.build().getSerializedSize() > PROBLEM_BYTES) {
                bad.addFieldViolationsBuilder()
                        .setField("...")
                        .setDescription((problems.size() - bad.getFieldViolationsCount() + 1) + " more problems");
                break;
            }
            bad.addFieldViolationsBuilder()
                    .setField(clipped(problem.field(), NAME_CHARS))
                    .setDescription(clipped(problem.description(), DESCRIPTION_CHARS));
        }
        return bad.build();
    }

    /** Printable ASCII, since each other character takes up to nine in a trailer. */
    private static String clipped(String text, int most) {
        String head = text.length() <= most ? text : text.substring(0, most - 3) + "...";
        StringBuilder ascii = new StringBuilder(head.length());
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            ascii.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return ascii.toString();
    }

    /** The refusal as the end of a call. */
    static StatusException exception(RefusedException refused) {
        Metadata trailers = new Metadata();
        trailers.put(REASON_TRAILER, refused.reason().name());
        return StatusProto.toStatusException(status(refused), trailers);
    }

    /** The reason in a refusal of {@link #status}; empty if it is none. */
    static String reason(com.google.rpc.Status refusal) {
        for (Any detail : refusal.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return detail.unpack(ErrorInfo.class).getReason();
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError("written by this class", e);
                }
            }
        }
        return "";
    }

    private static Status.Code code(Reason reason) {
        return Status.Code.valueOf(reason.category().name());
    }

    /** What a caller is told about anything that went wrong: a refusal as it is, a defect of the server by its trace id. */
    static RefusedException toldToCaller(Throwable problem) {
        if (problem instanceof RefusedException refused) {
            return refused;
        }
        String trace = UUID.randomUUID().toString();
        log.error("defect of the server, trace {}", trace, problem);
        return new RefusedException(
                        Reason.SERVER_DEFECT, "defect of the server (look for trace " + trace + " in its log)")
                .with("trace", trace);
    }

    /** Whether a stream that met this refusal cannot go on. */
    static boolean endsStream(RefusedException refused) {
        return switch (refused.reason()) {
            case UNAUTHENTICATED, SESSION_CLOSED, SUPERSEDED, DRAINING -> true;
            default -> false;
        };
    }
}
