/**
 * Teams that know the whole state and play as well as can be: what learned policies are measured against. Shows how an
 * environment is played in process, without a server. Start at {@link dev.macenv.examples.scripted.ScriptedTeam}.
 */
@NullMarked
package dev.macenv.examples.scripted;

import org.jspecify.annotations.NullMarked;
