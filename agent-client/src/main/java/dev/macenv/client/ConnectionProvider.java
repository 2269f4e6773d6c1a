package dev.macenv.client;

/**
 * Opens connections. Found by {@link java.util.ServiceLoader} through {@code
 * META-INF/services/dev.macenv.client.ConnectionProvider}; needs a public constructor without arguments. The provider
 * of this module understands every target that {@link EnvironmentClient#connect} names.
 */
public interface ConnectionProvider {

    /** True if this provider understands the target. */
    boolean supports(String target);

    /**
     * Opens a connection, without waiting for the server to be there.
     *
     * @throws IllegalArgumentException if the target is malformed
     */
    Connection connect(String target, ClientOptions options);
}
