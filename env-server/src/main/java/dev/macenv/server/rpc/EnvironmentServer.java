package dev.macenv.server.rpc;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.session.Guard;
import dev.macenv.server.session.Sessions;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running environment server: catalog, sessions, health and reflection behind one address. Thread-safe. Whoever starts it
 * closes it.
 *
 * <p>Threads: handlers run on the transport's own threads (an event loop, or the caller's thread in-process) and hand
 * whatever is not known to be cheap to a pool of as many threads as there are cores; one more thread reaps leases,
 * looks whether files have changed and when spectators are to be told, and another draws. Environments
 * that are not trusted to return run on threads of their own, under a {@link Guard}.
 */
public final class EnvironmentServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EnvironmentServer.class);
    private static final AtomicInteger embedded = new AtomicInteger();

    private final ServerOptions options;
    private final Sessions sessions;
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService pool;
    private final Guard guard;
    private final Drawings drawings;
    private final ScheduledExecutorService background;
    private final @Nullable BearerTokens tokens;
    private final List<EventLoopGroup> eventLoops = new ArrayList<>();
    private final List<ServerServiceDefinition> services;
    private final AtomicBoolean closed = new AtomicBoolean();

    private final Archive archive;
    private final boolean metered;
    private final Metrics metrics = new Metrics();

    private @Nullable Server server;
    private @Nullable OperatorPorts operatorPorts;
    private String target = "";
    private Runnable afterwards = () -> {};

    private EnvironmentServer(Catalog catalog, ServerOptions options) throws IOException {
        this.options = options;
        Optional<Path> tokenFile = options.protection().tokens();
        tokens = tokenFile.isPresent() ? tokens(tokenFile.orElseThrow()) : null;
        int cores = Runtime.getRuntime().availableProcessors();
        pool = Executors.newFixedThreadPool(cores, threads("macenv-lane-"));
        background = Executors.newSingleThreadScheduledExecutor(threads("macenv-background-"));
        guard = new Guard(options.patience(), threads("macenv-guarded-"));
        metered = options.administration().metrics().isPresent();
        Executor lanes = metered ? new MeteredPool(pool, metrics, options.nanoClock()) : pool;
        sessions = new Sessions(options.limits(), lanes, options.nanoClock(), this::later);
        drawings = new Drawings(threads("macenv-drawing-"), options.limits().responseBytes());
        EnvironmentMaker maker = new EnvironmentMaker(
                catalog,
                options.trust(),
                guard,
                pool,
                new Semaphore(options.limits().constructions()));
        archive = archive(options);
        archive.reviveAll(sessions, new Environments(catalog), maker);
        services = List.of(
                TolerantRequests.of(new CatalogEndpoint(
                                catalog,
                                options.limits(),
                                maker,
                                options.clock(),
                                options.durability().isPresent())
                        .bindService()),
                TolerantRequests.of(new SessionEndpoint(catalog, sessions, maker, drawings, archive).bindService()));
    }

    private static Archive archive(ServerOptions options) throws IOException {
        return new Archive(
                new Recordings(options.limits().recordings()),
                options.durability(),
                options.clock(),
                options.nanoClock());
    }

    private static BearerTokens tokens(Path file) throws ProtectionException {
        try {
            return BearerTokens.read(file);
        } catch (IOException e) {
            throw new ProtectionException("tokens " + file + ": " + e.getMessage(), e);
        }
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    // ------------------------------------------------------------------------------------------------ starting

    /**
     * Listens on a TCP port. Without {@link Protection#tls} nothing is encrypted: an address that other machines can reach
     * is then for networks that are trusted by other means.
     *
     * @param address where to listen; port 0 for any free port
     * @throws IOException if the address cannot be bound, or files of the protection cannot be used
     */
    public static EnvironmentServer tcp(InetSocketAddress address, Catalog catalog, ServerOptions options)
            throws IOException {
        EnvironmentServer made = new EnvironmentServer(catalog, options);
        made.start(made.limited(NettyServerBuilder.forAddress(address, made.credentials())));
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        made.target = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + made.port();
        return made;
    }

    private ServerCredentials credentials() throws IOException {
        if (options.protection().tls().isEmpty()) {
            return InsecureServerCredentials.create();
        }
        try {
            return TlsCredentials.of(options.protection().tls().orElseThrow(), background);
        } catch (IOException e) {
            releaseThreads();
            throw e;
        }
    }

    /**
     * Listens on a Unix domain socket, which only the user of this process may open; never encrypted.
     *
     * @param path where to make the socket; one that a dead server left behind is replaced
     * @throws IOException if the path cannot be bound, another server listens there, or the tokens cannot be read
     */
    public static EnvironmentServer unixSocket(Path path, Catalog catalog, ServerOptions options) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException("Unix domain sockets need Linux on x86-64 or aarch64 (use TCP here)");
        }
        Path absolute = path.toAbsolutePath();
        removeDeadSocket(absolute);
        EnvironmentServer made = new EnvironmentServer(catalog, options);
        EventLoopGroup boss = eventLoops(1, "macenv-accept");
        EventLoopGroup workers = eventLoops(0, "macenv-socket");
        made.eventLoops.add(boss);
        made.eventLoops.add(workers);
        made.start(made.limited(NettyServerBuilder.forAddress(new DomainSocketAddress(absolute.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(boss)
                .workerEventLoopGroup(workers)));
        Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rw-------"));
        made.afterwards = () -> deleteQuietly(absolute);
        made.target = "unix:" + absolute;
        return made;
    }

    private static EventLoopGroup eventLoops(int count, String name) {
        return new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
    }

    private static void removeDeadSocket(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            throw new IOException(path + ": exists and is no socket (choose another path)");
        }
        boolean alive;
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            alive = probe.isConnected();
        } catch (IOException refused) {
            alive = false;
        }
        if (alive) {
            throw new IOException(path + ": another server listens there (stop it, or choose another path)");
        }
        Files.delete(path);
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.warn("could not remove the socket {}", path, e);
        }
    }

    /** Serves this process only, under a name of its own; steps run on the caller's thread where they are cheap. Needs no
     * protection, and has none. */
    public static EnvironmentServer inProcess(Catalog catalog, ServerOptions options) {
        String name = "macenv-" + embedded.incrementAndGet();
        EnvironmentServer made;
        try {
            made = new EnvironmentServer(catalog, options.withProtection(Protection.NONE));
            made.start(InProcessServerBuilder.forName(name).directExecutor());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of the state directory; the name is ours alone
        }
        made.target = "inprocess:" + name;
        return made;
    }

    private NettyServerBuilder limited(NettyServerBuilder builder) {
        return builder.directExecutor()
                .maxInboundMessageSize(options.limits().messageBytes())
                .maxConcurrentCallsPerConnection(options.limits().callsPerConnection())
                .permitKeepAliveTime(20, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(false)
                // A peer that says nothing, or vanished is noticed, so that its open stream stops renewing its lease.
                .handshakeTimeout(20, TimeUnit.SECONDS)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
    }

    private void start(ServerBuilder<?> builder) throws IOException {
        services.forEach(builder::addService);
        builder.intercept(new Principals(tokens));
        if (metered) {
            measure();
            builder.intercept(new CallMetrics(metrics, options.nanoClock())); // the last one is asked first
        }
        builder.addService(health.getHealthService()).addService(ProtoReflectionServiceV1.newInstance());
        try {
            operatorPorts = OperatorPorts.open(
                    options.administration(), metrics, health.getHealthService(), threads("macenv-operator-"));
            server = builder.build().start();
        } catch (IOException | RuntimeException e) {
            releaseThreads();
            throw e;
        }
        for (String service : List.of("", CatalogServiceGrpc.SERVICE_NAME, SessionServiceGrpc.SERVICE_NAME)) {
            health.setStatus(service, ServingStatus.SERVING);
        }
        long every = options.reapEvery().toNanos();
        if (every > 0) {
            var unused = background.scheduleWithFixedDelay(this::lookAround, every, every, TimeUnit.NANOSECONDS);
        }
    }

    private void measure() {
        metrics.gauge("macenv_sessions", "Sessions open now.", sessions::count);
        metrics.gauge(
                "macenv_lanes", "Lanes of the sessions that are open or under construction.", sessions::reservedLanes);
        Runtime runtime = Runtime.getRuntime();
        archive.writer().ifPresent(writer -> {
            metrics.gauge("macenv_journal_bytes", "Bytes of all journals.", writer::length);
            metrics.gauge("macenv_journal_behind_bytes", "Of them not yet on the disk.", writer::behind);
            metrics.gauge("macenv_journal_forces", "Files forced to the disk since the start.", writer::forces);
            metrics.gauge("macenv_journal_shortenings", "Journals shortened since the start.", writer::shortenings);
        });
        metrics.gauge(
                "macenv_heap_bytes",
                "Heap in use, garbage included.",
                () -> runtime.totalMemory() - runtime.freeMemory());
        metrics.gauge("macenv_threads", "Threads of the process.", ManagementFactory.getThreadMXBean()::getThreadCount);
    }

    private void later(long nanos, Runnable work) {
        try {
            var unused = background.schedule(work, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException goingDown) {
            log.debug("nobody is told any more", goingDown);
        }
    }

    private void lookAround() {
        try {
            refreshTokens();
            reap();
        } catch (RuntimeException e) {
            log.error("reaping leases failed", e); // and would not be tried again if it escaped
        }
    }

    // ------------------------------------------------------------------------------------------------ running

    /** What a client connects to: {@code host:port}, {@code unix:/path} or {@code inprocess:name}. */
    public String target() {
        return target;
    }

    /** The TCP port; -1 for other transports. */
    public int port() {
        return started().getPort();
    }

    /** The port that answers HTTP with metrics; -1 if there is none. */
    public int metricsPort() {
        OperatorPorts ports = operatorPorts;
        return ports == null ? -1 : ports.metricsPort();
    }

    /** The port that serves channelz; -1 if there is none. */
    public int channelzPort() {
        OperatorPorts ports = operatorPorts;
        return ports == null ? -1 : ports.channelzPort();
    }

    /** Closes sessions whose lease ran out now, and returns how many. */
    public int reap() {
        return sessions.reap();
    }

    /** Reads the file of bearer tokens again if it has changed; it is looked at as often as leases are. */
    void refreshTokens() {
        BearerTokens known = tokens;
        if (known != null) {
            known.refresh();
        }
    }

    /** Open sessions now. */
    public int sessionCount() {
        return sessions.count();
    }

    /** Sessions that take capacity now, those under construction included. */
    int reservedSessionCount() {
        return sessions.reserved();
    }

    /** Waits until the server has been closed. */
    public void awaitTermination() throws InterruptedException {
        started().awaitTermination();
    }

    private Server started() {
        Server running = server;
        if (running == null) {
            throw new AssertionError("not started");
        }
        return running;
    }

    // ------------------------------------------------------------------------------------------------ stopping

    /** {@link #stop}, whatever comes of it. */
    @Override
    public void close() {
        var unused = stop();
    }

    /**
     * Stops in order: health says so and no session is created, while the server answers still, for the time of the notice; nothing
     * new begins, steps under way are finished and answered, streams end with UNAVAILABLE, and what is left after the grace is
     * cut off. Stopping twice is fine.
     *
     * @return whether nothing had to be cut off
     */
    public boolean stop() {
        if (!closed.compareAndSet(false, true)) {
            return true;
        }
        log.info("going down");
        health.enterTerminalState();
        sessions.drain();
        Server running = started();
        boolean finished = false;
        try {
            running.awaitTermination(
                    options.notice().toNanos(), TimeUnit.NANOSECONDS); // which nobody has asked for yet
            running.shutdown();
            finished = running.awaitTermination(options.grace().toNanos(), TimeUnit.NANOSECONDS);
            if (!finished) {
                running.shutdownNow();
                running.awaitTermination(options.grace().toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            running.shutdownNow();
            Thread.currentThread().interrupt();
        }
        sessions.closeAll();
        awaitClosed();
        releaseThreads();
        afterwards.run();
        log.info("stopped{}", finished ? "" : ", and calls were cut off");
        return finished;
    }

    /** A session closes behind what its lanes do, and its journal is there as long as that has not happened. */
    private void awaitClosed() {
        try {
            if (!sessions.awaitClosed(options.grace())) {
                log.warn("lanes were still running; a session closed meanwhile comes back with the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void releaseThreads() {
        background.shutdownNow();
        OperatorPorts ports = operatorPorts;
        if (ports != null) {
            ports.close();
        }
        archive.close();
        pool.shutdown();
        guard.close();
        drawings.close();
        for (EventLoopGroup loop : eventLoops) {
            var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
