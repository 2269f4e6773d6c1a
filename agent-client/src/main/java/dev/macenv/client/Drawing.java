package dev.macenv.client;

/**
 * A lane as it stood at its last event, to look at.
 *
 * @param format for example "text/plain" (UTF-8) or "image/png"
 * @param data the drawing; not to be changed
 * @param episode the episode shown
 * @param tick the tick shown
 */
public record Drawing(String format, byte[] data, int episode, int tick) {}
