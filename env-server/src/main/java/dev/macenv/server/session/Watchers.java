package dev.macenv.server.session;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Those who watch a session.
 *
 * <p>A session gives them at most a twentieth of its time, however many they are and however fast they read: what there is
 * to tell is told to all who are ready in a piece of work of its own, and the next such piece waits nineteen times as long
 * as that one took. Until then events cost them a few flags.
 *
 * <p>Touched by the mailbox of the session only.
 */
final class Watchers {
    private static final int SHARE = 20;
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();
    /** How soon to look again at those who wish to be left alone, whose results may pile up. */
    private static final long LOOK_AGAIN = Duration.ofMillis(50).toNanos();

    private static final Watcher[] NOBODY = {};

    private final Lane[] lanes;
    private final LongSupplier nanoClock;
    private final Alarm alarm;
    private final Mailbox mailbox;
    private Watcher[] all = NOBODY;
    private boolean alarmSet;
    private long notBefore;

    Watchers(Lane[] lanes, LongSupplier nanoClock, Alarm alarm, Mailbox mailbox) {
        this.lanes = lanes;
        this.nanoClock = nanoClock;
        this.alarm = alarm;
        this.mailbox = mailbox;
        notBefore = nanoClock.getAsLong();
    }

    // ------------------------------------------------------------------------------------------------ who watches

    int count() {
        return all.length;
    }

    void add(Watcher watcher) {
        all = Arrays.copyOf(all, all.length + 1);
        all[all.length - 1] = watcher;
        wake();
    }

    /** Whoever reads there watches no longer. */
    void remove(WatchSink sink) {
        all = Arrays.stream(all).filter(watcher -> watcher.sink() != sink).toArray(Watcher[]::new);
    }

    /** The session has closed: tells everybody the last. */
    void close() {
        long now = nanoClock.getAsLong();
        for (Watcher watcher : all) {
            watcher.send(lanes, now, true);
        }
        all = NOBODY;
    }

    // ------------------------------------------------------------------------------------------------ lanes move

    /** See {@link Watcher#begun}. */
    void begun(Lane lane) {
        for (Watcher watcher : all) {
            watcher.begun(lane);
        }
        wake();
    }

    /** See {@link Watcher#abandon}. */
    void abandon(Lane lane) {
        for (Watcher watcher : all) {
            watcher.abandon(lane);
        }
    }

    /** See {@link Watcher#leave}. */
    void leave(Lane lane) {
        for (Watcher watcher : all) {
            watcher.leave(lane);
        }
    }

    /** See {@link Watcher#event}. */
    void event(Lane lane) {
        for (Watcher watcher : all) {
            watcher.event(lane);
        }
        wake();
    }

    // ------------------------------------------------------------------------------------------------ telling

    /** Sees to it that those who are ready are told, when it is time. */
    void wake() {
        if (!alarmSet && all.length > 0) {
            long now = nanoClock.getAsLong();
            long pause = Long.MAX_VALUE;
            for (Watcher watcher : all) {
                if (watcher.hopeless() || (watcher.hasNews() && watcher.sink().ready())) {
                    pause = Math.min(pause, watcher.pause(now));
                }
            }
            if (pause != Long.MAX_VALUE) {
                alarmSet = true;
                alarm.in(
                        Math.max(Math.min(pause, LOOK_AGAIN), notBefore - now),
                        () -> mailbox.submitAlways(this::tell, false));
            }
        }
    }

    private void tell() {
        alarmSet = false;
        long begun = nanoClock.getAsLong();
        for (Watcher watcher : all) {
            if (watcher.sink().ready() && watcher.hasNews() && watcher.pause(begun) == 0) {
                watcher.send(lanes, begun, false);
            } else if (watcher.hopeless()) {
                remove(watcher.sink());
                watcher.sink().end(tooSlow());
            }
        }
        long now = nanoClock.getAsLong();
        notBefore = now + Math.min(LONGEST_PAUSE, (SHARE - 1) * (now - begun));
        wake();
    }

    private static RefusedException tooSlow() {
        return RefusedException.quota(
                        Reason.QUOTA_REACHED,
                        "results of episodes that wait for one spectator",
                        "too many (read faster; watch again to go on from where the session then stands)",
                        null)
                .with("limit", "watch_backlog");
    }
}
