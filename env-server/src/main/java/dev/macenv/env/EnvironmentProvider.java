package dev.macenv.env;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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

    /**
     * Makes environments like {@link #create}'s that one thread at a time uses all, the lanes of a session for example, and that may therefore share what they like.
     */
    default Supplier<MacDecPomdp> lanes(String id, Settings settings) {
        return () -> create(id, settings);
    }

    /** Whether its environments work in another process. They then give up waiting by themselves, and need no guard. */
    default boolean elsewhere() {
        return false;
    }

    /** Somebody who plays {@link #create}'s environments well, knowing the whole state, if there is one. */
    default Optional<ScriptedPolicy> scriptedPolicy(String id, Settings settings) {
        return Optional.empty();
    }
}
