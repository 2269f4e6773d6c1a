package dev.macenv.conform;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.GetServerInfoResponse;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.View;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The surroundings of one check: the server, an environment, and what the check has opened, which is closed after it. */
final class Trial implements AutoCloseable {
    /** What the owner of a session may ask for, except Render, which is no column. */
    static final View EVERYTHING = View.newBuilder()
            .setState(true)
            .setMacroState(true)
            .setCurrentActions(true)
            .setRewardTrace(true)
            .build();

    static final double GAMMA = 0.9;

    /** No right call takes so long. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int LONGEST_TEXT = 600;

    private final Surroundings around;
    private final EnvSpec spec;
    private final RandomGenerator random;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private volatile String sent = "nothing yet";

    Trial(Surroundings around, EnvSpec spec, String check) {
        this.around = around;
        this.spec = spec;
        random = new SplittableRandom(
                around.seed() + 31L * check.hashCode() + spec.getId().hashCode());
    }

    GetServerInfoResponse server() {
        return around.server();
    }

    Target target() {
        return around.target();
    }

    /** The environment as its specification describes it with default settings. */
    EnvSpec spec() {
        return spec;
    }

    String environment() {
        return spec.getId();
    }

    /** Every environment that is judged in this run. */
    List<EnvSpec> environments() {
        return around.environments();
    }

    int agents() {
        return spec.getAgentsCount();
    }

    RandomGenerator random() {
        return random;
    }

    // ------------------------------------------------------------------------------------------------ what there is

    boolean serves(String feature) {
        return server().getFeaturesList().contains(feature);
    }

    /** Skips the check unless the server announces the feature. */
    void needs(String feature) {
        if (!serves(feature)) {
            throw new SkippedException("the server does not announce the feature " + feature);
        }
    }

    // ------------------------------------------------------------------------------------------------ calls

    /** The channel that all checks share. */
    Channel channel() {
        return around.channel();
    }

    /** A channel of this check alone. */
    ManagedChannel ownChannel(Target to) {
        ManagedChannel channel = to.connect();
        opened.add(channel::shutdownNow);
        return channel;
    }

    CatalogServiceGrpc.CatalogServiceBlockingStub catalog() {
        return CatalogServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    SessionServiceGrpc.SessionServiceBlockingStub sessions() {
        return sessions(channel());
    }

    static SessionServiceGrpc.SessionServiceBlockingStub sessions(Channel channel) {
        return SessionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Remembers what is sent next, for a report of what went wrong; secrets are left out. */
    <M extends Message> M sending(M request) {
        String text = TextFormat.printer().printToString(request).replaceAll("\\s*\n\\s*", " ");
        text = text.replaceAll("(token|invite): \"[^\"]*\"", "$1: ...").strip();
        sent = request.getDescriptorForType().getName() + " { "
                + (text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + " ..." : text) + " }";
        return request;
    }

    String lastSent() {
        return sent;
    }

    // ------------------------------------------------------------------------------------------------ sessions

    /** A wish for a session with everything in view. */
    CreateSessionRequest.Builder session(int lanes, long... seeds) {
        CreateSessionRequest.Builder request = CreateSessionRequest.newBuilder()
                .setEnvironment(spec.getId())
                .setLanes(lanes)
                .setOwnerView(EVERYTHING)
                .setGamma(GAMMA);
        for (long seed : seeds) {
            request.addSeeds(seed);
        }
        return request;
    }

    /** Creates the session, whose owner plays over unary calls. It is closed when the check is over. */
    Player create(CreateSessionRequest.Builder request) {
        CreateSessionResponse created = sessions().createSession(sending(request.build()));
        closeLater(created.getSession(), created.getToken());
        return Player.owner(this, channel(), created);
    }

    /** Closes the session when the check is over. */
    void closeLater(String session, String token) {
        opened.add(() -> sessions()
                .closeSession(CloseSessionRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .build()));
    }

    /** Closes this when the check is over. */
    <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (StatusRuntimeException gone) {
                // The check itself has told what is wrong with this server, or closed the session already.
            } catch (Exception e) {
                throw new AssertionError("nothing else is thrown by what checks open", e);
            }
        }
    }
}
