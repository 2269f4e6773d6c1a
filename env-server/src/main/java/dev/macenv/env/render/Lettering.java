package dev.macenv.env.render;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.util.HashMap;
import java.util.Map;

/**
 * A font of strokes, so that pictures look the same on every machine, and exist on one that has no fonts: a headless JDK need not bring any.
 *
 * <p>A glyph is a list of strokes; a stroke is a list of points, two digits each: x, and y with the baseline at 2, small letters up to 6, capitals up to 8. A stroke is a polygon,
 * or, after {@code ~}, a smooth curve that the points pull at, or, after {@code o}, a closed one.
 */
final class Lettering {

    private static final int BASELINE = 2;
    private static final double CAPITALS = 6; // height, in the units of the glyphs
    private static final double GAP = 1.9;
    private static final double SPACE = 2.4;

    private record Glyph(Path2D path, double width) {}

    private static final Map<Character, Glyph> GLYPHS = new HashMap<>();

    private static final String TABLE = """
            A 02 28 42|14 34
            B 02 08|~08 38 35 05|~05 45 42 02
            C ~47 48 08 02 42 43
            D 02 08|~08 48 42 02
            E 38 08 02 32|05 25
            F 38 08 02|05 25
            G ~47 48 08 02 42 45|45 25
            H 02 08|42 48|05 45
            I 02 08
            J 38 34|~34 32 02 04
            K 02 08|38 05 32
            L 08 02 32
            M 02 08 25 48 42
            N 02 08 42 48
            O o02 42 48 08
            P 02 08|~08 48 44 04
            Q o02 42 48 08|23 41
            R 02 08|~08 48 44 04|24 42
            S ~47 48 08 05 45 42 02 03
            T 08 48|28 22
            U 08 04|~04 02 42 44|44 48
            V 08 22 48
            W 08 12 26 32 48
            X 02 48|08 42
            Y 08 25 48|25 22
            Z 08 48 02 42
            a o02 32 36 06|36 32
            b 08 02|o02 32 36 06
            c ~35 36 06 02 32 33
            d o02 32 36 06|38 32
            e 04 34|~34 36 06 02 32 33
            f ~28 18 16|16 12|06 26
            g o02 32 36 06|36 31|~31 30 00 01
            h 08 02|~04 06 36 34|34 32
            i 06 02|08 08
            j 16 11|~11 10 00|18 18
            k 08 02|36 04 32
            l 08 02
            m 06 02|~04 06 26 24|24 22|~24 26 46 44|44 42
            n 06 02|~04 06 36 34|34 32
            o o02 32 36 06
            p 06 00|o02 32 36 06
            q o02 32 36 06|36 30
            r 06 02|~04 06 26
            s ~35 36 06 04 34 32 02 03
            t 18 14|~14 12 32|06 26
            u 06 04|~04 02 32 34|36 32
            v 06 22 46
            w 06 12 25 32 46
            x 02 36|06 32
            y 06 22|46 10
            z 06 36 02 32
            0 o02 32 38 08
            1 07 18 12
            2 ~07 08 38 35 02|02 32
            3 ~07 08 38 35 15|~15 35 32 02 03
            4 22 28 04 34
            5 38 08 05|~05 15 35 32 02 03
            6 ~38 08 03|o02 32 35 05
            7 08 38 12
            8 o05 35 38 08|o02 32 35 05
            9 o05 35 38 08|~37 32 02
            . 02 02
            , 12 01
            : 02 02|05 05
            ; 12 01|15 15
            - 05 25
            + 05 45|23 27
            = 04 34|06 36
            ( ~18 05 12
            ) ~08 15 02
            [ 18 08 02 12
            ] 08 18 12 02
            / 02 38
            _ 01 41
            % 02 48|o07 17 18 08|o32 42 43 33
            < 37 05 33
            > 07 35 03
            ! 08 05|02 02
            ? ~07 08 38 36 14|12 12
            ' 08 07
            """;

