package dev.macenv.client;

/**
 * A lane as it stood at an event, with everything that its future depends on. {@link Session#snapshot} takes it.
 *
 * @param bytes opaque; good for every server that has the environment in the same version and with the same settings. Not to
 *     be changed
 * @param episode the episode saved; -1 where that is not known, as in recordings
 * @param tick the tick saved; -1 where that is not known
 */
public record Snapshot(byte[] bytes, int episode, int tick) {}
