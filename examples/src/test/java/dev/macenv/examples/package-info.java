/** Tests of what the examples have in common: the pages in {@code docs/} show what is compiled here. Each example's own tests are in its own package. */
@NullMarked
package dev.macenv.examples;

import org.jspecify.annotations.NullMarked;
