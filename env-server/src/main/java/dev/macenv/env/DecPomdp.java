package dev.macenv.env;

import dev.macenv.env.scene.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The domain beneath the macro-actions: a Dec-POMDP that advances in ticks.
 *
 * <p>A tick is {@link #beginTick}, then {@link #act} once for every agent in seat order, then {@link #endTick}. Within a tick the agents thus act
 * one after the other: an agent finds the world as the agents before it left it, and its low-level policy is asked just before it acts. A domain in
 * which all move at once records the actions in {@code act} and carries them out in {@code endTick}.
 *
 * <p>After {@link #reset} and after each {@link #endTick} the rest of the methods describe the world as it then is, without changing it.
 * An implementation is used by one thread, draws from the generator that it is given and from no other source, and allocates nothing
 * in {@code beginTick}, {@code act}, {@code endTick}, {@code observation} and {@code state}. It knows nothing of horizons, macro-actions or seeds.
 */
public interface DecPomdp {

    /** Number of agents, fixed. */
    int agents();

    /** Puts the world into an initial situation. */
    void reset(RandomGenerator random);

    /** Before the first agent acts. */
    default void beginTick(RandomGenerator random) {}

    /**
     * Lets one agent act.
     *
     * @param primitiveAction from the domain's own alphabet, which its macro-actions know
     */
    void act(int agent, int primitiveAction, RandomGenerator random);

    /** After the last agent acted: what the world does by itself, the reward, whether the task is over, and the new primitive observations. */
    void endTick(RandomGenerator random);

    /** The team's reward of the last tick. */
    double reward();

    /** Whether the task is over. */
    boolean terminated();

    /** Whether neither {@link #reset} nor a tick ever draws a random number, in the domain or in its macro-actions. */
    boolean deterministic();

    /** The layout of what {@link #observation} writes. */
    VectorSpec observationSpec(int agent);

    /** Writes the agent's primitive observation of the present situation to {@code out[offset..]}. */
    void observation(int agent, double[] out, int offset);

    /** The layout of what {@link #state} writes. */
    VectorSpec stateSpec();

    /** Writes the state to {@code out[offset..]}. */
    void state(double[] out, int offset);

    /** Writes everything that {@link #load} needs to continue exactly; always the same number of bytes in the same order. */
    void save(SnapshotWriter out);

    /** Takes back what {@link #save} wrote. */
    void load(SnapshotReader in);

    /** What there is to see, if the domain can be drawn; see {@link MacDecPomdp#scene}. */
    default Optional<Scene> scene(JointExecution execution) {
        return Optional.empty();
    }

    /** The raw situation by name; see {@link MacDecPomdp#inspect}. */
    default Map<String, Object> inspect(JointExecution execution) {
        return Map.of();
    }
}
