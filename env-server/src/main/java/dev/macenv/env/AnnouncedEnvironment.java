package dev.macenv.env;

import java.util.OptionalLong;
import java.util.concurrent.Executor;

/**
 * An environment that works elsewhere, together with others like it: it wants to be told what it will be asked, so that what several are asked becomes one message. Announcing does nothing by itself;
 * the first environment that is then really asked has everything done that was announced to it and to those {@linkplain EnvironmentProvider#lanes made with it}.
 *
 * <p>Nobody has to announce anything: what comes unannounced is done all the same, alone. Callers wait for another process and should do so on {@link #threads}.
 */
public interface AnnouncedEnvironment extends MacDecPomdp, AutoCloseable {

    /** Where one may wait: as many threads as there is work. */
    Executor threads();

    /** The next call will be {@link #reset} with this seed. */
    void announceReset(long seed);

    /**
     * The next calls will be {@link #step} with these requests, until a macro-action has ended, the episode is over or {@code maxTicks} have passed. Before the last of them, only {@link #reward},
     * {@link #ended}, {@link #terminated} and {@link #truncated} may be read.
     *
     * @param macroActions one request per agent, read only where {@link #ended} holds; not kept
     * @param maxTicks at least 1; 0 for no limit
     * @param nextSeed with what seed {@link #reset} follows if the episode is over then; empty if it does not
     */
    void announceSteps(int[] macroActions, int maxTicks, OptionalLong nextSeed);

    /** It is not needed any more, and will not be asked again. Closing twice is fine. */
    @Override
    void close();
}
