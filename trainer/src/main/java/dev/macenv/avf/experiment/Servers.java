package dev.macenv.avf.experiment;

import dev.macenv.client.Access;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.ErrorCode;
import dev.macenv.client.LimitReachedException;
import dev.macenv.client.MacenvException;
import dev.macenv.client.ServerInfo;
import dev.macenv.client.ServerUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that a run may play on: one in this process, or those of a list. Those that do not say that they serve are passed
 * over; where none does, it is waited for one. Which server plays a lane changes nothing in the results.
 *
 * <p>Thread-safe; close it after the sessions.
 */
final class Servers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Servers.class);

    /** How long it is waited for a server when none serves. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final long PAUSE_MILLIS = 500;

    /** The connection is given up sooner than usual: what was on the server can be had again elsewhere. */
    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(5);

    private final ClientOptions options;
    private final List<String> targets;
    private final BooleanSupplier stop;
    private final Map<String, EnvironmentClient> clients = new LinkedHashMap<>(); // by server
    private final Set<String> missing = new LinkedHashSet<>(); // of which it was said that they do not serve

    private Servers(List<String> targets, Access access, BooleanSupplier stop) {
        this.targets = targets;
        this.stop = stop;
        this.options = ClientOptions.defaults().withPatience(CLIENT_PATIENCE).withAccess(access);
    }

    /**
     * @param choice each target is one as {@link EnvironmentClient#connect} has it, {@code dns:///name:port} standing for
     *     all addresses of the name
     * @param stop asked while it is waited for a server, whether to give up
     * @throws IllegalArgumentException if a target is malformed, or a file of the access cannot be read
     * @throws ServerUnavailableException if a name cannot be resolved
     */
    static Servers of(ServerChoice choice, BooleanSupplier stop) {
        List<String> targets =
                choice.targets().map(text -> List.of(text.split(",", -1))).orElse(List.of());
        Servers servers = new Servers(targets, choice.access(), stop);
        try {
            if (servers.targets.isEmpty()) {
                servers.clients.put("this process", EnvironmentClient.embedded(ClientOptions.defaults()));
            } else {
                servers.targets.forEach(servers::connect);
            }
            return servers;
        } catch (RuntimeException e) {
            servers.close();
            throw e;
        }
    }

    private void connect(String target) {
        for (String server : EnvironmentClient.servers(target.strip())) {
            clients.computeIfAbsent(server, each -> EnvironmentClient.connect(each, options));
        }
    }

    /** Looks again where the targets' names lead: servers may have moved. */
    private void lookUpAgain() {
        for (String target : targets) {
            try {
                connect(target);
            } catch (ServerUnavailableException e) {
                log.debug("{}", target, e);
            }
        }
    }

    /** What the first server that serves is. */
    ServerInfo info() {
        return anywhere(0, EnvironmentClient::serverInfo);
    }

    /** How many servers serve now, at least 1: with none, it is waited for one. */
    int serving() {
        return anywhere(0, client -> {
            List<EnvironmentClient> found = new ArrayList<>();
            for (Map.Entry<String, EnvironmentClient> server : clients.entrySet()) {
                if (serves(server.getKey(), server.getValue())) {
                    found.add(server.getValue());
                }
            }
            return Math.max(1, found.size());
        });
    }

    /**
     * Does something on a server.
     *
     * @param home number of the server to be tried first; the others follow in order. Only those that serve count
     * @param task what to do; tried on the next server if this one turns out not to be reachable, or full
     * @throws MacenvException what the task threw otherwise; or, after ten minutes without any server or when asked to stop, why
     *     there is none
     */
    synchronized <T> T anywhere(int home, Function<EnvironmentClient, T> task) {
        long begin = System.nanoTime();
        boolean told = false;
        while (true) {
            @Nullable MacenvException failure = null;
            List<String> serving = clients.entrySet().stream()
                    .filter(server -> serves(server.getKey(), server.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            for (int i = 0; i < serving.size(); i++) {
                EnvironmentClient client = client(serving.get((home + i) % serving.size()));
                try {
                    return task.apply(client);
                } catch (ServerUnavailableException | LimitReachedException e) {
                    failure = e;
                }
            }
            if (System.nanoTime() - begin > PATIENCE.toNanos() || (told && stop.getAsBoolean())) {
                throw failure != null ? failure : noneServes();
            }
            if (!told) {
                log.warn(
                        "no server to play on, waiting for up to {} minutes: {}",
                        PATIENCE.toMinutes(),
                        failure != null ? failure.getMessage() : noneServes().getMessage());
                told = true;
            }
            pause();
            lookUpAgain();
        }
    }

    private EnvironmentClient client(String server) {
        EnvironmentClient client = clients.get(server);
        if (client == null) {
            throw new AssertionError(server);
        }
        return client;
    }

    /** Says so once when a server is missing, and once when it is back. */
    private boolean serves(String server, EnvironmentClient client) {
        boolean serves = client.serving();
        if (!serves && missing.add(server)) {
            log.warn("{} is not serving; going on without it until it does", server);
        } else if (serves && missing.remove(server)) {
            log.warn("{} is serving", server);
        }
        return serves;
    }

    private MacenvException noneServes() {
        return MacenvException.of(
                MacenvException.Failure.of(
                        ErrorCode.UNAVAILABLE,
                        "none of " + String.join(", ", clients.keySet())
                                + " is serving (is `macenv serve` running there, and is the port right?)"),
                null);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MacenvException.of(
                    MacenvException.Failure.of(ErrorCode.UNAVAILABLE, "interrupted while waiting for a server"), e);
        }
    }

    /** Frees the connections, and the server in this process if there is one. */
    @Override
    public synchronized void close() {
        clients.values().forEach(EnvironmentClient::close);
    }
}
