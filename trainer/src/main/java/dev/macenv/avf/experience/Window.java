package dev.macenv.avf.experience;

/**
 * A cut of L ticks through an episode of T ticks, allowed to hang over both ends: it starts at w in -(L-1)..T-1 and
 * covers the ticks max(0, w) .. min(T, w+L)-1. So an episode owns T+L-1 windows, and every tick, the last and rewarding
 * one included, lies in exactly L of them. (Kept inside the episode, w in 0..T-L, the last tick would lie in one.)
 *
 * @param episode the episode
 * @param start w, the tick at which the window starts
 * @param length L, in ticks
 */
public record Window(Episode episode, int start, int length) {
    /** Checks that the window touches the episode. */
    public Window {
        Checks.atLeast("length", length, 1);
        if (start <= -length || start >= episode.ticks()) {
            throw new IllegalArgumentException(
                    "start: %d (expected: %d..%d, a window of %d ticks that touches the episode)"
                            .formatted(start, 1 - length, episode.ticks() - 1, length));
        }
    }

    /** Returns the window that is the whole episode. */
    public static Window whole(Episode episode) {
        return new Window(episode, 0, episode.ticks());
    }

    /** Returns how many windows of this length an episode of that many ticks owns: T+L-1. */
    public static long count(int ticks, int length) {
        return (long) ticks + length - 1;
    }

    /** Returns the first tick covered. */
    public int firstTick() {
        return Math.max(0, start);
    }

    /** Returns the tick after the last one covered. */
    public int endTick() {
        return Math.min(episode.ticks(), start + length);
    }
}
