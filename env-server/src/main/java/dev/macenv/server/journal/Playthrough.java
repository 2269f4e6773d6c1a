package dev.macenv.server.journal;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.render.Camera;
import dev.macenv.env.render.Frame;
import dev.macenv.env.render.Wording;
import dev.macenv.server.catalog.Catalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One episode as text that people can read and a test can replay: on each tick on which somebody decides, who ended what, what they are told, what was paid meanwhile and what they choose.
 *
 * <p>The numbers are rounded for the reader; the last line holds a checksum of all rewards, observations and states to the bit.
 */
public final class Playthrough {

    private static final String TITLE = "playthrough of ";
    private static final String SEED = "seed ";
    private static final String SETTING = "setting ";
    private static final String FINGERPRINT = "fingerprint ";
    private static final String AT_MOST = "left after tick ";
    private static final String TICK = "tick ";
    private static final String CHOICE = " -> ";

    private final MacDecPomdp environment;
    private final EnvironmentSpec spec;
    private final List<String> lines = new ArrayList<>();
    private final CRC32 bits = new CRC32();

    private Playthrough(MacDecPomdp environment) {
        this.environment = environment;
        this.spec = environment.spec();
    }

    /**
     * Plays one episode and writes it down.
     *
     * @param environment a new one, or one between two episodes
     * @param chosen the settings that it was made with, as far as they were chosen, in words
     * @param ticks after which the episode is left; 0 means never
     * @return the lines, without line ends
     */
    public static List<String> record(
            MacDecPomdp environment, Map<String, String> chosen, long seed, ScriptedPolicy policy, int ticks) {
        return new Playthrough(environment).play(chosen, seed, policy, ticks);
    }

    /**
     * Plays the decisions of a playthrough again.
     *
     * @param lines of {@link #record}
     * @return the first line that came out differently; empty if none
     * @throws IllegalArgumentException if the lines are no playthrough
     */
    public static Optional<String> difference(Catalog catalog, List<String> lines) {
        Map<String, String> chosen = new LinkedHashMap<>();
        settingsIn(lines, chosen);
        String id = valueOf(lines, TITLE).replaceFirst(",.*", "");
        long seed = Long.parseLong(valueOf(lines, SEED));
        int ticks = lines.stream()
                .filter(line -> line.startsWith(AT_MOST))
                .mapToInt(line -> Integer.parseInt(line.substring(AT_MOST.length())))
                .findFirst()
                .orElse(0);
        MacDecPomdp environment = catalog.create(id, catalog.typed(id, chosen));
        List<String> replayed = record(environment, chosen, seed, Decisions.in(lines), ticks);
        for (int i = 0; i < Math.max(lines.size(), replayed.size()); i++) {
            String expected = i < lines.size() ? lines.get(i) : "the end";
            String got = i < replayed.size() ? replayed.get(i) : "the end";
            if (!expected.equals(got)) {
                return Optional.of("line " + (i + 1) + ": expected: " + expected + ", got: " + got);
            }
        }
        return Optional.empty();
    }

