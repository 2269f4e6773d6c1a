package dev.macenv.env.render;

import dev.macenv.env.scene.Facing;
import dev.macenv.env.scene.Ground;
import dev.macenv.env.scene.Scene;
import dev.macenv.env.scene.SceneItem;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.List;

/** Draws a scene on its floor, whose upper left corner is at (left, top), with {@code unit} pixels to the unit of the scene. */
final class FloorPainter {

    private static final double SMALLEST_LETTERS = 6.5;

    private final Graphics2D g;
    private final Scene scene;
    private final double left;
    private final double top;
    private final double unit;

    /** Pixels to a cell, which agents and other things of no size of their own fit into. */
    private final double cell;

    FloorPainter(Graphics2D g, Scene scene, double left, double top, double unit) {
        this.g = g;
        this.scene = scene;
        this.left = left;
        this.top = top;
        this.unit = unit;
        this.cell = unit * scene.cell();
    }

    /** From the floor upwards, one kind of thing after the other. */
    void paint() {
        Shape wholePicture = g.getClip();
        Rectangle2D floor = new Rectangle2D.Double(left, top, scene.width() * unit, scene.height() * unit);
        fill(floor, Theme.FLOOR);
        g.clip(floor);
        each(SceneItem.Area.class).forEach(this::area);
        lines();
        each(SceneItem.Area.class).forEach(this::areaName);
        each(SceneItem.Spot.class).forEach(this::spot);
        each(SceneItem.Course.class).forEach(this::course);
        each(SceneItem.Person.class).forEach(this::person);
        each(SceneItem.Tool.class).forEach(tool -> tool(tool.type(), x(tool), y(tool), cell * 0.3));
        each(SceneItem.Box.class).forEach(this::box);
        each(SceneItem.Target.class).forEach(this::target);
        each(SceneItem.Sight.class).forEach(this::sight);
        agents(each(SceneItem.Agent.class));
        g.setClip(wholePicture);
        stroke(floor, Theme.EDGE, 1.5);
    }

