/**
 * Recorded sessions as files and as journals that survive the server; recorded episodes, and the proof that the environments
 * still play them exactly so.
 *
 * <p>Knows records as bytes alone, framed by {@link dev.macenv.recording.Frames}; what is in them is written and read by {@code
 * dev.macenv.server.rpc}. Start reading at {@link dev.macenv.server.journal.Journal} and {@link dev.macenv.server.journal.GoldenReplay}, which uses the environments through {@code dev.macenv.server.catalog} and the public
 * stepping interface.
 */
@NullMarked
package dev.macenv.server.journal;

import org.jspecify.annotations.NullMarked;
