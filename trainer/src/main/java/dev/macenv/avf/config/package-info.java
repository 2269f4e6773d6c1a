/**
 * Configuration: records say what exists, YAML says how much.
 *
 * <p>{@link dev.macenv.avf.config.ConfigLibrary} finds the shipped files and lays them over one another,
 * {@link dev.macenv.avf.config.RecordBinder} fills records from the merged tree and reports every problem it meets, and
 * {@link dev.macenv.avf.config.ResolvedConfig} is the result. No default value lives in Java code. The package may use the
 * records of {@code experience}, {@code nn}, {@code mixer} and {@code algorithm}; it knows nothing of {@code experiment}.
 * Start reading at {@link dev.macenv.avf.config.ConfigLibrary#resolve}.
 */
@NullMarked
package dev.macenv.avf.config;

import org.jspecify.annotations.NullMarked;
