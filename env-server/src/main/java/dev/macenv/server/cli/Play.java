package dev.macenv.server.cli;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.render.Camera;
import dev.macenv.env.render.Frame;
import dev.macenv.env.render.TextRenderer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code macenv play ENV}: a person decides for all agents, line by line on a plain terminal. Input may as well come from a pipe. */
@Command(
        name = "play",
        description = "Decide for the agents yourself, by name or number of a macro-action. Type ? there for help.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv play bp-10",
            "  macenv play box-pushing --set grid=6 --every-tick",
            "  printf '2 3 4 4' | macenv play bp-10    the big box, from a pipe"
        })
final class Play implements Callable<Integer> {
    private static final String HELP = """
              a number or a name        what the agent begins; the start or a part of a name will do
              several of them           for this agent and those that decide after it
              nothing                   as this agent did before
              u                         take the last decision back
              r                         begin the episode again
              q                         quit
            """;

    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Mixin
    private Chosen chosen = new Chosen();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the episode. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--every-tick", description = "Show every tick, not only those on which somebody decides.")
    private boolean everyTick;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Descriptions.out(command);
        MacDecPomdp environment = chosen.create(Macenv.catalogOf(macenv));
        new Game(environment, Macenv.inputOf(macenv), out).run();
        return 0;
    }

    /** What to do after a line of input. */
    private enum Wish {
        DECIDED,
        UNDO,
        RESTART,
        QUIT
    }

    private final class Game {
        private final MacDecPomdp environment;
        private final BufferedReader in;
        private final PrintWriter out;
        private final TextRenderer renderer = Macenv.textRenderer();
        private final List<AgentSpec> agents;
        private final int[] requests;
        private final List<int[]> history = new ArrayList<>(); // [tick][agent]
        private final Deque<String> words = new ArrayDeque<>(); // typed and not yet used
        private Frame frame;
        private Camera camera;

        Game(MacDecPomdp environment, BufferedReader in, PrintWriter out) {
            this.environment = environment;
            this.in = in;
            this.out = out;
            agents = environment.spec().agents();
            requests = new int[agents.size()];
            environment.reset(seed);
            camera = new Camera(environment);
            frame = camera.shoot();
        }

        void run() throws IOException {
            show();
            while (true) {
                switch (frame.over() ? afterEnd() : decide()) {
                    case DECIDED -> advance();
                    case UNDO -> again(tickOfLastDecision());
                    case RESTART -> again(0);
                    case QUIT -> {
                        out.flush();
                        return;
                    }
                }
            }
        }

        private void show() {
            out.println();
            renderer.draw(frame).forEach(out::println);
        }

        private Wish afterEnd() throws IOException {
            while (true) {
                out.print("over: r begins again, u takes the last decision back, q quits> ");
                String word = next();
                switch (word) {
                    case "r" -> {
                        return Wish.RESTART;
                    }
                    case "u" -> {
                        return Wish.UNDO;
                    }
                    case "q" -> {
                        return Wish.QUIT;
                    }
                    default -> {
                        // Asked again.
                    }
                }
            }
        }

        private Wish decide() throws IOException {
            int[] choices = requests.clone();
            for (int agent = 0; agent < choices.length; agent++) {
                if (!environment.ended(agent)) {
                    continue;
                }
                Wish wish = decide(agent, choices);
                if (wish != Wish.DECIDED) {
                    return wish;
                }
            }
            System.arraycopy(choices, 0, requests, 0, choices.length);
            return Wish.DECIDED;
        }

        private Wish decide(int agent, int[] choices) throws IOException {
            if (words.isEmpty()) {
                menu(agent);
            }
            while (true) {
                if (words.isEmpty()) {
                    out.print(agents.get(agent).name() + "> ");
                }
                String word = next();
                switch (word) {
                    case "u" -> {
                        return Wish.UNDO;
                    }
                    case "r" -> {
                        return Wish.RESTART;
                    }
                    case "q" -> {
                        return Wish.QUIT;
                    }
                    case "?" -> {
                        out.print(HELP);
                        menu(agent);
                    }
                    default -> {
                        int choice = word.isEmpty() ? environment.macroAction(agent) : meant(agent, word);
                        if (choice >= 0 && environment.legal(agent, choice)) {
                            choices[agent] = choice;
                            return Wish.DECIDED;
                        }
                        words.clear();
                        refuse(agent, word, choice);
                    }
                }
            }
        }

        private void refuse(int agent, String word, int choice) {
            if (choice >= 0) {
                out.println(name(agent, choice) + " cannot begin here (choose another)");
            } else if (word.isEmpty()) {
                out.println("nothing to repeat yet (expected: a number or a name; ? helps)");
            } else {
                out.println(word + ": not one of " + agents.get(agent).name() + "'s macro-actions, or several of them"
                        + " (expected: a number or a name; ? helps)");
            }
        }

        private String name(int agent, int choice) {
            return agents.get(agent).macroActions().get(choice).name();
        }

        private void menu(int agent) {
            StringBuilder line = new StringBuilder("  ");
            List<MacroActionSpec> choices = agents.get(agent).macroActions();
            for (int i = 0; i < choices.size(); i++) {
                String item = i + " " + choices.get(i).name() + (environment.legal(agent, i) ? "" : " (not now)");
                if (line.length() + item.length() > 100) {
                    out.println(line.toString().stripTrailing());
                    line = new StringBuilder("  ");
                }
                line.append(item).append("   ");
            }
            out.println(line.toString().stripTrailing());
        }

        /** The only macro-action that has this number or name, or whose name begins with the word, or else contains it; -1 if there is none or more than one. */
        private int meant(int agent, String word) {
            List<MacroActionSpec> choices = agents.get(agent).macroActions();
            if (word.matches("\\d{1,6}")) {
                int number = Integer.parseInt(word);
                return number < choices.size() ? number : -1;
            }
            String sought = word.toLowerCase(Locale.ROOT);
            List<String> names = choices.stream()
                    .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                    .toList();
            if (names.contains(sought)) {
                return names.indexOf(sought);
            }
            List<String> starting =
                    names.stream().filter(name -> name.startsWith(sought)).toList();
            List<String> containing =
                    names.stream().filter(name -> name.contains(sought)).toList();
            List<String> candidates = starting.isEmpty() ? containing : starting;
            return candidates.size() == 1 ? names.indexOf(candidates.get(0)) : -1;
        }

        /** The next word that was typed; empty for an empty line, q at the end of the input. */
        private String next() throws IOException {
            if (!words.isEmpty()) {
                return words.remove();
            }
            out.flush();
            String line = in.readLine();
            if (line == null) {
                out.println();
                return "q";
            }
            String text = line.strip();
            if (!text.isEmpty()) {
                words.addAll(List.of(text.split("[\\s,]+")));
            }
            return words.isEmpty() ? "" : words.remove();
        }

        /** To the next tick on which somebody decides, or the end. */
        private void advance() {
            do {
                tick(requests.clone());
                boolean decision = frame.over() || pending();
                if (everyTick || decision) {
                    show();
                }
            } while (!frame.over() && !pending());
        }

        private void tick(int[] choices) {
            environment.step(choices);
            history.add(choices);
            frame = camera.shoot();
        }

        private boolean pending() {
            return frame.agents().stream().anyMatch(Frame.AgentView::ended);
        }

        /** Plays the episode again up to a tick: an episode is a function of its seed and its decisions. */
        private void again(int tick) {
            words.clear();
            List<int[]> kept = List.copyOf(history.subList(0, tick));
            history.clear();
            environment.reset(seed);
            camera = new Camera(environment);
            frame = camera.shoot();
            kept.forEach(this::tick);
            show();
        }

        /** The tick before the present one on which somebody last decided. */
        private int tickOfLastDecision() {
            int now = history.size();
            int last = 0;
            environment.reset(seed);
            for (int tick = 0; tick < now; tick++) {
                for (int agent = 0; agent < requests.length; agent++) {
                    if (environment.ended(agent)) {
                        last = tick;
                    }
                }
                environment.step(history.get(tick));
            }
            return last;
        }
    }
}
