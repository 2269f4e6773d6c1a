/**
 * A new environment from nothing, the one that docs/adding-an-environment.md builds: {@link dev.macenv.examples.newenvironment.Corridor} is the world,
 * {@link dev.macenv.examples.newenvironment.Walk} and {@link dev.macenv.examples.newenvironment.Rest} its macro-actions,
 * {@link dev.macenv.examples.newenvironment.CorridorProvider} the door through which a server finds it.
 */
@NullMarked
package dev.macenv.examples.newenvironment;

import org.jspecify.annotations.NullMarked;
