package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.macenv.client.Access;
import dev.macenv.client.AccessDeniedException;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.SnapshotRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who gets through to a protected server, and who does not. */
final class ProtectionTest {
    private static final String ALICE = "5f0c6a0e8c1d4b7f9a3e2d1c0b9a8f7e";
    private static final String BOB = "0123456789abcdef0123456789abcdef";

    @TempDir
    private static Path directory = Path.of("");

    private static Path authority = Path.of("");
    private static Path strangers = Path.of("");
    private static Certificates.Identity own = new Certificates.Identity(Path.of(""), Path.of(""));
    private static Certificates.Identity client = own;
    private static Certificates.Identity stranger = own;

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() {
        Certificates laboratory = new Certificates(directory, "laboratory");
        authority = laboratory.authority();
        own = laboratory.identity("server");
        client = laboratory.identity("alice");
        Certificates elsewhere = new Certificates(directory, "elsewhere");
        strangers = elsewhere.authority();
        stranger = elsewhere.identity("mallory");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private EnvironmentServer serve(Protection protection) throws IOException {
        EnvironmentServer server = EnvironmentServer.tcp(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ProtocolTest.CATALOG,
                ServerOptions.standard().withProtection(protection));
        open.add(server);
        return server;
    }

    private static Protection encrypted(Optional<Path> clientAuthorities) {
        return new Protection(
                Optional.of(new Protection.Tls(own.certificate(), own.key(), clientAuthorities)), Optional.empty());
    }

    private static Protection asking(Path tokens) {
        return new Protection(Optional.empty(), Optional.of(tokens));
    }

    private static Path tokens(String text) throws IOException {
        return Files.writeString(directory.resolve("tokens"), text);
    }

    private ManagedChannel connect(EnvironmentServer server, ChannelCredentials credentials) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.port(), credentials)
                .build();
        open.add(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
        return channel;
    }

    private ManagedChannel plain(EnvironmentServer server) {
        return connect(server, InsecureChannelCredentials.create());
    }

