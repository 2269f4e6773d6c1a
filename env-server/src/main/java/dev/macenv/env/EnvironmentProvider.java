package dev.macenv.env;

import java.util.List;
import java.util.Optional;

/**
 * The door through which environments enter a server; found by {@link java.util.ServiceLoader}.
 *
 * <p>An implementation has a public constructor without arguments and is named on a line of the file
 * {@code META-INF/services/dev.macenv.env.EnvironmentProvider} of its jar. Neither the constructor nor {@link #environments} may throw, read
 * files or take noticeable time: they run whenever a server starts, for whatever environment.
 */
public interface EnvironmentProvider {

    /** Every environment that this provider makes; the same on each call. */
    List<EnvironmentDescription> environments();

    /**
     * Makes a new environment, which waits for its first {@link MacDecPomdp#reset}.
     *
     * @param id one of {@link #environments}
     * @param settings complete, typed and within bounds, as the description of {@code id} declares them
     */
    MacDecPomdp create(String id, Settings settings);

    /** Somebody who plays {@link #create}'s environments well, knowing the whole state, if there is one. */
    default Optional<ScriptedPolicy> scriptedPolicy(String id, Settings settings) {
        return Optional.empty();
    }
}
