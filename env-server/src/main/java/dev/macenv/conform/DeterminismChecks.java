package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EpisodeStart;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.SeatAssignment;
import dev.macenv.v1.SeatPolicy;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Group 4: a trajectory is a function of environment, settings, lane seed and decisions, and of nothing else. */
final class DeterminismChecks {
    static final String LAW =
            "session.proto, determinism law: a trajectory depends on environment, settings, lane seed and"
                    + " decisions alone";

    private static final int LANES = 4;
    private static final int EPISODE_ANSWERS = 1500;
    private static final int EPISODE_ROWS = 60;

    private DeterminismChecks() {}

    static List<Check> checks() {
        List<Check> checks = new ArrayList<>(own());
        checks.addAll(RecordingChecks.checks());
        return checks;
    }

    private static List<Check> own() {
        return List.of(
                Check.ofEnvironment(
                        "unary, Play, min_ready, seat by seat, reconnects: the same", DeterminismChecks::ways),
                Check.ofEnvironment("lanes together and apart: the same", DeterminismChecks::apart),
                Check.ofEnvironment("one grant and a grant for each seat: the same", DeterminismChecks::seats),
                Check.ofServer("with a recording: the same", DeterminismChecks::recorded),
                Check.ofServer("with spectators: the same", DeterminismChecks::watched),
                Check.ofServer("seeds follow the formula", DeterminismChecks::formula),
                Check.ofServer("zero is a seed, and none is drawn", DeterminismChecks::zero),
                Check.ofEnvironment("an episode alone is the episode in the sequence", DeterminismChecks::alone));
    }

    private static void ways(Trial trial) throws InterruptedException {
        long seed = trial.random().nextLong();
        Trajectory plain = trial.create(trial.session(LANES, seed)).play(Way.PLAIN);
        List<Way> ways = List.of(
                Way.PLAIN,
                Way.PLAIN.on(Way.Path.PLAY),
                Way.ready(1),
                Way.ready(LANES / 2).on(Way.Path.PLAY),
                Way.oneByOne().on(Way.Path.PLAY),
                Way.ready(1).on(Way.Path.CHANGING));
        for (Way way : ways) {
            Trajectory.unlessSame(
                    LAW,
                    "the trajectory by " + way,
                    plain,
                    trial.create(trial.session(LANES, seed)).play(way));
        }
    }

    private static void apart(Trial trial) throws InterruptedException {
        Player together = trial.create(trial.session(LANES, trial.random().nextLong()));
        Trajectory all = together.play(Way.PLAIN);
        for (int lane = 0; lane < LANES; lane++) {
            Player alone = trial.create(trial.session(1, together.created().getSeeds(lane)));
            Trajectory.unlessSame(
                    LAW,
                    "lane " + lane + " in a session of its own",
                    all.lane(lane),
                    alone.play(Way.PLAIN).lane(0));
        }
    }

    // ------------------------------------------------------------------------------------------------ seats

    private static void seats(Trial trial) throws InterruptedException {
        trial.needs("seats");
        trial.needs("play");
        long seed = trial.random().nextLong();
        Player owner = trial.create(openSeats(trial.session(2, seed), trial.agents()));
        List<Player> guests = new ArrayList<>();
        List<Trajectory> seen = new ArrayList<>();
        for (int seat = 0; seat < trial.agents(); seat++) {
            guests.add(owner.join(owner.created().getInvites(seat)).onStream());
            seen.add(new Trajectory(2));
        }
        Together.play(
                guests,
                (guest, rows) -> {
                    for (int row = 0; row < rows.count(); row++) {
                        seen.get(guest).add(rows, row, rows.sight(row, List.of(guest)));
                    }
                },
                () -> seen.stream().allMatch(Trajectory::complete));
        for (int seat = 0; seat < trial.agents(); seat++) {
            List<Integer> own = List.of(seat);
            Player single = trial.create(trial.session(2, seed).clearOwnerView()); // the columns that guests have
            Trajectory expected = new Trajectory(2);
            collect(single, expected, own);
            Trajectory.unlessSame(LAW, "what seat " + seat + " sees in a grant of its own", expected, seen.get(seat));
        }
    }

