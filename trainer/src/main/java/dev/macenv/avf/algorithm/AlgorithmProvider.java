package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.TeamShape;
import java.util.random.RandomGenerator;

/**
 * Makes learners of one kind. Found by {@link java.util.ServiceLoader}: list the class in {@code
 * META-INF/services/dev.macenv.avf.algorithm.AlgorithmProvider}; it needs a public constructor without parameters, which
 * must not throw.
 *
 * @param <C> what is configured: a record whose components are top-level keys of the YAML
 */
public interface AlgorithmProvider<C extends Record> {
    /** Returns the name that selects this kind of learner: lower case, digits and hyphens. */
    String name();

    /** Returns the configuration's type. Its constructor checks ranges: {@code component: value (expected: ...)}. */
    Class<C> configuration();

    /**
     * Makes a learner.
     *
     * @param config checked configuration
     * @param shape the team
     * @param init draws the initial parameters
     * @throws IllegalArgumentException if the configuration does not fit the team
     */
    Learner create(C config, TeamShape shape, RandomGenerator init);
}
