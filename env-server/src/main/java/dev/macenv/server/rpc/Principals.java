package dev.macenv.server.rpc;

import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthGrpc;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out on whose behalf a call is made, and refuses it if the server asks for a token and the call has none that is
 * known. Health is told to everybody, since those who ask for it seldom have credentials.
 *
 * <p>A principal is the name beside the bearer token; without tokens the subject of the client's certificate; without
 * either everybody is {@link #ANYBODY}.
 */
final class Principals implements ServerInterceptor {
    /** The principal of a client that nobody asked who it is. */
    static final String ANYBODY = "anybody";

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "Bearer ";
    private static final Context.Key<String> PRINCIPAL = Context.key("macenv-principal");

    /** The calls that ask for the principal. A context costs each message some time, so the others have none. */
    private static final Set<String> ASKING = Set.of(
            SessionServiceGrpc.getCreateSessionMethod().getFullMethodName(),
            SessionServiceGrpc.getRestoreMethod().getFullMethodName());

    private final @Nullable BearerTokens tokens;

    /** @param tokens those of which every call must have one; null to ask for none */
    Principals(@Nullable BearerTokens tokens) {
        this.tokens = tokens;
    }

    /** The principal of the call that this thread begins; only in calls that {@link #ASKING} names. */
    static String current() {
        String principal = PRINCIPAL.get();
        if (principal == null) {
            throw new IllegalStateException("a call whose principal is not looked for asks for it");
        }
        return principal;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        BearerTokens known = tokens;
        Optional<String> principal =
                known == null ? Optional.of(subject(call)) : bearer(headers).flatMap(known::principal);
        if (principal.isEmpty()) {
            return refuse(call);
        }
        if (!ASKING.contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        Context context = Context.current().withValue(PRINCIPAL, principal.orElseThrow());
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static Optional<String> bearer(Metadata headers) {
        String value = headers.get(AUTHORIZATION);
        return value == null || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.empty()
                : Optional.of(value.substring(SCHEME.length()).strip());
    }

    private static String subject(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return ANYBODY;
        }
        try {
            Principal subject = session.getPeerPrincipal();
            return subject.getName();
        } catch (SSLPeerUnverifiedException noCertificate) {
            return ANYBODY;
        }
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call) {
        StatusException answer = Refusals.exception(new RefusedException(
                Reason.UNAUTHENTICATED,
                "authorization: no token that is known here (send the header \"authorization: Bearer TOKEN\" with a"
                        + " token that the operator gave you)"));
        Metadata trailers = answer.getTrailers();
        call.close(answer.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }
}
