package dev.macenv.env.render;

import dev.macenv.env.scene.Facing;
import dev.macenv.env.scene.Scene;
import dev.macenv.env.scene.SceneItem;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws frames in letters, for a terminal: the floor, two letters to a cell so that cells look square, and the team beside it. It has no state, so one serves all threads.
 *
 * <p>An agent is an arrow, or {@code @} if it looks nowhere in particular, and its number; {@code #3} are three agents in one place. A light box is {@code []}, one that takes several
 * agents {@code [==]}; a single dot is an empty cell, {@code ::} the goal, {@code +} a place that macro-actions know, {@code X} a target, {@code t0} a tool of type 0. A human, to the right of its place, shows
 * the phase and the tool that is missing: {@code H0?1}.
 */
public final class TextRenderer {

    private static final int LETTERS = 2; // to a cell
    private static final String[] COLORS = {"34", "33", "32", "35", "36", "94", "95", "92", "90", "31"};
    private static final String RESET = "\u001b[0m";
    private static final String GAP = "   ";

    private final boolean colored;
    private final String arrows; // up, right, down, left, around

    private TextRenderer(boolean colored, String arrows) {
        this.colored = colored;
        this.arrows = arrows;
    }

    /** Letters of ASCII alone. */
    public static TextRenderer plain() {
        return new TextRenderer(false, "^>v<@");
    }

    /** With arrows where the terminal has them, and agents in colours if asked to. */
    public static TextRenderer forTerminal(Charset charset, boolean colored) {
        String arrows = "\u25b2\u25b6\u25bc\u25c0@";
        return new TextRenderer(colored, charset.newEncoder().canEncode(arrows) ? arrows : "^>v<@");
    }

    /** The lines of the picture, without line ends. */
    public List<String> draw(Frame frame) {
        List<String> floor = frame.scene().map(this::floor).orElseGet(() -> raw(frame.raw()));
        List<String> team = team(frame.agents(), frame.over());
        int width = frame.scene()
                .map(scene -> LETTERS * columns(scene) + 2)
                .orElseGet(() -> floor.stream().mapToInt(String::length).max().orElse(0));
        List<String> lines = new ArrayList<>();
        lines.add(header(frame));
        for (int i = 0; i < Math.max(floor.size(), team.size()); i++) {
            String left = i < floor.size() ? floor.get(i) : " ".repeat(width);
            String right = i < team.size() ? team.get(i) : "";
            String padding = " ".repeat(Math.max(0, width - visible(left)));
            lines.add((left + (right.isEmpty() ? "" : padding + GAP + right)).stripTrailing());
        }
        return lines;
    }

    private static String header(Frame frame) {
        String ending = frame.terminated() ? "   terminated" : frame.truncated() ? "   truncated" : "";
        return String.format(
                Locale.ROOT,
                "%s   tick %d   reward %s   return %s%s",
                frame.spec().id(),
                frame.tick(),
                Wording.signed(frame.reward()),
                Wording.signed(frame.total()),
                ending);
    }

    private List<String> team(List<Frame.AgentView> agents, boolean over) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < agents.size(); i++) {
            Frame.AgentView agent = agents.get(i);
            StringBuilder line = new StringBuilder(paint(i, i + " " + agent.name())).append("  ");
            if (agent.macroAction().isEmpty()) {
                line.append("decides");
            } else {
                line.append(agent.macroAction()).append(", tick ").append(agent.ticks());
                if (agent.usualTicks() > 1) {
                    line.append(" of ").append(agent.usualTicks());
                }
                line.append(agent.ended() ? over ? ", done" : ", done, decides" : "");
            }
            lines.add(line.toString());
            lines.add("  knows " + agent.knows());
        }
        return lines;
    }

    private static List<String> raw(Map<String, Object> situation) {
        List<String> lines = new ArrayList<>();
        situation.forEach((name, value) -> lines.add(name + " " + value));
        return lines;
    }

    // ------------------------------------------------------------------------------------------------ the floor

    private static int columns(Scene scene) {
        return (int) Math.ceil(scene.width() / scene.cell() - 1e-9);
    }

    private static int rows(Scene scene) {
        return (int) Math.ceil(scene.height() / scene.cell() - 1e-9);
    }

    private List<String> floor(Scene scene) {
        String[][] letters = new String[rows(scene)][LETTERS * columns(scene)]; // [row from the top, letter]
        for (String[] row : letters) {
            for (int i = 0; i < row.length; i++) {
                row[i] = i % LETTERS == 0 ? " " : ".";
            }
        }
        for (SceneItem item : scene.items()) {
            if (item instanceof SceneItem.Area area) {
                put(letters, scene, area, area.width(), area.height(), area.goal() ? ":" : " ");
            }
        }
        for (SceneItem item : scene.items()) {
            if (item instanceof SceneItem.Spot) {
                put(letters, scene, item, " +", -1);
            } else if (item instanceof SceneItem.Tool tool) {
                put(letters, scene, item, "t" + tool.type(), -1);
            }
        }
        for (SceneItem item : scene.items()) {
            if (item instanceof SceneItem.Box box) {
                box(letters, scene, box);
            } else if (item instanceof SceneItem.Person person) {
                String needs = person.needs().isPresent()
                        ? "?" + person.needs().getAsInt()
                        : person.phase() >= person.phases() ? "ok" : "  ";
                put(
                        letters,
                        row(scene, item.y()),
                        LETTERS * (column(scene, item.x()) + 1),
                        "H" + person.phase() + needs,
                        -1);
            } else if (item instanceof SceneItem.Target target) {
                put(letters, scene, item, target.captured() ? "**" : "X ", -1);
            }
        }
        agents(letters, scene);
        List<String> lines = new ArrayList<>();
        String edge = "+" + "-".repeat(LETTERS * columns(scene)) + "+";
        lines.add(edge);
        for (String[] row : letters) {
            lines.add("|" + String.join("", row) + "|");
        }
        lines.add(edge);
        return lines;
    }

    private static int column(Scene scene, double x) {
        return (int) Math.floor(x / scene.cell() + 1e-9);
    }

    private static int row(Scene scene, double y) {
        return rows(scene) - 1 - (int) Math.floor(y / scene.cell() + 1e-9);
    }

    private void put(String[][] letters, Scene scene, SceneItem item, double width, double height, String letter) {
        int left = column(scene, item.x() - width / 2);
        int right = column(scene, item.x() + width / 2 - 1e-6);
        int top = row(scene, item.y() + height / 2 - 1e-6);
        int bottom = row(scene, item.y() - height / 2);
        for (int row = Math.max(0, top); row <= Math.min(letters.length - 1, bottom); row++) {
            for (int i = Math.max(0, LETTERS * left); i < Math.min(letters[row].length, LETTERS * (right + 1)); i++) {
                letters[row][i] = letter;
            }
        }
    }

    /** @param agent whose colour it has, -1 for none */
    private void put(String[][] letters, Scene scene, SceneItem item, String text, int agent) {
        put(letters, row(scene, item.y()), LETTERS * column(scene, item.x()), text, agent);
    }

    private void put(String[][] letters, int row, int first, String text, int agent) {
        for (int i = 0; i < text.length(); i++) {
            if (row >= 0 && row < letters.length && first + i >= 0 && first + i < letters[row].length) {
                letters[row][first + i] = agent < 0 ? text.substring(i, i + 1) : paint(agent, text.substring(i, i + 1));
            }
        }
    }

    private void box(String[][] letters, Scene scene, SceneItem.Box box) {
        int cells = (int) Math.round(box.width() / scene.cell());
        String inside = (box.agents() > 1 ? "=" : "_").repeat(LETTERS * cells - 2);
        int first = LETTERS * column(scene, box.x() - box.width() / 2 + 1e-6);
        put(letters, row(scene, box.y()), first, "[" + inside + "]", -1);
    }

    private void agents(String[][] letters, Scene scene) {
        List<SceneItem.Agent> agents = scene.items().stream()
                .filter(SceneItem.Agent.class::isInstance)
                .map(SceneItem.Agent.class::cast)
                .toList();
        for (SceneItem.Agent agent : agents) {
            long here = agents.stream()
                    .filter(other -> row(scene, other.y()) == row(scene, agent.y())
                            && column(scene, other.x()) == column(scene, agent.x()))
                    .count();
            String single = arrow(agent.facing()) + String.valueOf(agent.index());
            String text = here == 1 ? single.substring(0, LETTERS) : here < 10 ? "#" + here : "##";
            put(letters, scene, agent, text, here == 1 ? agent.index() : -1);
        }
    }

    private char arrow(Facing facing) {
        return arrows.charAt(
                switch (facing) {
                    case UP -> 0;
                    case RIGHT -> 1;
                    case DOWN -> 2;
                    case LEFT -> 3;
                    case AROUND -> 4;
                });
    }

    private String paint(int agent, String text) {
        return colored ? "\u001b[1;" + COLORS[agent % COLORS.length] + "m" + text + RESET : text;
    }

    /** Letters that take room on the screen. */
    private static int visible(String text) {
        return text.replaceAll("\u001b\\[[0-9;]*m", "").length();
    }
}
