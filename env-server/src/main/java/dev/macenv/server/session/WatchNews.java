package dev.macenv.server.session;

/**
 * What a spectator is told at once.
 *
 * @param events the rows; {@code ended} also has the entries of END rows that were left out
 * @param droppedRows rows left out so far
 * @param closed whether the session has closed, and this is the last
 */
public record WatchNews(EventBatch events, long droppedRows, boolean closed) {}