    static CreateSessionRequest.Builder openSeats(CreateSessionRequest.Builder request, int agents) {
        request.clearOwnerView();
        for (int seat = 0; seat < agents; seat++) {
            request.addSeats(SeatPolicy.newBuilder().setSeat(seat).setAssignment(SeatAssignment.SEAT_ASSIGNMENT_OPEN));
        }
        return request;
    }

    private static void collect(Player single, Trajectory into, List<Integer> seats) throws InterruptedException {
        Rows rows = single.collect();
        while (true) {
            for (int row = 0; row < rows.count(); row++) {
                if (rows.concerns(row, seats)) {
                    into.add(rows, row, rows.sight(row, seats));
                }
            }
            if (into.complete()) {
                return;
            }
            rows = single.answer(rows);
        }
    }

    // ------------------------------------------------------------------------------------------------ onlookers

    private static void recorded(Trial trial) throws InterruptedException {
        trial.needs("recording");
        long seed = trial.random().nextLong();
        Trajectory plain = trial.create(trial.session(2, seed)).play(Way.PLAIN);
        RecordingOptions all = RecordingOptions.newBuilder()
                .setMode(RecordingMode.RECORDING_MODE_EVENTS)
                .setPrivileged(true)
                .build();
        Player player = trial.create(trial.session(2, seed).setRecording(all));
        Trajectory.unlessSame(LAW, "the trajectory with a recording", plain, player.play(Way.PLAIN));
    }

    private static void watched(Trial trial) throws InterruptedException {
        trial.needs("watch");
        long seed = trial.random().nextLong();
        Trajectory plain = trial.create(trial.session(2, seed)).play(Way.PLAIN);
        Player player = trial.create(trial.session(2, seed).addInvites(InviteOptions.getDefaultInstance()));
        Player spectator = player.join(player.created().getInvites(0));
        for (int i = 0; i < 3; i++) {
            trial.closing(new Watching(
                    trial.channel(),
                    WatchRequest.newBuilder()
                            .setSession(player.session())
                            .setToken(i == 0 ? player.token() : spectator.token())
                            .build()));
        }
        Trajectory.unlessSame(LAW, "the trajectory with spectators", plain, player.play(Way.PLAIN));
    }

    // ------------------------------------------------------------------------------------------------ seeds

    private static void formula(Trial trial) throws InterruptedException {
        String rule = "session.proto, Seeds: lane_seed and episode_seed";
        for (long seed : new long[] {0, 7, -1, 0x2a}) {
            Player player = trial.create(trial.session(4, seed));
            List<Long> lanes = LongStream.range(0, 4)
                    .map(lane -> Seeds.lane(seed, (int) lane))
                    .boxed()
                    .toList();
            Violation.unlessEqual(
                    rule,
                    "lane seeds of seeds = [" + Long.toUnsignedString(seed) + "]",
                    lanes,
                    player.created().getSeedsList());
        }
        Player player = trial.create(trial.session(2, 3, 5).setResetMode(ResetMode.RESET_MODE_MANUAL));
        Violation.unlessEqual(
                "session.proto, CreateSessionRequest.seeds: one for each lane",
                "lane seeds of seeds = [3, 5]",
                List.of(3L, 5L),
                player.created().getSeedsList());
        Rows rows = player.collect();
        for (int episode = 0; episode < 4; episode++) {
            for (EpisodeStart start : rows.message().getStartedList()) {
                long laneSeed = start.getLane() == 0 ? 3 : 5;
                Violation.unlessEqual(
                        rule,
                        "the seed of episode " + episode + " of lane seed " + laneSeed,
                        Long.toUnsignedString(Seeds.episode(laneSeed, episode)),
                        Long.toUnsignedString(start.getSeed()));
            }
            trial.sessions()
                    .reset(trial.sending(ResetRequest.newBuilder()
                            .setSession(player.session())
                            .setToken(player.token())
                            .build()));
            rows = player.collect();
        }
    }

