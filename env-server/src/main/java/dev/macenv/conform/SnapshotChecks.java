package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.RestoreResponse;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.SnapshotResponse;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;

/** Group 5: from a snapshot everything goes on as it did, in this lane or in any other. */
final class SnapshotChecks {
    private static final String LAW = "session.proto, Snapshot: everything that the lane's future depends on";
    private static final int BEFORE = 5;
    private static final int AFTER = 25;

    private SnapshotChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofEnvironment("a lane put back goes on as it did", SnapshotChecks::sameLane),
                Check.ofEnvironment("so does another lane, and another session", SnapshotChecks::elsewhere),
                Check.ofEnvironment("so does a copy, which the original does not notice", SnapshotChecks::fork),
                Check.ofServer("stored snapshots have names", SnapshotChecks::stored),
                Check.ofServer("saving changes nothing", SnapshotChecks::changesNothing),
                Check.ofServer("a damaged or foreign snapshot is refused", SnapshotChecks::refused));
    }

    private static void needsSnapshots(Trial trial) {
        trial.needs("snapshot");
        trial.needs("restore");
        if (!trial.spec().getFeatures().getSnapshot()) {
            throw new SkippedException(trial.environment() + " says that its lanes cannot be saved");
        }
    }

    private static SnapshotRequest.Builder snapshot(Player player, int lane) {
        return SnapshotRequest.newBuilder()
                .setSession(player.session())
                .setToken(player.token())
                .setLane(lane);
    }

    private static RestoreRequest.Builder restore(Player player, int lane) {
        return RestoreRequest.newBuilder()
                .setSession(player.session())
                .setToken(player.token())
                .setLane(lane);
    }

    private static ByteString save(Trial trial, Player player, int lane, Rows rows) {
        SnapshotResponse saved =
                trial.sessions().snapshot(trial.sending(snapshot(player, lane).build()));
        Violation.unlessEqual(LAW, "the tick saved", rows.tick(rows.count() - 1), saved.getTick());
        Violation.unlessEqual(LAW, "the episode saved", rows.episode(rows.count() - 1), saved.getEpisode());
        return saved.getSnapshot();
    }

    /** Plays a single lane for a while. */
    private static Rows played(Player player) throws InterruptedException {
        Rows rows = player.collect();
        for (int i = 0; i < BEFORE; i++) {
            rows = player.answer(rows);
        }
        return rows;
    }

    /** What follows from the row that is owed; of one lane, without its number. */
    private static List<String> future(Player player, Rows owed) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        Rows rows = owed;
        for (int i = 0; i < AFTER; i++) {
            for (int row = 0; row < rows.count(); row++) {
                texts.add(rows.text(row));
            }
            rows = player.answer(rows);
        }
        return texts;
    }

    /** From the row at which the lane was saved on; others may have come with it in one answer, as END with START. */
    private static List<String> futureOfLast(Player player, Rows rows) throws InterruptedException {
        int before = rows.count() - 1;
        List<String> texts = future(player, rows);
        return texts.subList(before, texts.size());
    }

    private static void sameLane(Trial trial) throws InterruptedException {
        needsSnapshots(trial);
        Player player = trial.create(trial.session(1, trial.random().nextLong()));
        Rows rows = played(player);
        ByteString saved = save(trial, player, 0, rows);
        List<String> first = futureOfLast(player, rows);
        for (int time = 0; time < 2; time++) {
            RestoreResponse restored = trial.sessions()
                    .restore(trial.sending(restore(player, 0).setSnapshot(saved).build()));
            Violation.unlessEqual(LAW, "the tick restored", rows.tick(rows.count() - 1), restored.getTick());
            Rows owed = player.collect();
            Violation.unlessEqual(
                    "session.proto, Restore: the row at which it was taken is owed, as if it had just happened",
                    "rows after Restore",
                    1,
                    owed.count());
            Trajectory.unlessSame(LAW, "the same lane, put back", first, future(player, owed));
        }
    }

    private static void elsewhere(Trial trial) throws InterruptedException {
        needsSnapshots(trial);
        long seed = trial.random().nextLong();
        Player original = trial.create(trial.session(1, seed));
        Rows rows = played(original);
        ByteString saved = save(trial, original, 0, rows);
        List<String> expected = futureOfLast(original, rows);
        Player other = trial.create(trial.session(1, seed + 1));
        other.answer(other.collect());
        trial.sessions()
                .restore(trial.sending(restore(other, 0).setSnapshot(saved).build()));
        Trajectory.unlessSame(LAW, "a lane of another session", expected, future(other, other.collect()));
        Player two = trial.create(trial.session(2, seed + 2));
        two.collect();
        trial.sessions()
                .restore(trial.sending(restore(two, 1).setSnapshot(saved).build()));
        Rows owed = two.collect();
        Violation.unlessEqual(LAW, "rows after Restore of lane 1", 1, owed.count());
        Violation.unlessEqual(LAW, "the lane restored", 1, owed.lane(0));
        Violation.unlessEqual(LAW, "the row of the lane restored", expected.get(0), owed.text(0));
    }

    private static void fork(Trial trial) throws InterruptedException {
        needsSnapshots(trial);
        Player original = trial.create(trial.session(1, trial.random().nextLong()));
        Rows rows = played(original);
        ByteString saved = save(trial, original, 0, rows);
        Player copy = trial.create(trial.session(1).setSnapshot(saved));
        List<String> ofCopy = future(copy, copy.collect());
        trial.sessions()
                .closeSession(trial.sending(CloseSessionRequest.newBuilder()
                        .setSession(copy.session())
                        .setToken(copy.token())
                        .build()));
        Trajectory.unlessSame(
                "session.proto, CreateSessionRequest.snapshot: every lane is a copy of the snapshot",
                "the original beside its copy",
                futureOfLast(original, rows),
                ofCopy);
    }

    private static void stored(Trial trial) throws InterruptedException {
        needsSnapshots(trial);
        Player player = trial.create(trial.session(1, trial.random().nextLong()));
        Rows rows = played(player);
        SnapshotResponse kept = trial.sessions()
                .snapshot(trial.sending(snapshot(player, 0).setStore(true).build()));
        Violation.unless(
                kept.getSnapshot().isEmpty() && !kept.getSnapshotId().isEmpty(),
                "session.proto, SnapshotResponse: stored, it has a name and no bytes",
                "a stored snapshot",
                "a name and no bytes",
                kept.getSnapshot().size() + " bytes and the name \"" + kept.getSnapshotId() + "\"");
        List<String> first = futureOfLast(player, rows);
        trial.sessions()
                .restore(trial.sending(
                        restore(player, 0).setSnapshotId(kept.getSnapshotId()).build()));
        Trajectory.unlessSame(LAW, "a lane put back by name", first, future(player, player.collect()));
        Refusal.by(() -> trial.sessions()
                        .restore(trial.sending(restore(player, 0)
                                .setSnapshotId("no-such-snapshot")
                                .build())))
                .is(Code.NOT_FOUND, "SNAPSHOT_NOT_FOUND")
                .says("snapshot", "no-such-snapshot");
    }

    private static void changesNothing(Trial trial) throws InterruptedException {
        needsSnapshots(trial);
        Player player = trial.create(trial.session(2, trial.random().nextLong()));
        player.answer(player.collect());
        List<LaneInfo> before = player.lanesNow();
        ByteString one = trial.sessions().snapshot(snapshot(player, 0).build()).getSnapshot();
        Violation.unlessEqual("session.proto, Snapshot: changes nothing", "the lanes", before, player.lanesNow());
        Violation.unlessEqual(
                "session.proto, Snapshot: changes nothing",
                "the same lane saved again",
                one,
                trial.sessions().snapshot(snapshot(player, 0).build()).getSnapshot());
    }

    private static void refused(Trial trial) throws InterruptedException {
        needsSnapshots(trial);
        Player player = trial.create(trial.session(1, 1));
        Rows rows = player.collect();
        ByteString saved = save(trial, player, 0, rows);
        List<LaneInfo> before = player.lanesNow();
        for (int place : new int[] {saved.size() / 2, saved.size() - 1}) {
            byte[] damaged = saved.toByteArray();
            damaged[place] ^= 1;
            Refusal.by(() -> trial.sessions()
                            .restore(trial.sending(restore(player, 0)
                                    .setSnapshot(ByteString.copyFrom(damaged))
                                    .build())))
                    .is(Code.DATA_LOSS, "SNAPSHOT_CORRUPT");
        }
        for (EnvSpec other : trial.environments()) {
            if (!other.getFingerprint().equals(trial.spec().getFingerprint())) {
                CreateSessionRequest.Builder elsewhere = trial.session(1, 1).setEnvironment(other.getId());
                Player stranger = trial.create(elsewhere);
                Refusal.by(() -> trial.sessions()
                                .restore(trial.sending(
                                        restore(stranger, 0).setSnapshot(saved).build())))
                        .is(Code.FAILED_PRECONDITION, "SNAPSHOT_MISMATCH");
                break;
            }
        }
        Violation.unlessEqual("error.proto: after any refusal", "the lanes", before, player.lanesNow());
        player.answer(rows);
    }
}
