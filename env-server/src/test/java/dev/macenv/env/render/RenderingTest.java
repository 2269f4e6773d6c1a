package dev.macenv.env.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.server.catalog.Catalog;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What environments look like. Golden pictures are compared with a tolerance, since other versions of Java smooth edges a little differently; to make them anew after a change that is meant, run with
 * {@code -Dmacenv.golden.write=true} and look at them.
 */
class RenderingTest {

    private static final Path GOLDEN = Path.of("src/test/resources/pictures");

    /** A pixel that differs by more, in any colour, counts as another. */
    private static final int VISIBLE = 60;

    private static final double MOST_OTHER_PIXELS = 0.0001;

    /** The first ticks of an episode: by the script where there is one, else everybody tries one macro-action after the other. */
    private static List<Frame> frames(String id, int ticks) {
        Catalog catalog = Catalog.load();
        MacDecPomdp environment = catalog.create(id, Map.of());
        environment.reset(7);
        ScriptedPolicy policy =
                catalog.scriptedPolicy(id, environment.spec().settings()).orElse(RenderingTest::inTurn);
        int[] requests = new int[environment.spec().agents().size()];
        Camera camera = new Camera(environment);
        List<Frame> frames = new ArrayList<>(List.of(camera.shoot()));
        while (frames.size() <= ticks && !frames.get(frames.size() - 1).over()) {
            policy.choose(environment, requests);
            environment.step(requests);
            frames.add(camera.shoot());
        }
        return frames;
    }

    private static void inTurn(MacDecPomdp environment, int[] requests) {
        for (int agent = 0; agent < requests.length; agent++) {
            int choices = environment.spec().agents().get(agent).macroActions().size();
            if (environment.ended(agent)) {
                requests[agent] = (environment.tick() + 2 * agent) % choices;
            }
        }
    }

