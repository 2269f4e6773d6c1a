package dev.macenv.client;

/**
 * Starts a server in this process, so that a program can train or play without another one running; it is spoken to
 * through the protocol all the same. Found by {@link java.util.ServiceLoader} through {@code
 * META-INF/services/dev.macenv.client.EmbeddedServerProvider}; needs a public constructor without arguments.
 */
public interface EmbeddedServerProvider {

    /** Starts a server with every environment on the class path. The caller closes it. */
    EmbeddedServer start();
}
