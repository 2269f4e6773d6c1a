package dev.macenv.env.render;

import dev.macenv.env.scene.Scene;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Draws frames as pictures: the floor at the left, the team at the right, the horizon below. All frames of one environment have one size.
 *
 * <p>Needs no display and no fonts. It has no state, so one serves all threads.
 */
public final class PictureRenderer {

    private static final int MARGIN = 16;
    private static final int HEADER = 40;
    private static final int FOOTER = 26;
    private static final int PANEL = 264;
    private static final int CARD_GAP = 8;
    private static final int LARGEST_CARD = 92;
    private static final int MOST_LARGE_CARDS = 5;
    private static final int SMALLEST_CARD = 38;
    private static final double FLOOR_HEIGHT = 460;
    private static final double FLOOR_WIDTH = 660;
    private static final int SMALLEST_CELL = 15;
    private static final int HEIGHT_WITHOUT_SCENE = 240;

    /** The picture as the bytes of a PNG file. */
    public byte[] png(Frame frame) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) { // and no file
            ImageIO.write(draw(frame), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A picture of what is in the frame. */
    public BufferedImage draw(Frame frame) {
        double unit = frame.scene().map(PictureRenderer::unit).orElse(0.0);
        int floorWidth = frame.scene()
                .map(scene -> (int) Math.ceil(scene.width() * unit))
                .orElse(0);
        int floorHeight = frame.scene()
                .map(scene -> (int) Math.ceil(scene.height() * unit))
                .orElse(HEIGHT_WITHOUT_SCENE);
        int agents = frame.agents().size();
        int card = agents > MOST_LARGE_CARDS ? SMALLEST_CARD : LARGEST_CARD;
        floorHeight = Math.max(floorHeight, agents * (card + CARD_GAP) - CARD_GAP);
        int panelLeft = MARGIN + (floorWidth > 0 ? floorWidth + MARGIN : 0);
        BufferedImage picture = new BufferedImage(
                panelLeft + PANEL + MARGIN, HEADER + floorHeight + FOOTER + MARGIN, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            g.setColor(Theme.PAPER);
            g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
            header(g, frame, picture.getWidth());
            frame.scene().ifPresent(scene -> new FloorPainter(g, scene, MARGIN, HEADER, unit).paint());
            team(g, frame.agents(), panelLeft, floorHeight, frame.over());
            footer(g, frame, picture.getWidth() - 2 * MARGIN, HEADER + floorHeight);
        } finally {
            g.dispose();
        }
        return picture;
    }

    /** Pixels to the unit of the scene: whole pixels to a cell, so that lines between cells are sharp. */
    private static double unit(Scene scene) {
        double cell = Math.min(FLOOR_HEIGHT / scene.height(), FLOOR_WIDTH / scene.width()) * scene.cell();
        return Math.max(SMALLEST_CELL, Math.floor(cell)) / scene.cell();
    }

    private static void header(Graphics2D g, Frame frame, int width) {
        double baseline = HEADER - 15;
        Lettering.write(g, frame.spec().id(), MARGIN, baseline, 13, Theme.INK, true);
        double x = MARGIN + Lettering.width(frame.spec().id(), 13) + 18;
        x = fact(g, "tick", String.valueOf(frame.tick()), x, baseline, Theme.INK);
        x = fact(g, "reward", Wording.signed(frame.reward()), x, baseline, sign(frame.reward()));
        fact(g, "return", Wording.signed(frame.total()), x, baseline, sign(frame.total()));
        if (frame.over()) {
            String ending = frame.terminated() ? "TERMINATED" : "TRUNCATED";
            double w = Lettering.width(ending, 9) + 20;
            g.setColor(frame.terminated() ? Theme.GOOD : Theme.SOFT);
            g.fill(new RoundRectangle2D.Double(width - MARGIN - w, baseline - 16, w, 22, 22, 22));
            Lettering.write(g, ending, width - MARGIN - w + 10, baseline - 0.5, 9, Theme.WHITE, true);
        }
    }

    private static double fact(Graphics2D g, String name, String value, double x, double baseline, Color color) {
        Lettering.write(g, name, x, baseline, 9, Theme.SOFT, false);
        double at = x + Lettering.width(name, 9) + 7;
        Lettering.write(g, value, at, baseline, 10, color, true);
        return at + Math.max(26, Lettering.width(value, 10)) + 18;
    }

    private static Color sign(double value) {
        return value > 0 ? Theme.GOOD : value < 0 ? Theme.BAD : Theme.INK;
    }

    private static void team(Graphics2D g, List<Frame.AgentView> agents, int left, int height, boolean over) {
        int room = (height + CARD_GAP) / agents.size() - CARD_GAP;
        int card = Math.max(SMALLEST_CARD, Math.min(LARGEST_CARD, room));
        for (int agent = 0; agent < agents.size(); agent++) {
            card(g, agent, agents.get(agent), left, HEADER + agent * (card + CARD_GAP), card, over);
        }
    }

    private static void card(
            Graphics2D g, int index, Frame.AgentView agent, double left, double top, double height, boolean over) {
        Color color = Theme.agent(index);
        RoundRectangle2D card = new RoundRectangle2D.Double(left, top, PANEL, height, 14, 14);
        g.setColor(Theme.CARD);
        g.fill(card);
        g.setColor(Theme.LINE);
        g.setStroke(new java.awt.BasicStroke(1.2f));
        g.draw(card);
        boolean roomy = height >= LARGEST_CARD;
        double radius = roomy ? 15 : 11;
        double x = left + 14 + radius;
        double y = top + (roomy ? 26 : height / 2);
        g.setColor(color);
        g.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
        Lettering.writeCentred(g, String.valueOf(index), x, y, radius * 0.85, Theme.WHITE, true);
        double text = x + radius + 11;
        double room = left + PANEL - 12 - text;
        String doing = agent.macroAction().isEmpty() ? agent.name() : agent.macroAction();
        if (!roomy) {
            String state = state(agent, over);
            double beside = Lettering.width(state, 7.5);
            Lettering.write(g, Lettering.fit(doing, 8.5, room - beside - 8), text, y - 4, 8.5, Theme.INK, true);
            Lettering.write(g, state, left + PANEL - 12 - beside, y - 4, 7.5, Theme.SOFT, false);
            Lettering.write(g, Lettering.fit(agent.knows(), 7.5, room), text, y + 12, 7.5, Theme.SOFT, false);
            return;
        }
        Lettering.write(g, agent.name(), text, top + 22, 8, Theme.SOFT, false);
        String state = state(agent, over);
        double beside = Lettering.width(state, 8);
        Lettering.write(g, state, left + PANEL - 12 - beside, top + 22, 8, agent.ended() ? color : Theme.SOFT, false);
        Lettering.write(g, Lettering.fit(doing, 10, room), text, top + 40, 10, Theme.INK, true);
        duration(g, agent, color, text, top + 49, room);
        Lettering.write(g, "knows", left + 14, top + height - 16, 7.5, Theme.SOFT, false);
        Lettering.write(g, Lettering.fit(agent.knows(), 8, room), text, top + height - 16, 8, Theme.INK, false);
    }

    private static String state(Frame.AgentView agent, boolean over) {
        if (agent.macroAction().isEmpty()) {
            return "decides";
        }
        if (agent.ended()) {
            return over ? "done" : "done, decides";
        }
        return agent.usualTicks() > 0 ? "tick " + agent.ticks() + " of " + agent.usualTicks() : "tick " + agent.ticks();
    }

    /** One mark for each tick of the macro-action, or a bar where they would be too many. */
    private static void duration(Graphics2D g, Frame.AgentView agent, Color color, double x, double y, double room) {
        double step = 9;
        int marks = Math.max(agent.ticks(), agent.usualTicks());
        if (marks * step > room) {
            step = room / marks;
        }
        for (int i = 0; i < marks; i++) {
            g.setColor(i < agent.ticks() ? color : Theme.TRACK);
            double w = Math.max(1, step - Math.min(3, step * 0.35));
            g.fill(new RoundRectangle2D.Double(x + i * step, y, w, 5, 2, 2));
        }
    }

    private static void footer(Graphics2D g, Frame frame, double width, double top) {
        int horizon = frame.spec().horizon();
        if (horizon == 0) {
            return;
        }
        String label = String.format(Locale.ROOT, "horizon %d", horizon);
        double beside = Lettering.width(label, 7.5);
        double y = top + 17;
        double bar = width - beside - 12;
        g.setColor(Theme.TRACK);
        g.fill(new RoundRectangle2D.Double(MARGIN, y, bar, 6, 6, 6));
        g.setColor(Theme.SOFT);
        double done = bar * Math.min(1, frame.tick() / (double) horizon);
        if (done > 0) {
            g.fill(new RoundRectangle2D.Double(MARGIN, y, Math.max(6, done), 6, 6, 6));
        }
        Lettering.write(g, label, MARGIN + bar + 12, y + 6.5, 7.5, Theme.SOFT, false);
    }
}
