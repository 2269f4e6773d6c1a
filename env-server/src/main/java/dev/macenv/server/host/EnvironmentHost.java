package dev.macenv.server.host;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.Settings;
import dev.macenv.host.v1.DescribeRequest;
import dev.macenv.host.v1.DescribeResponse;
import dev.macenv.host.v1.HostServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another process on this machine that offers environments, as a provider of them. What it offers is asked once, when it is dialled; should it be started again, new episodes go on with it if it still
 * offers the same. Thread-safe. Closing it gives up whatever waits for it.
 *
 * <p>Nothing between the two is encrypted, and nobody is asked who they are: a host is on this machine, at a Unix domain socket or a loopback address.
 */
public final class EnvironmentHost implements EnvironmentProvider, AutoCloseable {
    /** How long a host that was there may take to be there again, when an episode is to begin. */
    private static final Duration RETURN = Duration.ofSeconds(2);

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]+\\]|[^/:]+):\\d{1,5}");
    private static final String UNIX = "unix:";
    private static final int MAX_MESSAGE_BYTES = 256 << 20; // all lanes of a session may report in one

    private final String address;
    private final Duration patience;
    private final ManagedChannel channel;
    private final Map<String, EnvironmentSpec> offers;
    private final ExecutorService threads;

    private EnvironmentHost(
            String address, Duration patience, ManagedChannel channel, Map<String, EnvironmentSpec> offers) {
        this.address = address;
        this.patience = patience;
        this.channel = channel;
        this.offers = offers;
        AtomicInteger count = new AtomicInteger();
        threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "macenv-hosted-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * What is wrong with the address of a host; empty if nothing is.
     *
     * @param address {@code host:port} or {@code unix:/path}
     */
    public static Optional<String> problem(String address) {
        if (address.startsWith(UNIX)) {
            return Optional.empty();
        }
        Matcher matcher = HOST_AND_PORT.matcher(address);
        if (!matcher.matches()) {
            return Optional.of("HOST:PORT or unix:PATH");
        }
        try {
            return InetAddress.getByName(matcher.group(1)).isLoopbackAddress()
                    ? Optional.empty()
                    : Optional.of(
                            "a loopback address or unix:PATH, since nothing between server and host is encrypted");
        } catch (UnknownHostException e) {
            return Optional.of("an address that can be found, such as 127.0.0.1:PORT, or unix:PATH");
        }
    }

    /**
     * Asks a host what it offers.
     *
     * @param address {@code host:port} or {@code unix:/path}
     * @param patience how long it may take to answer, now and at each of its tasks
     * @throws HostException if there is none, or what it offers makes no sense
     */
    public static EnvironmentHost dial(String address, Duration patience) {
        problem(address).ifPresent(expected -> {
            throw new HostException("environment host: " + address + " (expected: " + expected + ")");
        });
        // Answers are handed to whoever waits for them, so the transport's own thread may deliver them.
        ManagedChannel channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
        try {
            Map<String, EnvironmentSpec> offers = new LinkedHashMap<>();
            for (EnvironmentSpec offer : Offers.specs(address, describe(address, channel, patience))) {
                if (offers.putIfAbsent(offer.id(), offer) != null) {
                    throw new HostException(
                            "environment host " + address + ": offers " + offer.id() + " twice (expected: once)");
                }
            }
            return new EnvironmentHost(address, patience, channel, offers);
        } catch (RuntimeException e) {
            channel.shutdownNow();
            throw e;
        }
    }

    private static DescribeResponse describe(String address, ManagedChannel channel, Duration patience) {
        channel.resetConnectBackoff();
        HostServiceGrpc.HostServiceBlockingStub stub = HostServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(patience.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return describe(stub);
        } catch (StatusRuntimeException e) {
            String what = e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                    ? "nobody answered there within " + patience.toMillis() + " ms"
                    : HostLine.failed("does not say what it offers", e.getStatus());
            throw new HostException("environment host " + address + ": " + what
                    + " (expected: python -m macenv.host, or macenv.host.serve(), running there)");
        }
    }

    private static DescribeResponse describe(HostServiceGrpc.HostServiceBlockingStub stub) {
        try {
            return stub.describe(DescribeRequest.getDefaultInstance());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
                throw e;
            }
            // The connection to a host that has been started again since can end while it is being asked.
            return stub.describe(DescribeRequest.getDefaultInstance());
        }
    }

    /**
     * Opens a line for the lanes of one session.
     *
     * @param lanes how many there are
     * @throws HostException if the host is not there, or offers something else by now
     */
    HostLine open(EnvironmentSpec known, int lanes) {
        DescribeResponse now = describe(address, channel, RETURN.compareTo(patience) < 0 ? RETURN : patience);
        List<EnvironmentSpec> offered = new ArrayList<>(Offers.specs(address, now));
        offered.removeIf(spec -> !spec.id().equals(known.id()));
        if (!offered.equals(List.of(known))) {
            throw new HostException(
                    "environment host " + address + ": no longer offers " + known.id() + " " + known.version()
                            + " as it was when the server started (expected: the same; start the server again to take what there"
                            + " is now)");
        }
        return new HostLine(
                address, now.getGeneration(), HostServiceGrpc.newStub(channel), known.id(), lanes, patience);
    }

    Executor threads() {
        return threads;
    }

    @Override
    public List<EnvironmentDescription> environments() {
        return offers.values().stream()
                .map(spec -> new EnvironmentDescription(spec.id(), spec.version(), spec.doc(), List.of()))
                .toList();
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        return lanes(id, settings).get();
    }

    @Override
    public Supplier<MacDecPomdp> lanes(String id, Settings settings) {
        EnvironmentSpec spec = offers.get(id);
        if (spec == null) {
            throw new IllegalArgumentException("environment: " + id + " (expected: one of " + offers.keySet() + ")");
        }
        return new HostedLanes(this, spec)::make;
    }

    @Override
    public boolean elsewhere() {
        return true;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return "environment host " + address;
    }
}