    private static Frame last(List<Frame> frames) {
        return frames.get(frames.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({"bp-10, 5", "bp-10, 11", "bp-30, 30", "wtd-d, 33", "wtd-t1, 50", "ct-10, 5"})
    void picturesLookAsTheyDid(String id, int tick) throws IOException {
        BufferedImage picture = new PictureRenderer().draw(last(frames(id, tick)));
        Path file = GOLDEN.resolve(id + "-" + tick + ".png");
        if (Boolean.getBoolean("macenv.golden.write")) {
            Files.createDirectories(GOLDEN);
            ImageIO.write(picture, "png", file.toFile());
        }

        assertThat(otherPixels(picture, ImageIO.read(file.toFile()))).isLessThanOrEqualTo(MOST_OTHER_PIXELS);
    }

    /** The control of the tolerance: one tick, in which two agents take a step. */
    @Test
    void anotherTickIsAnotherPicture() throws IOException {
        BufferedImage golden = ImageIO.read(GOLDEN.resolve("bp-30-30.png").toFile());
        assertThat(otherPixels(new PictureRenderer().draw(last(frames("bp-30", 31))), golden))
                .isGreaterThan(2 * MOST_OTHER_PIXELS);
    }

    private static double otherPixels(BufferedImage a, BufferedImage b) {
        assertThat(List.of(a.getWidth(), a.getHeight())).isEqualTo(List.of(b.getWidth(), b.getHeight()));
        int other = 0;
        for (int y = 0; y < a.getHeight(); y++) {
            for (int x = 0; x < a.getWidth(); x++) {
                other += distance(a.getRGB(x, y), b.getRGB(x, y)) > VISIBLE ? 1 : 0;
            }
        }
        return other / (double) (a.getWidth() * a.getHeight());
    }

    private static int distance(int a, int b) {
        int most = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            most = Math.max(most, Math.abs((a >> shift & 0xFF) - (b >> shift & 0xFF)));
        }
        return most;
    }

    @Test
    void aTerminalShowsTheFloorAndTheTeam() {
        assertThat(TextRenderer.plain().draw(last(frames("bp-6", 3))))
                .containsExactly(
                        "bp-6   tick 3   reward -0.1   return -0.3",
                        "+------------+   0 agent0  Go-to-Big-Box(left), tick 3",
                        "|::::::::::::|     knows front.empty",
                        "| . . . . . .|   1 agent1  Go-to-Big-Box(right), tick 3",
                        "|[] .[==] .[]|     knows front.empty",
                        "| + . + + . +|",
                        "| . .^0^1 . .|",
                        "| . . . . . .|",
                        "+------------+");
    }

    @Test
    void aTerminalThatHasArrowsAndColoursGetsThem() {
        Frame frame = last(frames("bp-6", 3));
        List<String> colored =
                TextRenderer.forTerminal(StandardCharsets.UTF_8, true).draw(frame);
        assertThat(colored).anyMatch(line -> line.contains("\u25b2") && line.contains("\u001b[1;34m"));
        List<String> ascii =
                TextRenderer.forTerminal(StandardCharsets.US_ASCII, false).draw(frame);
        assertThat(ascii).isEqualTo(TextRenderer.plain().draw(frame));
    }

    @Test
    void everyEnvironmentCanBeDrawn() {
        Catalog.load().environments().forEach(description -> {
            Frame frame = last(frames(description.id(), 8));
            assertThat(TextRenderer.plain().draw(frame)).hasSizeGreaterThan(2);
            assertThat(new PictureRenderer().draw(frame).getWidth()).isBetween(250, 1200);
        });
    }

    @Test
    void anEnvironmentWithoutASceneShowsItsTeamAndItsRawSituation() {
        Frame drawn = last(frames("bp-6", 3));
        Frame frame = new Frame(
                drawn.spec(), 3, -0.1, -0.3, false, false, drawn.agents(), java.util.Optional.empty(), drawn.raw());
        assertThat(TextRenderer.plain().draw(frame)).anyMatch(line -> line.startsWith("joint_push 0"));
        assertThat(new PictureRenderer().draw(frame).getWidth()).isLessThan(400);
    }

    @Test
    void drawingChangesNothing() {
        MacDecPomdp environment = Catalog.load().create("bp-10", Map.of());
        environment.reset(0);
        byte[] before = environment.snapshot();
        Frame frame = new Camera(environment).shoot();
        new PictureRenderer().draw(frame);
        TextRenderer.plain().draw(frame);
        assertThat(environment.snapshot()).isEqualTo(before);
    }

    @Test
    void anAnimationShowsThePicturesOneAfterTheOther() throws IOException {
        List<BufferedImage> pictures =
                frames("bp-10", 6).stream().map(new PictureRenderer()::draw).toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AnimatedGif.write(pictures, Collections.nCopies(pictures.size(), 25), out);

        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            reader.setInput(stream);
            assertThat(reader.getNumImages(true)).isEqualTo(pictures.size());
            BufferedImage screen = new BufferedImage(
                    pictures.get(0).getWidth(), pictures.get(0).getHeight(), BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < pictures.size(); i++) {
                org.w3c.dom.Node place = reader.getImageMetadata(i)
                        .getAsTree("javax_imageio_gif_image_1.0")
                        .getFirstChild();
                int left = Integer.parseInt(
                        place.getAttributes().getNamedItem("imageLeftPosition").getNodeValue());
                int top = Integer.parseInt(
                        place.getAttributes().getNamedItem("imageTopPosition").getNodeValue());
                screen.getGraphics().drawImage(reader.read(i), left, top, null);
                assertThat(otherPixels(screen, pictures.get(i)))
                        .as("picture " + i)
                        .isZero();
            }
        }
        assertThat(new String(out.toByteArray(), StandardCharsets.ISO_8859_1)).contains("NETSCAPE2.0");
        assertThat(out.size()).isLessThan(80_000);
    }

    @Test
    void theFontHasALetterForEverythingThatIsWritten() {
        String written = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;-+=()[]/_%<>!?'";
        BufferedImage unknown = written("\u00e9");
        for (int i = 0; i < written.length(); i++) {
            char letter = written.charAt(i);
            assertThat(Lettering.width(letter + "i", 10)).isPositive();
            assertThat(otherPixels(written(String.valueOf(letter)), unknown))
                    .as("letter " + letter)
                    .isPositive();
        }
        assertThat(Lettering.fit("Go-to-Big-Box(right)", 10, 60))
                .endsWith("...")
                .startsWith("Go-to");
    }

    private static BufferedImage written(String text) {
        BufferedImage picture = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
        Lettering.write(picture.createGraphics(), text, 5, 30, 20, Theme.WHITE, false);
        return picture;
    }
}
