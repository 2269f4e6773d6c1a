package dev.macenv.server.rpc;

/** The version of this server, from the manifest of its jar. */
public final class ServerVersion {
    private ServerVersion() {}

    /** {@code development} where the classes do not come from a jar. */
    public static String current() {
        String version = ServerVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
