package dev.macenv.avf.experience;

import java.util.Arrays;

/** The windows of one update, as columns whose storage is reused from update to update. Not thread-safe. */
public final class WindowSample {
    private Episode[] episodes = new Episode[0];
    private int[] firstTicks = new int[0];
    private int[] endTicks = new int[0];
    private int size;

    /** Forgets all windows. */
    public void clear() {
        Arrays.fill(episodes, 0, size, null);
        size = 0;
    }

    /** Adds a window. */
    public void add(Window window) {
        add(window.episode(), window.firstTick(), window.endTick());
    }

    void add(Episode episode, int firstTick, int endTick) {
        if (size == episodes.length) {
            int capacity = Math.max(16, 2 * size);
            episodes = Arrays.copyOf(episodes, capacity);
            firstTicks = Arrays.copyOf(firstTicks, capacity);
            endTicks = Arrays.copyOf(endTicks, capacity);
        }
        episodes[size] = episode;
        firstTicks[size] = firstTick;
        endTicks[size] = endTick;
        size++;
    }

    /** Returns the number of windows. */
    public int size() {
        return size;
    }

    /** Returns the episode that this window is cut from. */
    public Episode episode(int window) {
        return episodes[window];
    }

    /** Returns the first tick that this window covers. */
    public int firstTick(int window) {
        return firstTicks[window];
    }

    /** Returns the tick after the last one that this window covers. */
    public int endTick(int window) {
        return endTicks[window];
    }
}