    private static void zero(Trial trial) throws InterruptedException {
        String rule =
                "session.proto, CreateSessionRequest.seeds: zero is a seed like any other; none: the server draws";
        Trajectory zero = trial.create(trial.session(2, 0)).play(Way.PLAIN);
        Trajectory.unlessSame(
                rule, "seed 0 again", zero, trial.create(trial.session(2, 0)).play(Way.PLAIN));
        Player drawn = trial.create(trial.session(2));
        Player other = trial.create(trial.session(2));
        Violation.unless(
                !drawn.created().getSeedsList().equals(other.created().getSeedsList()),
                rule,
                "the seeds of two sessions without any",
                "different ones",
                drawn.created().getSeedsList());
        Trajectory first = drawn.play(Way.PLAIN);
        CreateSessionRequest.Builder again =
                trial.session(2).addAllSeeds(drawn.created().getSeedsList());
        Trajectory.unlessSame(
                "session.proto, CreateSessionResponse.seeds: creating a session with these gives the same trajectories",
                "the seeds that were reported",
                first,
                trial.create(again).play(Way.PLAIN));
    }

    /** What is chosen depends on the episode's number, so here the first legal macro-action is. */
    private static void alone(Trial trial) throws InterruptedException {
        Player sequence = trial.create(trial.session(1, trial.random().nextLong()));
        Rows rows = sequence.collect();
        for (int answers = 0; rows.episode(rows.count() - 1) == 0; answers++) {
            if (answers == EPISODE_ANSWERS) {
                throw new SkippedException("no episode of " + trial.environment() + " ended in time");
            }
            rows = sequence.answer(rows);
        }
        EpisodeStart start = rows.message().getStarted(0);
        List<String> second = playFirstLegal(sequence, rows, rows.count() - 1);
        Player single = trial.create(trial.session(1, 99));
        single.collect();
        trial.sessions()
                .reset(trial.sending(ResetRequest.newBuilder()
                        .setSession(single.session())
                        .setToken(single.token())
                        .addLanes(0)
                        .addEpisodeSeeds(start.getSeed())
                        .build()));
        Rows begun = single.collect();
        Violation.unlessEqual(
                "session.proto, ResetRequest.episode_seeds: used as it is for the next episode",
                "the seed of the episode",
                start.getSeed(),
                begun.message().getStarted(0).getSeed());
        Trajectory.unlessSame(
                "event.proto, EpisodeStart.seed: with it Reset gives the same episode alone",
                "an episode alone",
                second,
                playFirstLegal(single, begun, 0));
    }

    /** From a START row on. */
    private static List<String> playFirstLegal(Player player, Rows from, int start) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        Rows rows = from;
        int row = start;
        int episode = from.episode(start);
        while (texts.size() < EPISODE_ROWS) {
            texts.add(rows.text(row).replaceFirst("episode \\d+", "episode"));
            if (rows.ends(row)) {
                break;
            }
            StepRequest.Builder request = player.request();
            for (int seat : player.seats()) {
                if (rows.pending(row, seat)) {
                    int action = firstLegal(rows.legal(row, seat));
                    request.addLane(0).addSeat(seat).addAction(action);
                }
            }
            rows = player.rows(player.step(request));
            row = 0;
            Violation.unlessEqual(LAW, "the episode of the next row", episode, rows.episode(row));
        }
        return texts;
    }

    private static int firstLegal(ByteString legal) {
        int action = 0;
        while (legal.byteAt(action) == 0) {
            action++;
        }
        return action;
    }
}
