package dev.macenv.client;

import java.util.List;
import java.util.Map;

/**
 * A way to a server; the SPI behind {@link EnvironmentClient}, where the methods are described. Thread-safe.
 */
public interface Connection extends AutoCloseable {

    /** See {@link EnvironmentClient#serverInfo}. */
    ServerInfo serverInfo();

    /** See {@link EnvironmentClient#serving}. */
    boolean serving();

    /** See {@link EnvironmentClient#environments}. */
    List<EnvironmentEntry> environments();

    /** See {@link EnvironmentClient#environment}. */
    TeamSpec environment(String environment, Map<String, Object> settings);

    /** See {@link EnvironmentClient#createSession}. */
    Session createSession(SessionOptions options);

    /** See {@link EnvironmentClient#join}. */
    Session join(JoinOptions options);

    /** See {@link EnvironmentClient#attach}. */
    Session attach(SessionKey key);

    /** See {@link EnvironmentClient#attach(SessionKey, long)}. */
    Session attach(SessionKey key, long sentStepId);

    /** Frees what the connection holds; sessions stay on the server. Never throws. */
    @Override
    void close();
}
