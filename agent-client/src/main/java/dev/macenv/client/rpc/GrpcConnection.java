package dev.macenv.client.rpc;

import com.google.protobuf.ByteString;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Connection;
import dev.macenv.client.EnvironmentEntry;
import dev.macenv.client.ErrorCode;
import dev.macenv.client.Invite;
import dev.macenv.client.JoinOptions;
import dev.macenv.client.MacenvException;
import dev.macenv.client.ServerInfo;
import dev.macenv.client.Session;
import dev.macenv.client.SessionKey;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.TeamSpec;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetEnvironmentResponse;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetServerInfoResponse;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.Role;
import dev.macenv.v1.SeatAssignment;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One channel to one server. */
final class GrpcConnection implements Connection {

    private static final String PROTOCOL = "macenv.v1";
    private static final long CLOSE_SECONDS = 5;
    private static final long HEALTH_SECONDS = 5;

    private final ManagedChannel channel;
    private final ClientOptions options;
    private final Persistence persistence;
    private final CatalogServiceGrpc.CatalogServiceBlockingStub catalog;
    private final SessionServiceGrpc.SessionServiceBlockingStub sessions;

    GrpcConnection(ManagedChannel channel, ClientOptions options) {
        this.channel = channel;
        this.options = options;
        this.persistence = new Persistence(channel, options);
        this.catalog = CatalogServiceGrpc.newBlockingStub(channel);
        this.sessions = SessionServiceGrpc.newBlockingStub(channel);
    }

    @Override
    public ServerInfo serverInfo() {
        GetServerInfoResponse info = persistence.call(
                deadline -> catalog.withDeadline(deadline).getServerInfo(GetServerInfoRequest.getDefaultInstance()));
        if (!info.getProtocolsList().contains(PROTOCOL)) {
            throw MacenvException.of(
                    MacenvException.Failure.of(
                            ErrorCode.UNIMPLEMENTED,
                            "protocols that " + info.getServer() + " " + info.getVersion() + " speaks: "
                                    + String.join(", ", info.getProtocolsList()) + " (expected: " + PROTOCOL
                                    + "; use a client of the server's version)"),
                    null);
        }
        return new ServerInfo(info.getProtocolsList(), info.getServer(), info.getVersion(), info.getFeaturesList());
    }

    @Override
    public boolean serving() {
        channel.resetConnectBackoff(); // asked for now, not when the channel would try again by itself
        try {
            return HealthGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(HEALTH_SECONDS, TimeUnit.SECONDS)
                            .check(HealthCheckRequest.newBuilder()
                                    .setService(SessionServiceGrpc.SERVICE_NAME)
                                    .build())
                            .getStatus()
                    == ServingStatus.SERVING;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
        }
    }

    @Override
    public List<EnvironmentEntry> environments() {
        List<EnvironmentEntry> entries = new ArrayList<>();
        String pageToken = "";
        do {
            ListEnvironmentsRequest request =
                    ListEnvironmentsRequest.newBuilder().setPageToken(pageToken).build();
            ListEnvironmentsResponse page =
                    persistence.call(deadline -> catalog.withDeadline(deadline).listEnvironments(request));
            page.getEnvironmentsList()
                    .forEach(e -> entries.add(new EnvironmentEntry(e.getId(), e.getVersion(), e.getSummary())));
            pageToken = page.getNextPageToken();
        } while (!pageToken.isEmpty());
        return List.copyOf(entries);
    }

    @Override
    public TeamSpec environment(String environment, Map<String, Object> settings) {
        GetEnvironmentRequest request = GetEnvironmentRequest.newBuilder()
                .setEnvironment(environment)
                .setConfig(Translation.struct(settings))
                .build();
        GetEnvironmentResponse found =
                persistence.call(deadline -> catalog.withDeadline(deadline).getEnvironment(request));
        return Persistence.understood(() -> Translation.spec(found.getSpec()));
    }

