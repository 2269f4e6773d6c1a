/**
 * What runs have shown: learning curves as pictures, tables over seeds as Markdown.
 *
 * <p>Works on run directories alone ({@link dev.macenv.avf.report.RunLayout}), whether their runs are finished or not. May use
 * {@code metric}; knows nothing of learners or environments. Start reading at {@link dev.macenv.avf.report.RunRecord}.
 */
@NullMarked
package dev.macenv.avf.report;

import org.jspecify.annotations.NullMarked;
