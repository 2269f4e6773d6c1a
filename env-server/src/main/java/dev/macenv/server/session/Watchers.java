package dev.macenv.server.session;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Those who watch a session.
 *
 * <p>A session gives them at most a twentieth of its time, however many they are and however fast they read: what there is
 * to tell is told to all who are ready in a piece of work of its own, and the next such piece waits nineteen times as long
 * as that one took, and as the transport is taken to need for what was told. Until then events cost a few flags for each {@link Audience}, of which there is one as long as all
 * spectators see the same and read as fast as they are told, and one more for those of each round that do not.
 *
 * <p>Touched by the mailbox of the session only.
 */
final class Watchers {
    private static final int SHARE = 20;
    /** Of a thread of the transport, to encode and write a message on a connection of its own: measured with fifty. */
    static final long TRANSPORT_NANOS = 80_000;

    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();
    /** How soon to look again at those who wish to be left alone, whose results may pile up. */
    private static final long LOOK_AGAIN = Duration.ofMillis(50).toNanos();

    private static final Watcher[] NOBODY = {};
    private static final Audience[] NONE = {};

    private final Lane[] lanes;
    private final LongSupplier nanoClock;
    private final Alarm alarm;
    private final Mailbox mailbox;
    private Watcher[] all = NOBODY;
    private Audience[] audiences = NONE;
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
        add(watcher.audience());
        watcher.audience().enterAll();
        wake();
    }

    private void add(Audience audience) {
        audiences = Arrays.copyOf(audiences, audiences.length + 1);
        audiences[audiences.length - 1] = audience;
    }

    /** Whoever reads there watches no longer. */
    void remove(WatchSink sink) {
        for (Watcher watcher : all) {
            if (watcher.sink() == sink) {
                watcher.audience().leave();
            }
        }
        all = Arrays.stream(all).filter(watcher -> watcher.sink() != sink).toArray(Watcher[]::new);
        removeEmpty();
    }

    private void removeEmpty() {
        audiences = Arrays.stream(audiences)
                .filter(audience -> audience.members() > 0)
                .toArray(Audience[]::new);
    }

    /** The session has closed: tells everybody the last. */
    void close() {
        long now = nanoClock.getAsLong();
        for (Watcher watcher : all) {
            watcher.tell(lanes, now, true);
        }
        all = NOBODY;
        audiences = NONE;
    }

    // ------------------------------------------------------------------------------------------------ lanes move

    /** The lane stands at another episode than before, or has been put back. */
    void begun(Lane lane) {
        for (Audience audience : audiences) {
            audience.abandon(lane);
        }
        event(lane);
    }

    /** See {@link Audience#abandon}. */
    void abandon(Lane lane) {
        for (Audience audience : audiences) {
            audience.abandon(lane);
        }
    }

    /** See {@link Audience#leave}. */
    void leave(Lane lane) {
        for (Audience audience : audiences) {
            audience.leave(lane);
        }
    }

    /** See {@link Audience#event}. Whoever has had news before has been seen to. */
    void event(Lane lane) {
        boolean first = false;
        for (Audience audience : audiences) {
            boolean seenTo = audience.hasNews();
            audience.event(lane);
            first |= !seenTo || audience.hopeless();
        }
        if (first) {
            wake();
        }
    }

    // ------------------------------------------------------------------------------------------------ telling

    /** Sees to it that those who are ready are told, when it is time. */
    void wake() {
        if (!alarmSet && all.length > 0) {
            long now = nanoClock.getAsLong();
            long pause = Long.MAX_VALUE;
            for (Watcher watcher : all) {
                if (watcher.audience().hopeless() || watcher.waits()) {
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
        int told = 0;
        for (Watcher watcher : all) {
            if (watcher.waits() && watcher.pause(begun) == 0) {
                watcher.tell(lanes, begun, false);
                told++;
            } else if (watcher.audience().hopeless()) {
                remove(watcher.sink());
                watcher.sink().end(tooSlow());
            }
        }
        settle();
        long now = nanoClock.getAsLong();
        notBefore = now + Math.min(LONGEST_PAUSE, (SHARE - 1) * (now - begun + told * TRANSPORT_NANOS));
        wake();
    }

    /** Whoever knows all there is, and sees the same, is one audience from now on. */
    private void settle() {
        for (Audience audience : audiences) {
            audience.settle();
        }
        for (Watcher watcher : all) {
            if (watcher.settle()) {
                Audience same = upToDate(watcher.audience());
                if (same != watcher.audience()) {
                    watcher.moveTo(same);
                }
            }
        }
        removeEmpty();
    }

    /** The first audience that sees the same, and knows all. */
    private Audience upToDate(Audience like) {
        for (Audience audience : audiences) {
            if (!audience.hasNews() && audience.sight().equals(like.sight())) {
                return audience;
            }
        }
        Audience audience = like.upToDate();
        add(audience);
        return audience;
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
