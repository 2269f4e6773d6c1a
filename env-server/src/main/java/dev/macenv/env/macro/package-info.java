/**
 * The machinery that makes a macro-action environment out of a domain and its macro-actions.
 *
 * <p>Uses {@code dev.macenv.env} and nothing else. Start, and end, at {@link dev.macenv.env.macro.MacroActionExecutor}.
 */
@NullMarked
package dev.macenv.env.macro;

import org.jspecify.annotations.NullMarked;