    private static ChannelCredentials trusting(Path authorities) throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(authorities.toFile())
                .build();
    }

    private static ChannelCredentials showing(Certificates.Identity identity) throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(authority.toFile())
                .keyManager(identity.certificate().toFile(), identity.key().toFile())
                .build();
    }

    private static Channel bearing(Channel channel, String authorization) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String ask(Channel channel) {
        return CatalogServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .getServerInfo(GetServerInfoRequest.getDefaultInstance())
                .getServer();
    }

    private static void isCutOff(Channel channel) {
        assertThatThrownBy(() -> ask(channel))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE));
    }

    // ------------------------------------------------------------------------------------------------ encryption

    @Test
    void anEncryptedServerSpeaksToThoseWhoTrustItsAuthorityAndToNobodyElse() throws IOException {
        EnvironmentServer server = serve(encrypted(Optional.empty()));
        assertThat(ask(connect(server, trusting(authority)))).isEqualTo("macenv");
        isCutOff(connect(server, trusting(strangers)));
        isCutOff(plain(server));
    }

    @Test
    void aServerThatAsksForCertificatesTurnsAwayWhoHasNoneOrOneOfAnotherAuthority() throws IOException {
        EnvironmentServer server = serve(encrypted(Optional.of(authority)));
        assertThat(ask(connect(server, showing(client)))).isEqualTo("macenv");
        isCutOff(connect(server, trusting(authority)));
        isCutOff(connect(server, showing(stranger)));
    }

    @Test
    void aCertificateIsRenewedByReplacingItsFiles() throws IOException {
        Path certificate = directory.resolve("renewed.pem");
        Path key = directory.resolve("renewed.key");
        Files.copy(own.certificate(), certificate);
        Files.copy(own.key(), key);
        List<Runnable> looks = new ArrayList<>();
        ScheduledThreadPoolExecutor minutes = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> scheduleWithFixedDelay(
                    Runnable look, long initialDelay, long delay, TimeUnit unit) {
                looks.add(look);
                return super.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.DAYS);
            }
        };
        open.add(minutes::shutdownNow);
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TlsCredentials.of(new Protection.Tls(certificate, key, Optional.empty()), minutes))
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        open.add(server::shutdownNow);
        assertThat(healthy(server, authority)).isTrue();
        Files.copy(stranger.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(stranger.key(), key, StandardCopyOption.REPLACE_EXISTING);
        for (Path file : List.of(certificate, key)) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        }
        looks.forEach(Runnable::run);
        assertThat(healthy(server, strangers)).isTrue();
        assertThat(healthy(server, authority)).isFalse();
    }

    private boolean healthy(Server server, Path trusted) throws IOException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.getPort(), trusting(trusted))
                .build();
        open.add(channel::shutdownNow);
        try {
            return HealthGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(60, TimeUnit.SECONDS)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus()
                    == ServingStatus.SERVING;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamedBeforeAnythingIsServed() {
        Path nowhere = directory.resolve("nowhere.pem");
        assertThatThrownBy(() -> serve(new Protection(
                        Optional.of(new Protection.Tls(nowhere, own.key(), Optional.empty())), Optional.empty())))
                .isInstanceOf(ProtectionException.class)
                .hasMessageContaining("nowhere.pem");
        assertThatThrownBy(() -> serve(new Protection(
                        Optional.of(new Protection.Tls(own.certificate(), client.key(), Optional.of(nowhere))),
                        Optional.empty())))
                .isInstanceOf(ProtectionException.class)
                .hasMessageContaining("nowhere.pem");
        assertThatThrownBy(() -> serve(asking(nowhere)))
                .isInstanceOf(ProtectionException.class)
                .hasMessageContaining("nowhere.pem");
    }

    // ------------------------------------------------------------------------------------------------ tokens

    @Test
    void withoutAKnownTokenEveryCallIsRefusedButHealth() throws IOException {
        ManagedChannel channel = plain(serve(asking(tokens("alice " + ALICE))));
        assertThat(ask(bearing(channel, "Bearer " + ALICE))).isEqualTo("macenv");
        assertThat(ask(bearing(channel, "bearer " + ALICE))).isEqualTo("macenv");
        for (Channel stranger : List.of(
                channel,
                bearing(channel, "Bearer " + BOB),
                bearing(channel, "Basic " + ALICE),
                bearing(channel, ALICE),
                bearing(channel, ""))) {
            Refused.by(() -> ask(stranger)).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            Refused.by(() -> Player.create(stranger, Player.relay(1))).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            assertThat(HealthGrpc.newBlockingStub(stranger)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        }
        PlayLine line = new PlayLine(channel);
        Refused.end(line).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Player player = Player.create(bearing(channel, "Bearer " + ALICE), Player.relay(2, 5));
        assertThat(player.onStream().collect().getEvents().getRows()).isEqualTo(2);
    }

    @Test
    void aTokenTakenFromTheFileOpensNothingFromThenOn() throws IOException {
        EnvironmentServer server = serve(asking(tokens("alice " + ALICE + "\nbob " + BOB)));
        Channel alice = bearing(plain(server), "Bearer " + ALICE);
        Channel bob = bearing(plain(server), "Bearer " + BOB);
        Player player = Player.create(alice, Player.relay(1));
        tokens("bob " + BOB);
        server.refreshTokens();
        Refused.by(player::collect).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        assertThat(ask(bob)).isEqualTo("macenv");
    }

    @Test
    void nobodyGetsAtAnothersSessionByItsRequestId() throws IOException {
        EnvironmentServer server = serve(asking(tokens("alice " + ALICE + "\nbob " + BOB)));
        ManagedChannel channel = plain(server);
        CreateSessionRequest request = Player.relay(1, 5).setRequestId("mine").build();
        CreateSessionResponse first = create(bearing(channel, "Bearer " + ALICE), request);
        CreateSessionResponse again = create(bearing(channel, "Bearer " + ALICE), request);
        CreateSessionResponse other = create(bearing(channel, "Bearer " + BOB), request);
        assertThat(again.getToken()).isEqualTo(first.getToken());
        assertThat(other.getToken()).isNotEqualTo(first.getToken());
        assertThat(other.getSession()).isNotEqualTo(first.getSession());
    }

    @Test
    void aSnapshotThatIsKeptIsThereForItsPrincipalAndNobodyElse() throws IOException {
        EnvironmentServer server = serve(asking(tokens("alice " + ALICE + "\nbob " + BOB)));
        ManagedChannel channel = plain(server);
        Player alice = Player.create(bearing(channel, "Bearer " + ALICE), Player.relay(1, 5));
        Player bob = Player.create(bearing(channel, "Bearer " + BOB), Player.relay(1, 5));
        SnapshotRequest.Builder keep = SnapshotRequest.newBuilder()
                .setSession(alice.session.getSession())
                .setToken(alice.session.getToken())
                .setStore(true);
        String kept = alice.stub.snapshot(keep.build()).getSnapshotId();

        assertThat(alice.stub.restore(restore(alice, kept)).getEpisode()).isZero();
        Player.create(bearing(channel, "Bearer " + ALICE), Player.relay(1).setSnapshotId(kept));
        Refused.by(() -> bob.stub.restore(restore(bob, kept))).is(Code.NOT_FOUND, "SNAPSHOT_NOT_FOUND");
        Refused.by(() -> Player.create(
                        bearing(channel, "Bearer " + BOB), Player.relay(1).setSnapshotId(kept)))
                .is(Code.NOT_FOUND, "SNAPSHOT_NOT_FOUND");
    }

    private static RestoreRequest restore(Player player, String kept) {
        return RestoreRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setSnapshotId(kept)
                .build();
    }

    private static CreateSessionResponse create(Channel channel, CreateSessionRequest request) {
        return ClientCalls.blockingUnaryCall(
                channel, SessionServiceGrpc.getCreateSessionMethod(), CallOptions.DEFAULT, request);
    }

    // ------------------------------------------------------------------------------------------------ the Java client

    @Test
    void theJavaClientTrustsShowsItselfAndBearsAToken() throws IOException {
        EnvironmentServer server =
                serve(new Protection(encrypted(Optional.of(authority)).tls(), Optional.of(tokens("alice " + ALICE))));
        Access.Tls tls = Access.Tls.standard().withTrust(authority).withIdentity(client.certificate(), client.key());
        ClientOptions options = ClientOptions.defaults().withPatience(Duration.ZERO);
        Access known = Access.open().withTls(tls).withBearerToken(ALICE);
        for (String target : List.of("localhost:" + server.port(), "dns:///localhost:" + server.port())) {
            try (EnvironmentClient one = EnvironmentClient.connect(target, options.withAccess(known));
                    Session session = one.createSession(SessionOptions.of("relay"))) {
                assertThat(session.step(new Decisions()).rows()).isEqualTo(1);
            }
        }
        Access unknown = Access.open().withTls(tls).withBearerToken(BOB);
        try (EnvironmentClient one = EnvironmentClient.connect(server.target(), options.withAccess(unknown))) {
            assertThat(one.serving()).as("health is told to everybody").isTrue();
            assertThatThrownBy(one::serverInfo).isInstanceOf(AccessDeniedException.class);
        }
        Access elsewhere = known.withTls(tls.withServerName("somewhere.else"));
        for (Access wrong : List.of(elsewhere, Access.open(), known.withTls(Access.Tls.standard()))) {
            try (EnvironmentClient one = EnvironmentClient.connect(server.target(), options.withAccess(wrong))) {
                assertThatThrownBy(one::serverInfo).isInstanceOf(ServerUnavailableException.class);
            }
        }
    }

    @Test
    void theJavaClientKeepsItsTokenToItself() {
        assertThat(Access.open().withBearerToken(ALICE).toString()).doesNotContain(ALICE);
        assertThatThrownBy(() -> Access.open().withBearerToken(ALICE + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain(ALICE);
    }

    // ------------------------------------------------------------------------------------------------ logs

    @Test
    void noSecretIsEverLogged() throws IOException {
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger macenv = (Logger) LoggerFactory.getLogger("dev.macenv");
        Level before = root.getLevel();
        boolean additive = macenv.isAdditive();
        heard.start();
        macenv.addAppender(heard);
        macenv.setLevel(Level.TRACE);
        macenv.setAdditive(false);
        List<String> secrets = new ArrayList<>(List.of(ALICE, BOB));
        try {
            EnvironmentServer server = serve(asking(tokens("alice " + ALICE)));
            ManagedChannel channel = plain(server);
            Channel alice = bearing(channel, "Bearer " + ALICE);
            Player player = Player.create(alice, Player.faulty("step", 2));
            secrets.add(player.session.getToken());
            player.answer(player.rows(player.collect()));
            Refused.by(() -> player.stub.step(player.request().setToken(BOB).build()))
                    .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            Refused.by(() -> ask(bearing(channel, "Bearer " + BOB)));
            Player onStream = Player.create(alice, Player.relay(1)).onStream();
            secrets.add(onStream.session.getToken());
            onStream.collect();
            tokens("alice " + ALICE + " " + BOB);
            server.refreshTokens();
            tokens("alice " + ALICE + "\nbob " + BOB);
            server.refreshTokens();
            server.close();
        } finally {
            macenv.detachAppender(heard);
            macenv.setLevel(null);
            macenv.setAdditive(additive);
            root.setLevel(before);
        }
        assertThat(heard.list).as("faults, files and closings are logged").hasSizeGreaterThan(3);
        for (ILoggingEvent event : heard.list) {
            String text = event.getFormattedMessage() + " " + event.getThrowableProxy();
            secrets.forEach(secret -> assertThat(text).doesNotContain(secret));
        }
    }
}
