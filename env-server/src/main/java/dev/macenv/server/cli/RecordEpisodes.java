package dev.macenv.server.cli;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SplitMix64;
import dev.macenv.env.render.AnimatedGif;
import dev.macenv.env.render.Camera;
import dev.macenv.env.render.Frame;
import dev.macenv.env.render.PictureRenderer;
import dev.macenv.env.render.TextRenderer;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.Playthrough;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code macenv record ENV}: plays episodes by itself and leaves them as pictures, as text, or as a playthrough. */
@Command(
        name = "record",
        description =
                "Play episodes and record them: as an animation, a picture, text, or a playthrough for the tests.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv record bp-10 --policy scripted --gif bp-10.gif",
            "  macenv record bp-10 --policy random --seed 3 --ticks 20          as text, to the terminal",
            "  macenv record box-pushing --set grid=6 --png end.png",
            "  macenv record bp-10 --playthrough bp-10.txt"
        })
final class RecordEpisodes implements Callable<Integer> {
    private static final int LAST_FRAME_HUNDREDTHS = 200;
    private static final int MOST_FRAMES = 5000;

    /** Who plays. */
    enum Policy {
        random,
        scripted
    }

    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Mixin
    private Chosen chosen = new Chosen();

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            defaultValue = "random",
            description = "random: uniformly among what is legal. scripted: by the environment's own script, which"
                    + " knows the whole state. Default: ${DEFAULT-VALUE}.")
    private Policy policy = Policy.random;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the first episode and of the random policy; each further episode has the next."
                    + " Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--episodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many. Default: ${DEFAULT-VALUE}.")
    private int episodes;

    @Option(
            names = "--ticks",
            paramLabel = "N",
            defaultValue = "0",
            description = "Leave each episode after so many ticks; 0: play to its end. Default: ${DEFAULT-VALUE}.")
    private int ticks;

    @Option(names = "--gif", paramLabel = "FILE", description = "An animation of every tick.")
    private @Nullable Path gif;

    @Option(
            names = "--fps",
            paramLabel = "N",
            defaultValue = "4",
            description = "Ticks per second of the animation, 1 to 50. Default: ${DEFAULT-VALUE}.")
    private int ticksPerSecond;

    @Option(names = "--png", paramLabel = "FILE", description = "A picture of the last situation.")
    private @Nullable Path png;

    @Option(
            names = "--text",
            paramLabel = "FILE",
            description = "Every tick in letters. Without any FILE at all, this goes to the terminal.")
    private @Nullable Path text;

    @Option(
            names = "--playthrough",
            paramLabel = "FILE",
            description = "Decisions, rewards and observations of one episode, to be replayed by the tests.")
    private @Nullable Path playthrough;

    @Override
    public Integer call() throws IOException {
        check();
        Catalog catalog = Macenv.catalogOf(macenv);
        MacDecPomdp environment = chosen.create(catalog);
        if (playthrough != null) {
            List<String> lines =
                    Playthrough.record(environment, chosen.settings(), seed, policy(catalog, environment), ticks);
            write(playthrough, lines);
        }
        if (gif == null && png == null && text == null && playthrough != null) {
            return 0;
        }
        List<Frame> frames = new ArrayList<>();
        ScriptedPolicy player = policy(catalog, environment);
        for (int episode = 0; episode < episodes; episode++) {
            environment.reset(seed + episode);
            play(environment, player, frames);
        }
        deliver(frames);
        return 0;
    }

    private void check() {
        expect("--episodes", episodes, 1, MOST_FRAMES);
        expect("--ticks", ticks, 0, Integer.MAX_VALUE);
        expect("--fps", ticksPerSecond, 1, 50);
        if (playthrough != null && episodes != 1) {
            throw usage("--playthrough: " + episodes + " episodes (expected: 1; leave out --episodes)");
        }
    }

    private void expect(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw usage(option + ": " + value + " (expected: " + min + " .. " + max + ")");
        }
    }

    private ParameterException usage(String message) {
        if (command == null) {
            throw new AssertionError("picocli sets the spec before it calls the command");
        }
        return new ParameterException(command.commandLine(), message);
    }

    private ScriptedPolicy policy(Catalog catalog, MacDecPomdp environment) {
        return switch (policy) {
            case random -> new RandomChoices(new SplitMix64(SplitMix64.mix(seed)));
            case scripted ->
                catalog.scriptedPolicy(chosen.id(), environment.spec().settings())
                        .orElseThrow(() -> usage("--policy: scripted, but " + chosen.id()
                                + " has no script (expected: --policy random)"));
        };
    }

    private void play(MacDecPomdp environment, ScriptedPolicy player, List<Frame> frames) {
        Camera camera = new Camera(environment);
        int[] requests = new int[environment.spec().agents().size()];
        Frame frame = camera.shoot();
        frames.add(frame);
        while (!frame.over() && (ticks == 0 || frame.tick() < ticks)) {
            if (frames.size() >= MOST_FRAMES) {
                throw usage("--ticks: more than " + MOST_FRAMES + " in all (expected: fewer --episodes or --ticks)");
            }
            player.choose(environment, requests);
            environment.step(requests);
            frame = camera.shoot();
            frames.add(frame);
        }
    }

    private void deliver(List<Frame> frames) throws IOException {
        PrintWriter out = Descriptions.out(command);
        PictureRenderer pictures = new PictureRenderer();
        if (text != null) {
            write(text, lines(TextRenderer.plain(), frames));
        } else if (gif == null && png == null) {
            lines(Macenv.textRenderer(), frames).forEach(out::println);
        }
        if (png != null) {
            try (OutputStream file = open(png)) {
                ImageIO.write(pictures.draw(frames.get(frames.size() - 1)), "png", file);
            }
        }
        if (gif != null) {
            List<BufferedImage> drawn = frames.stream().map(pictures::draw).toList();
            List<Integer> durations = new ArrayList<>();
            for (int i = 0; i < frames.size(); i++) {
                boolean last = i == frames.size() - 1 || frames.get(i + 1).tick() == 0;
                durations.add(last ? LAST_FRAME_HUNDREDTHS : 100 / ticksPerSecond);
            }
            try (OutputStream file = open(gif)) {
                AnimatedGif.write(drawn, durations, file);
            }
        }
        Frame last = frames.get(frames.size() - 1);
        if (gif != null || png != null || text != null) {
            out.println(frames.size() + (frames.size() == 1 ? " frame" : " frames") + ", the last at tick "
                    + last.tick() + (last.terminated() ? ", terminated" : last.truncated() ? ", truncated" : ""));
        }
    }

    private static List<String> lines(TextRenderer renderer, List<Frame> frames) {
        List<String> lines = new ArrayList<>();
        for (Frame frame : frames) {
            lines.addAll(renderer.draw(frame));
            lines.add("");
        }
        return lines;
    }

    private static void write(Path file, List<String> lines) throws IOException {
        try (OutputStream out = open(file)) {
            out.write((String.join("\n", lines) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private static OutputStream open(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage() + " (choose another file)", e);
        }
    }
}