    private <T extends SceneItem> List<T> each(Class<T> kind) {
        return scene.items().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private double x(SceneItem item) {
        return left + item.x() * unit;
    }

    private double y(SceneItem item) {
        return top + (scene.height() - item.y()) * unit;
    }

    private Rectangle2D rectangle(SceneItem item, double width, double height, double inset) {
        double w = width * unit - 2 * inset;
        double h = height * unit - 2 * inset;
        return new Rectangle2D.Double(x(item) - w / 2, y(item) - h / 2, w, h);
    }

    private static RoundRectangle2D round(Rectangle2D r, double radius) {
        return new RoundRectangle2D.Double(r.getX(), r.getY(), r.getWidth(), r.getHeight(), 2 * radius, 2 * radius);
    }

    private void fill(Shape shape, Color color) {
        g.setColor(color);
        g.fill(shape);
    }

    private void stroke(Shape shape, Color color, double width) {
        g.setColor(color);
        g.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(shape);
    }

    private void dashed(Shape shape, Color color, double width, double dash) {
        g.setColor(color);
        g.setStroke(new BasicStroke(
                (float) width,
                BasicStroke.CAP_ROUND,
                BasicStroke.JOIN_ROUND,
                1,
                new float[] {(float) dash, (float) (1.6 * dash)},
                0));
        g.draw(shape);
    }

    private static Ellipse2D circle(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    // ------------------------------------------------------------------------------------------------ the floor

    private void area(SceneItem.Area area) {
        fill(rectangle(area, area.width(), area.height(), 0), area.goal() ? Theme.GOAL : Theme.AREA);
    }

    private void areaName(SceneItem.Area area) {
        double size = Math.min(11, cell * 0.32);
        if (size >= SMALLEST_LETTERS - 1) {
            Rectangle2D r = rectangle(area, area.width(), area.height(), 0);
            Color ink = area.goal() ? Theme.GOAL_INK : Theme.AREA_INK;
            String name = area.name().toUpperCase(java.util.Locale.ROOT);
            if (area.goal()) {
                Lettering.writeCentred(g, name, r.getCenterX(), r.getCenterY(), size, ink, true);
            } else {
                Lettering.write(g, name, r.getX() + size, r.getMaxY() - size, size, ink, true);
            }
        }
    }

    private void lines() {
        if (scene.ground() == Ground.OPEN) {
            return;
        }
        double right = left + scene.width() * unit;
        double bottom = top + scene.height() * unit;
        for (int i = 1; i * scene.cell() < scene.width(); i++) {
            double at = left + i * cell;
            stroke(new Line2D.Double(at, top, at, bottom), Theme.LINE, 1);
        }
        for (int i = 1; i * scene.cell() < scene.height(); i++) {
            double at = bottom - i * cell;
            stroke(new Line2D.Double(left, at, right, at), Theme.LINE, 1);
        }
    }

    private void spot(SceneItem.Spot spot) {
        double radius = cell * (scene.ground() == Ground.CELLS ? 0.17 : 0.42);
        if (scene.ground() == Ground.CELLS) {
            stroke(circle(x(spot), y(spot), radius), Theme.SPOT, Math.max(1, cell * 0.045));
        } else {
            dashed(circle(x(spot), y(spot), radius), Theme.SPOT, Math.max(1, cell * 0.03), cell * 0.06);
            double size = Math.max(SMALLEST_LETTERS, cell * 0.17);
            double away = (radius + size * 1.2) * (crowded(spot) ? -1 : 1);
            Lettering.writeCentred(g, spot.name(), x(spot), y(spot) + away, size, Theme.SOFT, false);
        }
    }

    /** Whether the name of another spot, just to the left, takes the room below. */
    private boolean crowded(SceneItem.Spot spot) {
        return each(SceneItem.Spot.class).stream()
                .anyMatch(other ->
                        other.y() == spot.y() && other.x() < spot.x() && spot.x() - other.x() < 1.6 * scene.cell());
    }

    private void course(SceneItem.Course course) {
        for (SceneItem.Agent agent : each(SceneItem.Agent.class)) {
            if (agent.index() == course.agent()) {
                Color color = Theme.tint(Theme.agent(agent.index()), Theme.FLOOR, 0.75);
                Line2D line = new Line2D.Double(x(agent), y(agent), x(course), y(course));
                dashed(line, color, Math.max(1.2, cell * 0.05), cell * 0.1);
                fill(circle(x(course), y(course), cell * 0.11), color);
            }
        }
    }

    /** A window above what is in it: in the agent's colour, or, where several look at the same, one with a dot for each of them. */
    private void sight(SceneItem.Sight sight) {
        List<SceneItem.Sight> same = each(SceneItem.Sight.class).stream()
                .filter(other -> Math.abs(other.x() - sight.x()) < scene.cell() / 20
                        && Math.abs(other.y() - sight.y()) < scene.cell() / 20)
                .toList();
        if (same.indexOf(sight) > 0) {
            return;
        }
        Color color = same.size() == 1 ? Theme.agent(sight.agent()) : Theme.INK;
        Rectangle2D part = rectangle(sight, sight.width(), sight.height(), Math.max(1.5, cell * 0.05));
        RoundRectangle2D window = round(part, cell * 0.14);
        g.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), same.size() == 1 ? 38 : 16));
        g.fill(window);
        dashed(window, color, Math.max(1, cell * 0.035), Math.max(2, cell * 0.09));
        if (same.size() > 1) {
            double radius = Math.max(2, cell * 0.075);
            double first = part.getCenterX() - (same.size() - 1) * radius * 1.25;
            for (int i = 0; i < same.size(); i++) {
                double at = first + i * radius * 2.5;
                fill(circle(at, part.getY() - radius * 1.6, radius * 1.25), Theme.WHITE);
                fill(
                        circle(at, part.getY() - radius * 1.6, radius),
                        Theme.agent(same.get(i).agent()));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ things

    private void box(SceneItem.Box box) {
        boolean heavy = box.agents() > 1;
        Color edge = heavy ? Theme.HEAVY_EDGE : Theme.BOX_EDGE;
        Color wood = heavy ? Theme.HEAVY : Theme.BOX;
        Rectangle2D r = rectangle(box, box.width(), box.height(), Math.max(1, cell * 0.09));
        RoundRectangle2D crate = round(r, cell * 0.1);
        fill(crate, wood);
        double frame = cell * 0.12;
        Rectangle2D inner = new Rectangle2D.Double(
                r.getX() + frame, r.getY() + frame, r.getWidth() - 2 * frame, r.getHeight() - 2 * frame);
        fill(round(inner, cell * 0.04), Theme.tint(Theme.WHITE, wood, 0.28));
        double thin = Math.max(1, cell * 0.04);
        for (int plank = 1; plank < 3; plank++) {
            double y = inner.getY() + plank * inner.getHeight() / 3;
            stroke(new Line2D.Double(inner.getX(), y, inner.getMaxX(), y), Theme.tint(wood, Theme.WHITE, 0.8), thin);
        }
        stroke(crate, edge, Math.max(1.2, cell * 0.05));
        if (heavy && cell > 24) {
            weight(r.getCenterX(), r.getCenterY(), box.agents(), edge);
        }
    }

    /** How many it takes: as many dots. */
    private void weight(double x, double y, int agents, Color ink) {
        double radius = cell * 0.1;
        double first = x - (agents - 1) * radius * 1.6;
        for (int i = 0; i < agents; i++) {
            double at = first + i * radius * 3.2;
            fill(circle(at, y, radius * 1.35), Theme.FLOOR);
            fill(circle(at, y, radius), ink);
        }
    }

    /** A shape for each type beside its colour: a spanner, a hammer, a saw, as far as a few pixels go. */
    private void tool(int type, double x, double y, double size) {
        Path2D shape = new Path2D.Double();
        switch (type % 3) {
            case 0 -> {
                shape.moveTo(0, -1);
                shape.lineTo(0.95, 0.75);
                shape.lineTo(-0.95, 0.75);
                shape.closePath();
            }
            case 1 -> shape.append(new Rectangle2D.Double(-0.78, -0.78, 1.56, 1.56), false);
            default -> {
                shape.moveTo(0, -1.05);
                shape.lineTo(1.05, 0);
                shape.lineTo(0, 1.05);
                shape.lineTo(-1.05, 0);
                shape.closePath();
            }
        }
        Shape placed = new AffineTransform(size, 0, 0, size, x, y).createTransformedShape(shape);
        stroke(placed, Theme.WHITE, size * 0.7);
        fill(placed, Theme.tool(type));
        stroke(placed, Theme.tint(Theme.tool(type), Theme.INK, 0.55), Math.max(0.8, size * 0.16));
    }

    private void target(SceneItem.Target target) {
        double x = x(target);
        double y = y(target);
        double radius = cell * 0.4;
        fill(circle(x, y, radius), target.captured() ? Theme.GOOD : Theme.TARGET);
        fill(circle(x, y, radius * 0.7), Theme.WHITE);
        fill(circle(x, y, radius * 0.4), target.captured() ? Theme.GOOD : Theme.TARGET);
    }

    /** Beside its place, so that agents have room there: head and shoulders, a ring that fills as the phase goes on, and the tool that is missing in a bubble. */
    private void person(SceneItem.Person person) {
        double x = x(person) + cell * 1.15;
        double y = y(person);
        double radius = cell * 0.5;
        double ring = Math.max(2, cell * 0.12);
        fill(circle(x, y, radius + ring), Theme.WHITE);
        stroke(circle(x, y, radius + ring / 2), Theme.TRACK, ring);
        Color color = person.waiting() ? Theme.BAD : Theme.GOOD;
        Arc2D done = new Arc2D.Double(
                x - radius - ring / 2,
                y - radius - ring / 2,
                2 * radius + ring,
                2 * radius + ring,
                90,
                -360 * Math.max(0, Math.min(1, person.progress())),
                Arc2D.OPEN);
        stroke(done, color, ring);
        Shape before = g.getClip();
        g.clip(circle(x, y, radius));
        fill(circle(x, y, radius), Theme.tint(Theme.PERSON, Theme.WHITE, 0.16));
        fill(circle(x, y + radius * 0.95, radius * 0.72), Theme.PERSON);
        fill(circle(x, y - radius * 0.12, radius * 0.42), Theme.WHITE);
        fill(circle(x, y - radius * 0.16, radius * 0.38), Theme.SKIN);
        g.setClip(before);
        pips(person, x, y - radius - 2.6 * ring);
        person.needs().ifPresent(type -> {
            double bx = x + radius * 1.5;
            double by = y - radius * 1.05;
            fill(circle(bx, by, cell * 0.3), Theme.WHITE);
            stroke(circle(bx, by, cell * 0.3), person.waiting() ? Theme.BAD : Theme.SPOT, Math.max(1, cell * 0.04));
            tool(type, bx, by, cell * 0.15);
        });
    }

    /** One for each phase: done, going on, to come. */
    private void pips(SceneItem.Person person, double x, double y) {
        double radius = cell * 0.075;
        double first = x - (person.phases() - 1) * radius * 1.7;
        for (int phase = 0; phase < person.phases(); phase++) {
            Color color = phase < person.phase() ? Theme.GOOD : phase == person.phase() ? Theme.INK : Theme.TRACK;
            fill(circle(first + phase * radius * 3.4, y, radius), color);
        }
    }

    // ------------------------------------------------------------------------------------------------ agents

    /** Agents that share a place are drawn side by side, so that none hides another. */
    private void agents(List<SceneItem.Agent> agents) {
        for (SceneItem.Agent agent : agents) {
            List<SceneItem.Agent> here = agents.stream()
                    .filter(other -> Math.abs(other.x() - agent.x()) < scene.cell() / 20
                            && Math.abs(other.y() - agent.y()) < scene.cell() / 20)
                    .toList();
            int columns = (int) Math.ceil(Math.sqrt(here.size()));
            int rows = (here.size() + columns - 1) / columns;
            int place = here.indexOf(agent);
            double step = cell * 0.84 / columns;
            double dx = (place % columns - (columns - 1) / 2.0) * step;
            int row = place / columns;
            double dy = (row - (rows - 1) / 2.0) * step;
            double size = here.size() == 1 ? 0.34 * cell : Math.min(0.34 * cell, step * 0.5);
            agent(agent, x(agent) + dx, y(agent) + dy, size);
        }
    }

    private void agent(SceneItem.Agent agent, double x, double y, double radius) {
        Color color = Theme.agent(agent.index());
        Color dark = Theme.tint(color, Theme.INK, 0.72);
        if (agent.fixed()) {
            Rectangle2D base = new Rectangle2D.Double(x - radius * 1.1, y - radius * 1.1, radius * 2.2, radius * 2.2);
            fill(round(base, radius * 0.4), color);
            stroke(round(base, radius * 0.4), dark, Math.max(1, radius * 0.12));
        } else {
            if (agent.facing() != Facing.AROUND) {
                nose(agent.facing(), x, y, radius, dark);
            }
            fill(circle(x, y, radius), color);
            stroke(circle(x, y, radius), dark, Math.max(1, radius * 0.13));
        }
        String number = String.valueOf(agent.index());
        if (radius >= 4) {
            double size = Math.min(radius * 0.95, radius * 1.3 / number.length());
            Lettering.writeCentred(g, number, x, y, size, Theme.WHITE, true);
        }
        double at = x - (agent.tools().size() - 1) * radius * 0.55;
        for (int type : agent.tools()) {
            tool(type, at, y - radius * 1.5, radius * 0.42);
            at += radius * 1.1;
        }
    }

    /** A beak that points where the agent looks. */
    private void nose(Facing facing, double x, double y, double radius, Color color) {
        double ux = facing.dx();
        double uy = -facing.dy();
        Path2D beak = new Path2D.Double();
        beak.moveTo(x + ux * radius * 1.42, y + uy * radius * 1.42);
        beak.lineTo(x + ux * radius * 0.5 - uy * radius * 0.72, y + uy * radius * 0.5 + ux * radius * 0.72);
        beak.lineTo(x + ux * radius * 0.5 + uy * radius * 0.72, y + uy * radius * 0.5 - ux * radius * 0.72);
        beak.closePath();
        fill(beak, color);
        stroke(beak, color, Math.max(1, radius * 0.13));
    }
}
