/**
 * Recorded episodes, and the proof that the environments still play them exactly so.
 *
 * <p>Uses the environments through {@code dev.macenv.server.catalog} and the public stepping interface alone. Start reading at {@link dev.macenv.server.journal.GoldenReplay}.
 */
@NullMarked
package dev.macenv.server.journal;

import org.jspecify.annotations.NullMarked;