    @Override
    public Session createSession(SessionOptions wish) {
        CreateSessionRequest.Builder request = CreateSessionRequest.newBuilder()
                .setEnvironment(wish.environment())
                .setConfig(Translation.struct(wish.settings()))
                .setLanes(wish.lanes())
                .addAllSeeds(wish.seeds())
                .setGamma(wish.gamma())
                .setResetMode(Translation.resetMode(wish.resetMode()))
                .setOwnerView(Translation.view(wish.view()))
                .setRequestId(UUID.randomUUID().toString());
        for (int seat : wish.openSeats()) {
            request.addSeatsBuilder().setSeat(seat).setAssignment(SeatAssignment.SEAT_ASSIGNMENT_OPEN);
        }
        wish.spectators().ifPresent(most -> {
            // Whoever names invites names all of them.
            wish.openSeats().stream()
                    .sorted()
                    .forEach(seat -> request.addInvitesBuilder().addSeats(seat).setMaxUses(1));
            request.addInvitesBuilder().setRole(Role.ROLE_SPECTATOR).setMaxView(Translation.view(most));
        });
        wish.lease().ifPresent(lease -> request.setLease(duration(lease)));
        wish.start().ifPresent(start -> request.setSnapshot(ByteString.copyFrom(start.bytes())));
        wish.recording().ifPresent(recording -> request.setRecording(Translation.recording(recording)));
        CreateSessionRequest message = request.build();
        CreateSessionResponse created =
                persistence.call(deadline -> sessions.withDeadline(deadline).createSession(message));
        return new GrpcSession(
                channel,
                options,
                new SessionKey(created.getSession(), created.getToken()),
                new GrpcSession.Terms(
                        Persistence.understood(() -> Translation.spec(created.getSpec())),
                        wish.lanes(),
                        created.getSeedsList(),
                        created.getInvitesList().stream()
                                .map(invite -> new Invite(
                                        created.getSession(),
                                        invite.getToken(),
                                        invite.getOptions().getSeatsList()))
                                .toList(),
                        created.getGamma(),
                        Translation.resetMode(created.getResetMode()),
                        created.getSeatsList()),
                0,
                0);
    }

    /** The answer does not say how far a place that is come back to has got, so the session is then asked. */
    @Override
    public Session join(JoinOptions wish) {
        JoinRequest.Builder request = JoinRequest.newBuilder()
                .setSession(wish.invite().session())
                .setInvite(wish.invite().token())
                .addAllSeats(wish.seats())
                .setView(Translation.view(wish.view()))
                .setRequestId(wish.requestId());
        wish.lease().ifPresent(lease -> request.setLease(duration(lease)));
        JoinRequest message = request.build();
        String token = persistence
                .call(deadline -> sessions.withDeadline(deadline).join(message))
                .getToken();
        return attach(new SessionKey(wish.invite().session(), token));
    }

    @Override
    public Session attach(SessionKey key) {
        GetSessionResponse found = find(key);
        return takeUp(key, found, found.getGrant().getLastStepId());
    }

    @Override
    public Session attach(SessionKey key, long sentStepId) {
        GetSessionResponse found = find(key);
        long taken = found.getGrant().getLastStepId();
        if (sentStepId != taken && sentStepId != taken + 1) {
            throw MacenvException.of(
                    new MacenvException.Failure(
                            ErrorCode.ABORTED,
                            "STEP_ID_MISMATCH",
                            "sentStepId: " + sentStepId + " (expected: " + taken
                                    + ", the last step that the session has taken, or " + (taken + 1) + ")",
                            List.of(),
                            Map.of("expected", Long.toString(taken + 1)),
                            Optional.empty()),
                    null);
        }
        return takeUp(key, found, Math.max(0, sentStepId - 1));
    }

    private GetSessionResponse find(SessionKey key) {
        GetSessionRequest request = GetSessionRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .setIncludeSpec(true)
                .build();
        return persistence.call(deadline -> sessions.withDeadline(deadline).getSession(request));
    }

    private Session takeUp(SessionKey key, GetSessionResponse found, long lastStepId) {
        return new GrpcSession(
                channel,
                options,
                key,
                new GrpcSession.Terms(
                        Persistence.understood(() -> Translation.spec(found.getSpec())),
                        found.getLanesCount(),
                        List.of(),
                        List.of(),
                        found.getGamma(),
                        Translation.resetMode(found.getResetMode()),
                        found.getGrant().getSeatsList()),
                lastStepId,
                found.getGrant().getLastStepId());
    }

    /** At once: streams of sessions that were not closed would keep the channel open for ever. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static com.google.protobuf.Duration duration(Duration value) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(value.getSeconds())
                .setNanos(value.getNano())
                .build();
    }
}
