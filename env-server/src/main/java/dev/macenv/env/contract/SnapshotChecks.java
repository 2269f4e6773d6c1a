package dev.macenv.env.contract;

import static dev.macenv.env.contract.Play.require;
import static dev.macenv.env.contract.Play.same;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SnapshotException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Promises about snapshots. */
final class SnapshotChecks {

    private static final int EPISODES = 10;
    private static final int TICKS_BETWEEN = 7;

    private SnapshotChecks() {}

    static void snapshotsContinue(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = PlayChecks.begin(environments.get(), seed);
            while (!play.over()) {
                byte[] snapshot = play.environment.snapshot();
                Map<String, Object> raw = play.environment.inspect();
                int[] requests = play.requests.clone();
                double[][] original = recordFrom(play.environment, requests);
                for (MacDecPomdp target : List.of(play.environment, environments.get())) {
                    String where = target == play.environment ? "the same environment" : "a new environment";
                    target.restore(snapshot);
                    require(
                            raw.equals(target.inspect()),
                            "restored into " + where + ": " + target.inspect() + " (expected: " + raw + ")");
                    same("restored into " + where, original, recordFrom(target, requests));
                }
                play.environment.restore(snapshot);
                for (int i = 0; i < TICKS_BETWEEN && !play.over(); i++) {
                    play.step();
                }
            }
        }
    }

    private static double[][] recordFrom(MacDecPomdp environment, int[] requests) {
        Play play = new Play(environment, 4711);
        System.arraycopy(requests, 0, play.requests, 0, requests.length);
        return play.record();
    }

    static void snapshotsAreStable(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play one = PlayChecks.begin(environments.get(), seed);
            Play other = PlayChecks.begin(environments.get(), seed);
            while (!one.over()) {
                byte[] snapshot = one.environment.snapshot();
                String where = "tick " + one.environment.tick();
                require(
                        Arrays.equals(snapshot, one.environment.snapshot()),
                        where + ": a second snapshot differs from the first");
                require(
                        Arrays.equals(snapshot, other.environment.snapshot()),
                        where + ": equal situations give different snapshots");
                other.environment.restore(snapshot);
                require(
                        Arrays.equals(snapshot, other.environment.snapshot()),
                        where + ": a snapshot after restoring differs");
                one.step();
                other.step();
            }
        }
    }

    static void damagedSnapshotsAreRefused(Supplier<MacDecPomdp> environments) {
        Play play = PlayChecks.begin(environments.get(), 0);
        play.step();
        byte[] whole = play.environment.snapshot();
        for (int i = 0; i < whole.length; i += 3) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            refused(play, damaged);
            refused(play, Arrays.copyOf(whole, i));
        }
    }

    private static void refused(Play play, byte[] damaged) {
        byte[] before = play.environment.snapshot();
        try {
            play.environment.restore(damaged);
        } catch (SnapshotException refusal) {
            require(Arrays.equals(before, play.environment.snapshot()), "restore: refused, yet something changed");
            return;
        }
        throw new AssertionError("restore: a damaged snapshot was accepted");
    }
}
