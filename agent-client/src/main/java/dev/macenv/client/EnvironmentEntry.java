package dev.macenv.client;

/**
 * One line of a server's catalog.
 *
 * @param id name for {@link SessionOptions#environment}
 * @param version version of the rules
 * @param summary one sentence
 */
public record EnvironmentEntry(String id, String version, String summary) {}
