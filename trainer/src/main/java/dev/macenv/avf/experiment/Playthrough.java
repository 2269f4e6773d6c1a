package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.client.AgentStatus;
import dev.macenv.client.Events;
import dev.macenv.client.TeamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Plays one greedy episode and writes it down as text: who chose what and when, rewards, and the grid where there is one. */
final class Playthrough implements GreedyPlayer.Spectator {

    private static final int MOST_EVENTS = 20;

    private final List<String> lines = new ArrayList<>();
    private final List<String> choices = new ArrayList<>();
    private Optional<GridPicture> picture = Optional.empty();
    private Optional<TeamSpec> spec = Optional.empty();
    private List<String> lastDrawn = List.of();
    private int events;

    /** Plays one episode. */
    static List<String> play(GreedyPlayer player, TeamPolicy policy, long seed) {
        Playthrough playthrough = new Playthrough();
        return playthrough.finish(player.play(policy, seed, playthrough));
    }

    /** The lines of the episode that was looked at. */
    List<String> finish(GreedyPlayer.Result result) {
        if (events > MOST_EVENTS) {
            lines.add("... (" + (events - MOST_EVENTS) + " more events)");
        }
        lines.add(String.format(
                Locale.ROOT,
                "%s after %d ticks, return %.1f",
                result.ending().name().toLowerCase(Locale.ROOT),
                result.ticks(),
                result.undiscountedReturn()));
        return lines;
    }

    @Override
    public void saw(Events rows, int row) {
        writeChoices();
        spec = Optional.of(rows.spec());
        if (++events > MOST_EVENTS) {
            return;
        }
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "tick %3d", rows.tick(row)));
        if (rows.tick(row) > 0) {
            double reward = 0;
            for (double each : rows.rewardTrace(row)) {
                reward += each;
            }
            text.append(String.format(Locale.ROOT, "  reward %+.1f", reward));
            for (int agent = 0; agent < rows.spec().size(); agent++) {
                AgentStatus status = rows.status(row, agent);
                if (status == AgentStatus.DONE) {
                    text.append("  ").append(name(rows.spec(), agent)).append(" done");
                }
            }
        }
        lines.add(text.toString());
        draw(rows, row);
    }

    private void draw(Events rows, int row) {
        float[] state = new float[rows.spec().stateSize()];
        if (state.length == 0) {
            return;
        }
        rows.state(row, state, 0);
        if (picture.isEmpty()) {
            picture = GridPicture.of(rows.spec().state(), state);
        }
        List<String> drawn = picture.map(known -> known.draw(state)).orElse(List.of());
        if (!drawn.equals(lastDrawn)) {
            drawn.forEach(line -> lines.add("    " + line));
            lastDrawn = drawn;
        }
    }

    @Override
    public void chose(int agent, int macroAction) {
        TeamSpec team = spec.orElseThrow();
        choices.add(name(team, agent) + ": "
                + team.agents().get(agent).macroActions().get(macroAction).name());
    }

    private void writeChoices() {
        if (!choices.isEmpty() && events <= MOST_EVENTS) {
            lines.add("          " + String.join(", ", choices));
        }
        choices.clear();
    }

    private static String name(TeamSpec spec, int agent) {
        return spec.agents().get(agent).name();
    }
}
