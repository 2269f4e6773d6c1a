package dev.macenv.conform;

import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Group 12: an operator can see the server, and whom it lets in. */
final class OperationChecks {
    private OperationChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("health says that it serves", OperationChecks::health),
                Check.ofServer("reflection lists its services", OperationChecks::reflection),
                Check.ofTargets(
                        "only the right bearer token is let in",
                        target -> target.bearerToken().isPresent(),
                        OperationChecks::bearer),
                Check.ofTargets(
                        "an encrypted port speaks nothing else", Target::encrypted, OperationChecks::encryption));
    }

    private static void health(Trial trial) {
        String rule = "grpc.health.v1: SERVING for the server and each service";
        for (String service : List.of("", CatalogServiceGrpc.SERVICE_NAME, SessionServiceGrpc.SERVICE_NAME)) {
            Violation.unlessEqual(
                    rule, "health of \"" + service + "\"", ServingStatus.SERVING, ask(trial, trial.channel(), service));
        }
        try {
            ask(trial, trial.channel(), "macenv.v1.NoSuchService");
            throw new Violation(rule, "health of an unknown service", Code.NOT_FOUND, "an answer");
        } catch (StatusRuntimeException refusal) {
            Violation.unlessEqual(
                    rule,
                    "health of an unknown service",
                    Code.NOT_FOUND,
                    refusal.getStatus().getCode());
        }
    }

    private static ServingStatus ask(Trial trial, Channel channel, String service) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .check(trial.sending(
                        HealthCheckRequest.newBuilder().setService(service).build()))
                .getStatus();
    }

    private static void reflection(Trial trial) throws InterruptedException {
        List<String> services = Reflection.services(trial);
        for (String service :
                List.of(CatalogServiceGrpc.SERVICE_NAME, SessionServiceGrpc.SERVICE_NAME, HealthGrpc.SERVICE_NAME)) {
            Violation.unless(
                    services.contains(service),
                    "grpc.reflection.v1: specifications are public",
                    "the services",
                    service + " among them",
                    services);
        }
    }

    private static void bearer(Trial trial) {
        for (Optional<String> other : List.of(Optional.<String>empty(), Optional.of("not-the-token"))) {
            Target stranger = trial.target().with(other);
            Refusal.by(() -> info(trial, trial.ownChannel(stranger))).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            Violation.unlessEqual(
                    "docs/protocol.md, Credentials: gRPC's health service answers everybody",
                    "health for a stranger",
                    ServingStatus.SERVING,
                    ask(trial, trial.ownChannel(stranger), ""));
        }
    }

    private static void encryption(Trial trial) {
        try {
            info(trial, trial.ownChannel(trial.target().unencrypted()));
            throw new Violation(
                    "docs/protocol.md, Credentials",
                    "a call in plain text to an encrypted port",
                    "no answer",
                    "an answer");
        } catch (StatusRuntimeException refused) {
            Violation.unlessEqual(
                    "docs/protocol.md, Credentials: an encrypted port speaks nothing else",
                    "the code of a call in plain text",
                    Code.UNAVAILABLE,
                    refused.getStatus().getCode());
        }
    }

    private static Object info(Trial trial, Channel channel) {
        return CatalogServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .getServerInfo(trial.sending(GetServerInfoRequest.getDefaultInstance()));
    }
}
