/**
 * What {@code docs/performance.md} measures: an update of each algorithm, and the same network on SameDiff beside it. May use every module; nobody uses it.
 * Start with {@link dev.macenv.bench.UpdateBenchmark}; {@code bench/run -l} lists all.
 */
@NullMarked
package dev.macenv.bench;

import org.jspecify.annotations.NullMarked;
