/** The frames of recording files, which servers write and clients read. What is in them is a matter of {@code recording.proto}. */
@NullMarked
package dev.macenv.recording;

import org.jspecify.annotations.NullMarked;
