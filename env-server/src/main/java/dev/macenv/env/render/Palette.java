package dev.macenv.env.render;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** At most 255 colours that stand for all those of some pictures: the most frequent, as long as they are not too near to one already chosen. One more place means "as before". */
final class Palette {

    /** Of a table of colours, used or not. */
    static final int PLACES = 256;

    private static final int COLORS = PLACES - 1;

    /** Squared distance under which two colours look the same; it is tried again with 0 if that leaves room. */
    private static final int NEAR = 60;

    private final List<Integer> colors = new ArrayList<>();
    private final Map<Integer, Byte> index = new HashMap<>();
    private final IndexColorModel model;

    Palette(Iterable<BufferedImage> pictures) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (BufferedImage picture : pictures) {
            for (int rgb : pixels(picture)) {
                counts.merge(rgb, 1, Integer::sum);
            }
        }
        List<Integer> byFrequency = new ArrayList<>(counts.keySet());
        byFrequency.sort(Comparator.<Integer>comparingInt(rgb -> -counts.getOrDefault(rgb, 0))
                .thenComparing(Comparator.naturalOrder()));
        choose(byFrequency, byFrequency.size() > COLORS ? NEAR : 0);
        choose(byFrequency, 0);
        byte[][] parts = new byte[3][PLACES];
        for (int i = 0; i < PLACES; i++) {
            for (int part = 0; part < 3; part++) {
                parts[part][i] = (byte) (color(i) >> (8 * (2 - part)));
            }
        }
        model = new IndexColorModel(8, PLACES, parts[0], parts[1], parts[2], asBefore());
    }

    private void choose(List<Integer> byFrequency, int distance) {
        for (int rgb : byFrequency) {
            if (colors.size() == COLORS) {
                return;
            }
            if (!index.containsKey(rgb) && (distance == 0 || nearestDistance(rgb) > distance)) {
                index.put(rgb, (byte) colors.size());
                colors.add(rgb);
            }
        }
    }

    private int nearestDistance(int rgb) {
        return colors.stream().mapToInt(color -> distance(color, rgb)).min().orElse(Integer.MAX_VALUE);
    }

    private static int distance(int a, int b) {
        int red = (a >> 16 & 0xFF) - (b >> 16 & 0xFF);
        int green = (a >> 8 & 0xFF) - (b >> 8 & 0xFF);
        int blue = (a & 0xFF) - (b & 0xFF);
        return red * red + green * green + blue * blue;
    }

    static int[] pixels(BufferedImage picture) {
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] &= 0xFFFFFF;
        }
        return pixels;
    }

    /** The colour at a place; black where there is none. */
    int color(int place) {
        return place < colors.size() ? colors.get(place) : 0;
    }

    /** The place that means "as before": it is transparent. */
    int asBefore() {
        return colors.size();
    }

    /**
     * A part of the picture in colours of this palette.
     *
     * @param before the pixels of the picture before; empty if there is none
     */
    BufferedImage indexed(int[] before, int[] pixels, int width, Rectangle part) {
        BufferedImage made = new BufferedImage(part.width, part.height, BufferedImage.TYPE_BYTE_INDEXED, model);
        byte[] row = new byte[part.width];
        for (int y = 0; y < part.height; y++) {
            for (int x = 0; x < part.width; x++) {
                int at = (part.y + y) * width + part.x + x;
                boolean same = before.length > 0 && before[at] == pixels[at];
                row[x] = same ? (byte) asBefore() : index.computeIfAbsent(pixels[at], this::nearest);
            }
            made.getRaster().setDataElements(0, y, part.width, 1, row);
        }
        return made;
    }

    private Byte nearest(int rgb) {
        int best = Collections.min(colors, Comparator.comparingInt(color -> distance(color, rgb)));
        return (byte) colors.indexOf(best);
    }
}
