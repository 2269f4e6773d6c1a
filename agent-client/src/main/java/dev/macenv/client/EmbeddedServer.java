package dev.macenv.client;

/** A server in this process. Thread-safe. */
public interface EmbeddedServer extends AutoCloseable {

    /** Target for {@link EnvironmentClient#connect}, for example "inprocess:macenv-1". */
    String target();

    /** Stops the server. Closing twice is fine. Never throws. */
    @Override
    void close();
}
