package dev.macenv.env.contract;

import dev.macenv.env.MacDecPomdp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every environment promises, for its author to inherit: one method to write, and each {@link ContractCheck} becomes a test. */
public abstract class MacDecPomdpContract {

    /** A new environment, with the same settings on each call. */
    protected abstract MacDecPomdp newEnvironment();

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void promise(ContractCheck check) {
        check.verify(this::newEnvironment);
    }
}
