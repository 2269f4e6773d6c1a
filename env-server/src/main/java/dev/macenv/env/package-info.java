/**
 * What the author of an environment sees, and what a server drives.
 *
 * <p>An author writes a {@link dev.macenv.env.DecPomdp} (the domain, in ticks), a few {@link dev.macenv.env.MacroAction}s over it, and an
 * {@link dev.macenv.env.EnvironmentProvider} that declares ids and settings. {@link dev.macenv.env.macro.MacroActionExecutor} turns the first two
 * into a {@link dev.macenv.env.MacDecPomdp}, which is all that the rest of the server knows.
 *
 * <p>Depends on the JDK alone. Start reading at {@link dev.macenv.env.MacDecPomdp}.
 */
@NullMarked
package dev.macenv.env;

import org.jspecify.annotations.NullMarked;
