package dev.macenv.client;

import java.util.List;

/**
 * Opens connections. Found by {@link java.util.ServiceLoader} through {@code
 * META-INF/services/dev.macenv.client.ConnectionProvider}; needs a public constructor without arguments. The provider
 * of this module understands every target that {@link EnvironmentClient#connect} names.
 */
public interface ConnectionProvider {

    /** True if this provider understands the target. */
    boolean supports(String target);

    /** The servers that the target stands for now, see {@link EnvironmentClient#servers}; as a rule itself alone. */
    default List<String> servers(String target) {
        return List.of(target);
    }

    /**
     * Opens a connection, without waiting for the server to be there.
     *
     * @throws IllegalArgumentException if the target is malformed
     */
    Connection connect(String target, ClientOptions options);
}
