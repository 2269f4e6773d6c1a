package dev.macenv.server.catalog;

/** No environment is registered under the id that was asked for. */
public final class UnknownEnvironmentException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String id;

    UnknownEnvironmentException(String id, String message) {
        super(message);
        this.id = id;
    }

    public String id() {
        return id;
    }
}
