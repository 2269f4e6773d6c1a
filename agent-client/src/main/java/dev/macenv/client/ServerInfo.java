package dev.macenv.client;

import java.util.List;

/**
 * What a server is.
 *
 * @param protocols protocol packages served, for example "macenv.v1"
 * @param server name of the program
 * @param version version of the program, for provenance
 * @param features optional features present
 */
public record ServerInfo(List<String> protocols, String server, String version, List<String> features) {

    /** Copies the lists. */
    public ServerInfo {
        protocols = List.copyOf(protocols);
        features = List.copyOf(features);
    }
}
