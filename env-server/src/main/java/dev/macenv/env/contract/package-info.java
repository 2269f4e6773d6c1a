/**
 * What every environment promises, as checks that anyone can run: {@link dev.macenv.env.contract.ContractCheck} lists them, a JUnit test inherits
 * them from {@code MacDecPomdpContract} in the test jar.
 *
 * <p>Uses {@code dev.macenv.env} and no test framework.
 */
@NullMarked
package dev.macenv.env.contract;

import org.jspecify.annotations.NullMarked;