    private static void settingsIn(List<String> lines, Map<String, String> chosen) {
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (line.startsWith(SETTING) && equals > 0) {
                chosen.put(line.substring(SETTING.length(), equals), line.substring(equals + 1));
            }
        }
    }

    private static String valueOf(List<String> lines, String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("playthrough: no line \"" + word + "...\" (expected: one)"));
    }

    private List<String> play(Map<String, String> chosen, long seed, ScriptedPolicy policy, int ticks) {
        lines.add(TITLE + spec.id() + ", version " + spec.version());
        lines.add(FINGERPRINT + spec.fingerprint());
        chosen.forEach((name, value) -> lines.add(SETTING + name + "=" + value));
        lines.add(SEED + seed);
        environment.reset(seed);
        Camera camera = new Camera(environment);
        int[] requests = new int[spec.agents().size()];
        Frame frame = camera.shoot();
        double paid = 0;
        seal();
        while (!frame.over() && (ticks == 0 || environment.tick() < ticks)) {
            if (anyPending()) {
                policy.choose(environment, requests);
                write(frame, paid, requests);
                paid = 0;
            }
            environment.step(requests);
            frame = camera.shoot();
            paid += environment.reward();
            seal();
        }
        write(frame, paid, new int[0]);
        String ending =
                frame.terminated() ? "terminated after tick " : frame.truncated() ? "truncated after tick " : AT_MOST;
        lines.add(ending + frame.tick());
        lines.add(String.format("return %s, checksum %08x", Wording.number(frame.total()), bits.getValue()));
        return lines;
    }

    private boolean anyPending() {
        for (int agent = 0; agent < spec.agents().size(); agent++) {
            if (environment.ended(agent)) {
                return true;
            }
        }
        return false;
    }

    /** @param requests empty if nobody chooses any more */
    private void write(Frame frame, double paid, int[] requests) {
        lines.add("");
        lines.add(TICK + frame.tick() + (frame.tick() == 0 ? "" : "   reward " + Wording.signed(paid)));
        for (int i = 0; i < frame.agents().size(); i++) {
            Frame.AgentView agent = frame.agents().get(i);
            if (!agent.ended()) {
                continue;
            }
            StringBuilder line = new StringBuilder("  ").append(agent.name());
            if (!agent.macroAction().isEmpty()) {
                line.append(" ended ")
                        .append(agent.macroAction())
                        .append(" (")
                        .append(agent.ticks())
                        .append("),");
            }
            line.append(" knows ").append(agent.knows());
            if (requests.length > 0) {
                AgentSpec choices = spec.agents().get(i);
                line.append(CHOICE)
                        .append(choices.macroActions().get(requests[i]).name());
            }
            lines.add(line.toString());
        }
    }

    /** Adds everything that can be seen now to the checksum. */
    private void seal() {
        seal(environment.reward());
        double[] state = new double[spec.stateSize()];
        environment.state(state, 0);
        seal(state);
        for (int agent = 0; agent < spec.agents().size(); agent++) {
            double[] observation = new double[spec.agents().get(agent).observationSize()];
            environment.macroObservation(agent, observation, 0);
            seal(observation);
        }
    }

    private void seal(double... values) {
        for (double value : values) {
            long word = Double.doubleToLongBits(value);
            for (int shift = 56; shift >= 0; shift -= 8) {
                bits.update((int) (word >>> shift) & 0xFF);
            }
        }
    }

    /** The choices that a playthrough tells of, by tick and name of the agent. */
    private record Decisions(Map<String, String> choices) implements ScriptedPolicy {

        static Decisions in(List<String> lines) {
            Map<String, String> choices = new HashMap<>();
            String tick = "";
            for (String line : lines) {
                int choice = line.lastIndexOf(CHOICE);
                if (line.startsWith(TICK)) {
                    tick = line.substring(TICK.length()).replaceFirst(" .*", "");
                } else if (line.startsWith("  ") && choice > 0) {
                    String agent = line.strip().replaceFirst(" .*", "");
                    choices.put(tick + " " + agent, line.substring(choice + CHOICE.length()));
                }
            }
            return new Decisions(choices);
        }

        @Override
        public void choose(MacDecPomdp environment, int[] macroActions) {
            for (int agent = 0; agent < macroActions.length; agent++) {
                if (environment.ended(agent)) {
                    macroActions[agent] = choice(environment, agent);
                }
            }
        }

        private int choice(MacDecPomdp environment, int agent) {
            AgentSpec spec = environment.spec().agents().get(agent);
            String name = choices.getOrDefault(environment.tick() + " " + spec.name(), "nothing");
            for (int macroAction = 0; macroAction < spec.macroActions().size(); macroAction++) {
                if (spec.macroActions().get(macroAction).name().equals(name) && environment.legal(agent, macroAction)) {
                    return macroAction;
                }
            }
            throw new IllegalArgumentException("tick " + environment.tick() + ": " + spec.name() + " chooses " + name
                    + " (expected: one of its legal macro-actions)");
        }
    }
}
