package dev.macenv.client;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A client of an environment server. Thread-safe; close it when done, after the sessions.
 *
 * <pre>{@code
 * try (EnvironmentClient client = EnvironmentClient.connect("localhost:50051");
 *         Session session = client.createSession(SessionOptions.of("bp-10").withSeeds(7L))) {
 *     Events events = session.step(new Decisions());          // the START rows
 *     ...
 * }
 * }</pre>
 *
 * <p>All methods throw {@link MacenvException}.
 */
public final class EnvironmentClient implements AutoCloseable {

    private final Connection connection;
    private final @Nullable EmbeddedServer server;

    private EnvironmentClient(Connection connection, @Nullable EmbeddedServer server) {
        this.connection = connection;
        this.server = server;
    }

    /** {@link #connect(String, ClientOptions)} with {@link ClientOptions#defaults}. */
    public static EnvironmentClient connect(String target) {
        return connect(target, ClientOptions.defaults());
    }

    /**
     * A client of the server at a target; does not wait for it to be there.
     *
     * @param target {@code host:port}, {@code dns:///host:port}, {@code unix:/path}, {@code unix:///path} (Unix domain
     *     socket) or {@code inprocess:name} (a server in this process)
     * @throws IllegalArgumentException if no provider understands the target
     */
    public static EnvironmentClient connect(String target, ClientOptions options) {
        return new EnvironmentClient(provider(target).connect(target, options), null);
    }

    /**
     * The servers that a target stands for: for {@code dns:///name:port} one {@code host:port} for each address that the
     * name has now, for all others the target itself. A session lives on one server, so a client that wants several of
     * them connects to each.
     *
     * @throws IllegalArgumentException if no provider understands the target
     * @throws ServerUnavailableException if the name cannot be resolved
     */
    public static List<String> servers(String target) {
        return provider(target).servers(target);
    }

    private static ConnectionProvider provider(String target) {
        for (ConnectionProvider provider : ServiceLoader.load(ConnectionProvider.class, loader())) {
            if (provider.supports(target)) {
                return provider;
            }
        }
        throw new IllegalArgumentException(
                "target: " + target + " (expected: host:port, dns:///host:port, unix:/path or inprocess:name)");
    }

    /** A client of the server with this name in this process. */
    public static EnvironmentClient inProcess(String name) {
        return connect("inprocess:" + name);
    }

    /** A client over a connection that the caller has made; closed with the client. */
    public static EnvironmentClient of(Connection connection) {
        return new EnvironmentClient(connection, null);
    }

    /**
     * Starts a server in this process and connects to it; both are closed with the client.
     *
     * @throws IllegalStateException if there is no {@link EmbeddedServerProvider} on the class path
     */
    public static EnvironmentClient embedded(ClientOptions options) {
        EmbeddedServer server = ServiceLoader.load(EmbeddedServerProvider.class, loader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "embedded server: none (expected: macenv-env-server on the class path;"
                                + " or connect to a running one)"))
                .start();
        try {
            return new EnvironmentClient(connect(server.target(), options).connection, server);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /**
     * What the server is.
     *
     * @throws FeatureAbsentException if it does not speak macenv.v1
     */
    public ServerInfo serverInfo() {
        return connection.serverInfo();
    }

    /**
     * Whether the server says now that it takes calls (gRPC's health service); asked once, and false if there is no
     * answer within seconds. A server without that service counts as serving as long as it answers.
     */
    public boolean serving() {
        return connection.serving();
    }

    /** All environments that the server offers, ascending by id. */
    public List<EnvironmentEntry> environments() {
        return connection.environments();
    }

    /**
     * The specification of an environment.
     *
     * @param environment "id" or "id@version"
     * @param settings Number, Boolean or String by name; absent ones take their defaults
     */
    public TeamSpec environment(String environment, Map<String, Object> settings) {
        return connection.environment(environment, settings);
    }

    /** Creates a session, owned by the caller, who closes it. */
    public Session createSession(SessionOptions options) {
        return connection.createSession(options);
    }

    /**
     * Takes seats in a session of somebody else, next to other players. Of a {@link Session} so obtained, {@link
     * Session#step} waits until one of its own seats has to decide, however long others take; so each player needs a thread
     * of its own. The caller closes it, which gives the seats back.
     */
    public Session join(JoinOptions options) {
        return connection.join(options);
    }

    /**
     * Comes back to a session whose connection or process was lost. Its first {@link Session#step} without decisions
     * returns the rows that wait for decisions.
     */
    public Session attach(SessionKey key) {
        return connection.attach(key);
    }

    /**
     * Comes back to a session in the middle of a step, as a program does that was killed while it waited for the events. The next
     * {@link Session#step} is to be given the decisions (and limits) of that step once more: it is executed if the server has not
     * taken it yet, and otherwise only its events are waited for; {@link Session#nextStepTaken} tells which. For this a program
     * keeps, before each step, {@link Session#lastStepId} + 1 and the decisions.
     *
     * @param sentStepId number of the last step that was sent; 0 if there was none
     * @throws RequestRefusedException with the reason {@code STEP_ID_MISMATCH} if the session has taken another number of steps
     */
    public Session attach(SessionKey key, long sentStepId) {
        return connection.attach(key, sentStepId);
    }

    /**
     * Frees the connection, and the server if it is embedded. Sessions on other servers live on until their lease ends.
     * Never throws.
     */
    @Override
    public void close() {
        connection.close();
        if (server != null) {
            server.close();
        }
    }

    private static ClassLoader loader() {
        return Objects.requireNonNullElseGet(
                EnvironmentClient.class.getClassLoader(), ClassLoader::getSystemClassLoader);
    }
}
