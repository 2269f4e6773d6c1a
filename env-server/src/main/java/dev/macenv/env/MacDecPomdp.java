package dev.macenv.env;

import dev.macenv.env.scene.Scene;
import java.util.Map;
import java.util.Optional;

/**
 * One asynchronous macro-action environment, advanced one tick at a time: what a session runs as a lane.
 *
 * <p>The rules that every implementation keeps:
 *
 * <ul>
 *   <li><b>Requests.</b> {@link #step} reads the request of agent i only while agent i is pending, that is after a {@link #reset} and whenever
 *       its macro-action ended on the last tick. The requests of all others are ignored, whatever they hold.
 *   <li><b>Held observations.</b> The macro-observation of an agent changes only on a tick at whose end its macro-action ended. Until then
 *       {@link #macroObservation} gives the same numbers again.
 *   <li><b>Reward.</b> One number for the whole team.
 *   <li><b>Ending.</b> {@link #terminated} says that the task is over, {@link #truncated} that the horizon was reached first; never both. Agents
 *       amid a macro-action when the episode ends are left so: {@link #ended} stays false for them.
 *   <li><b>Determinism.</b> The trajectory is a function of the settings, the seed and the requests that were read, and of nothing else.
 * </ul>
 *
 * <p>Not thread-safe: one thread at a time. Nothing here but {@link #snapshot}, {@link #inspect} and {@link #scene} allocates, unless the environment works elsewhere ({@link AnnouncedEnvironment}).
 */
public interface MacDecPomdp {

    /** What there is to know before the first tick; the same object on each call. */
    EnvironmentSpec spec();

    /**
     * Begins an episode at tick 0 with every agent pending.
     *
     * @param seed any value, 0 included; the same seed gives the same episode
     */
    void reset(long seed);

    /**
     * Advances the world by one tick.
     *
     * @param macroActions one request per agent, read only where {@link #ended} holds; never kept
     * @throws IllegalArgumentException if a pending agent's request is out of range or illegal, or the array too short; nothing has changed then
     * @throws IllegalStateException if the episode is over or was never begun, or a macro-action outlasts {@link EnvironmentSpec#maxMacroTicks}
     */
    void step(int[] macroActions);

    /** Whether the agent's macro-action ended on the last tick; true for all after {@link #reset}. The agent is pending, unless the episode is over. */
    boolean ended(int agent);

    /** The macro-action that was in effect on the last tick; -1 after {@link #reset}. */
    int macroAction(int agent);

    /** The team's reward of the last tick; 0 after {@link #reset}. */
    double reward();

    /** Whether the last tick brought the task to its end. */
    boolean terminated();

    /** Whether the last tick was the horizon's and did not terminate the episode. */
    boolean truncated();

    /** Ticks since {@link #reset}. */
    int tick();

    /** Whether the agent, if it is pending, may start this macro-action now. At least one is legal whenever an agent is pending. */
    boolean legal(int agent, int macroAction);

    /** Writes the agent's held macro-observation, {@link AgentSpec#observationSize} numbers, to {@code out[offset..]}. */
    void macroObservation(int agent, double[] out, int offset);

    /** Writes the state of the world, {@link EnvironmentSpec#stateSize} numbers, to {@code out[offset..]}. For training, not for agents. */
    void state(double[] out, int offset);

    /** Everything that {@link #restore} needs to go on from here exactly as this object would, its random stream included. Equal situations give equal bytes. */
    byte[] snapshot();

    /**
     * Goes back to where the snapshot was taken, in this or any other environment with the same {@link EnvironmentSpec#fingerprint}.
     *
     * @throws SnapshotException if the bytes are damaged or from an environment with another fingerprint; nothing has changed then
     */
    void restore(byte[] snapshot);

    /** The raw situation by name, for people, recordings and tests: numbers and nested lists of numbers in a fixed order of keys. */
    Map<String, Object> inspect();

    /** What there is to see now, if this environment can be drawn. Changes nothing, and costs nothing unless it is asked for. */
    default Optional<Scene> scene() {
        return Optional.empty();
    }
}
