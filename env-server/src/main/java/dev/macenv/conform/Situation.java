package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.StepRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A session in which somebody is asked, and what is special about one place in it.
 *
 * @param rows at which it stands
 * @param special what was looked for; where nothing was, the first decision that is due
 */
record Situation(Player player, Rows rows, Player.Decision special) {
    private static final int LANES = 4;
    private static final int ANSWERS = 150;
    private static final int ENVIRONMENTS = 12;

    /** The right step from here: a decision for everybody who is asked. */
    StepRequest.Builder right() {
        return player.decisions(rows);
    }

    /** What to look for in a row. */
    interface Search {
        Optional<Player.Decision> in(Rows rows, int row, List<Integer> seats);
    }

    /** Everybody is asked at the start of an episode. */
    static Situation any(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(LANES, 1));
        Rows rows = player.collect();
        return new Situation(player, rows, player.decide(rows, 0).get(0));
    }

    /** Somebody's macro-action goes on while another is asked. */
    static Situation ongoing(Trial trial) throws InterruptedException {
        return find(trial, "a seat is asked while the macro-action of another goes on", (rows, row, seats) -> {
            boolean asked = seats.stream().anyMatch(seat -> rows.pending(row, seat));
            return seats.stream()
                    .filter(seat -> asked && !rows.pending(row, seat))
                    .map(seat -> new Player.Decision(rows.lane(row), seat, 0))
                    .findFirst();
        });
    }

    /** Somebody who is asked must not choose one of its macro-actions. */
    static Situation illegal(Trial trial) throws InterruptedException {
        return find(trial, "a macro-action is illegal", (rows, row, seats) -> {
            for (int seat : seats) {
                ByteString legal = rows.legal(row, seat);
                for (int action = 0; action < legal.size(); action++) {
                    if (rows.pending(row, seat) && legal.byteAt(action) == 0) {
                        return Optional.of(new Player.Decision(rows.lane(row), seat, action));
                    }
                }
            }
            return Optional.empty();
        });
    }

    private static Situation find(Trial trial, String what, Search search) throws InterruptedException {
        List<EnvSpec> candidates = new ArrayList<>(List.of(trial.spec()));
        trial.environments().stream().filter(one -> !one.equals(trial.spec())).forEach(candidates::add);
        for (EnvSpec candidate : candidates.subList(0, Math.min(ENVIRONMENTS, candidates.size()))) {
            Player player = trial.create(trial.session(LANES, 1).setEnvironment(candidate.getId()));
            Rows rows = player.collect();
            for (int answers = 0; answers < ANSWERS; answers++) {
                for (int row = 0; row < rows.count(); row++) {
                    Optional<Player.Decision> found = search.in(rows, row, player.seats());
                    if (found.isPresent()) {
                        return new Situation(player, rows, found.orElseThrow());
                    }
                }
                rows = player.answer(rows);
            }
        }
        throw new SkippedException("no environment was seen in which " + what);
    }
}