    private static final Glyph UNKNOWN = glyph("02 32 38 08 02");

    static {
        TABLE.lines().forEach(line -> GLYPHS.put(line.charAt(0), glyph(line.substring(2))));
    }

    private Lettering() {}

    private static Glyph glyph(String strokes) {
        Path2D path = new Path2D.Double();
        double width = 0;
        for (String stroke : strokes.split("\\|", -1)) {
            char kind = stroke.charAt(0);
            boolean curve = kind == '~' || kind == 'o';
            String[] words = (curve ? stroke.substring(1) : stroke).split(" ", -1);
            double[][] points = new double[words.length][];
            for (int i = 0; i < words.length; i++) {
                points[i] = new double[] {words[i].charAt(0) - '0', words[i].charAt(1) - '0' - BASELINE};
                width = Math.max(width, points[i][0]);
            }
            if (kind == 'o') {
                addRing(path, points);
            } else if (kind == '~') {
                addCurve(path, points);
            } else {
                addPolygon(path, points);
            }
        }
        return new Glyph(path, width);
    }

    private static void addPolygon(Path2D path, double[][] points) {
        path.moveTo(points[0][0], points[0][1]);
        for (int i = 1; i < points.length; i++) {
            path.lineTo(points[i][0], points[i][1]);
        }
    }

    /** A quadratic B-spline from the first point to the last. */
    private static void addCurve(Path2D path, double[][] points) {
        path.moveTo(points[0][0], points[0][1]);
        for (int i = 1; i < points.length - 1; i++) {
            double[] end = i == points.length - 2 ? points[i + 1] : middle(points[i], points[i + 1]);
            path.quadTo(points[i][0], points[i][1], end[0], end[1]);
        }
    }

    /** The closed one. */
    private static void addRing(Path2D path, double[][] points) {
        double[] start = middle(points[points.length - 1], points[0]);
        path.moveTo(start[0], start[1]);
        for (int i = 0; i < points.length; i++) {
            double[] end = middle(points[i], points[(i + 1) % points.length]);
            path.quadTo(points[i][0], points[i][1], end[0], end[1]);
        }
        path.closePath();
    }

    private static double[] middle(double[] a, double[] b) {
        return new double[] {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2};
    }

    /** How wide a text is whose capitals have this height. */
    static double width(String text, double size) {
        double units = 0;
        for (int i = 0; i < text.length(); i++) {
            units += advance(text.charAt(i));
        }
        return Math.max(0, units - GAP) * size / CAPITALS;
    }

    private static double advance(char letter) {
        return letter == ' ' ? SPACE : GLYPHS.getOrDefault(letter, UNKNOWN).width() + GAP;
    }

    /** Writes a text that begins at (x, baseline), y downwards as in all pictures. */
    static void write(Graphics2D g, String text, double x, double baseline, double size, Color color, boolean bold) {
        double scale = size / CAPITALS;
        g.setColor(color);
        g.setStroke(
                new BasicStroke((float) (size * (bold ? 0.185 : 0.13)), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        double at = x;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter != ' ') {
                g.draw(new java.awt.geom.AffineTransform(scale, 0, 0, -scale, at, baseline)
                        .createTransformedShape(
                                GLYPHS.getOrDefault(letter, UNKNOWN).path()));
            }
            at += advance(letter) * scale;
        }
    }

    /** The same, around the point. */
    static void writeCentred(Graphics2D g, String text, double x, double y, double size, Color color, boolean bold) {
        write(g, text, x - width(text, size) / 2, y + size / 2, size, color, bold);
    }

    /** The text, shortened where it is wider than there is room. */
    static String fit(String text, double size, double room) {
        if (width(text, size) <= room) {
            return text;
        }
        int end = text.length();
        while (end > 0 && width(text.substring(0, end) + "...", size) > room) {
            end--;
        }
        return text.substring(0, end).stripTrailing() + "...";
    }
}
