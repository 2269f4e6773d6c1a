/**
 * The rules of who may import what, as tests: it stands here because the examples alone see every module.
 *
 * <p>Start at {@link dev.macenv.architecture.ArchitectureTest}: each rule stands beside code that breaks it, and the test
 * shows both that the project keeps the rule and that the rule catches the offence.
 */
@NullMarked
package dev.macenv.architecture;

import org.jspecify.annotations.NullMarked;
