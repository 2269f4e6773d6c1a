package dev.macenv.conform;

import dev.macenv.v1.EnvSpec;
import java.util.function.Predicate;

/**
 * One thing tried out on a server.
 *
 * @param name what holds if the check passes
 * @param ofEnvironment whether it is tried with every environment; otherwise once, with one that suits
 * @param applies to which environments it applies at all
 * @param reaches to which servers, by how they are reached
 */
record Check(String name, boolean ofEnvironment, Predicate<EnvSpec> applies, Predicate<Target> reaches, Body body) {

    /** Tries it. */
    interface Body {
        /**
         * @throws Violation if the server breaks a rule
         * @throws SkippedException if it cannot be tried
         * @throws InterruptedException if the suite is to stop
         */
        void run(Trial trial) throws InterruptedException;
    }

    static Check ofServer(String name, Body body) {
        return new Check(name, false, spec -> true, target -> true, body);
    }

    static Check ofEnvironment(String name, Body body) {
        return new Check(name, true, spec -> true, target -> true, body);
    }

    static Check ofEnvironments(String name, Predicate<EnvSpec> which, Body body) {
        return new Check(name, true, which, target -> true, body);
    }

    static Check ofTargets(String name, Predicate<Target> which, Body body) {
        return new Check(name, false, spec -> true, which, body);
    }
}
