package dev.macenv.conform;

import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Several players of one session, each with a stream of its own, who answer whatever they are told. */
final class Together {
    private Together() {}

    /** Told of what a player receives. */
    interface Listener {
        void received(int player, Rows rows);
    }

    /** Plays until it is enough. Nobody may have stepped ahead. */
    static void play(List<Player> players, Listener listener, BooleanSupplier enough) throws InterruptedException {
        players.forEach(player -> player.ahead(player.request()));
        long silentSince = System.nanoTime();
        for (int turn = 0; !enough.getAsBoolean(); turn = (turn + 1) % players.size()) {
            Player player = players.get(turn);
            Optional<StepResponse> response = player.line().poll(1); // it may be another's turn
            if (response.isEmpty()) {
                Violation.unless(
                        System.nanoTime() - silentSince < Trial.PATIENCE.toNanos(),
                        "event.proto, StepRequest: a lane runs when every pending seat has decided",
                        "an answer to any of " + players.size() + " players, all of whom have decided",
                        "within " + Trial.PATIENCE.toSeconds() + " s",
                        "none");
                continue;
            }
            silentSince = System.nanoTime();
            if (response.orElseThrow().hasError()) {
                throw new Violation(
                        "event.proto, StepRequest: a right request is accepted",
                        "the step of seats " + player.seats(),
                        "events",
                        Refusal.in(response.orElseThrow()));
            }
            Rows rows = player.rows(response.orElseThrow());
            listener.received(turn, rows);
            StepRequest.Builder next = player.request();
            for (int row = 0; row < rows.count(); row++) {
                player.decide(rows, row).forEach(decision -> decision.addTo(next));
            }
            player.ahead(next);
        }
    }
}
