package dev.macenv.avf.experiment;

import dev.macenv.client.TensorSpec;
import dev.macenv.client.TensorSpec.Label;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A small picture, in letters, of a state that is labelled like Box Pushing's: things with a {@code .xy} label of two elements (centre
 * over grid size, y upwards), looking the way their one-hot {@code .orientation} says. Agents are arrows, an {@code X} where they
 * share a cell; boxes are letters, the goal row is at the top.
 */
final class GridPicture {

    private static final int LARGEST_GRID = 100;
    private static final double TOLERANCE = 1e-4;
    private static final String ARROWS = "^>v<";

    private record Thing(String name, int xy, int orientation) {}

    private final List<Thing> things;
    private final int size;

    private GridPicture(List<Thing> things, int size) {
        this.things = things;
        this.size = size;
    }

    /** A picture for states of this kind, if they can be drawn; the grid's size is guessed from a state. */
    static Optional<GridPicture> of(TensorSpec spec, float[] state) {
        List<Thing> things = new ArrayList<>();
        for (Label label : spec.labels()) {
            if (label.name().endsWith(".xy") && label.end() - label.begin() == 2) {
                String name = label.name().substring(0, label.name().length() - ".xy".length());
                int orientation = spec.labels().stream()
                        .filter(other -> other.name().equals(name + ".orientation"))
                        .mapToInt(Label::begin)
                        .findFirst()
                        .orElse(-1);
                things.add(new Thing(name, label.begin(), orientation));
            }
        }
        if (things.isEmpty()) {
            return Optional.empty();
        }
        for (int size = 2; size <= LARGEST_GRID; size++) {
            if (fits(things, size, state)) {
                return Optional.of(new GridPicture(things, size));
            }
        }
        return Optional.empty();
    }

    /** Whether all things lie at the centre of a cell or of an edge between two. */
    private static boolean fits(List<Thing> things, int size, float[] state) {
        for (Thing thing : things) {
            double x = 2.0 * size * state[thing.xy()];
            double y = 2.0 * size * state[thing.xy() + 1];
            boolean centred = Math.abs(x - Math.rint(x)) < TOLERANCE * size
                    && Math.abs(y - Math.rint(y)) < TOLERANCE * size
                    && Math.floorMod(Math.round(y), 2) == 1;
            if (!centred) {
                return false;
            }
        }
        return true;
    }

    /** The picture's lines, from the top. */
    List<String> draw(float[] state) {
        char[][] cells = new char[size][size]; // [row from the top, column]
        for (char[] row : cells) {
            Arrays.fill(row, '.');
        }
        things.stream().filter(thing -> thing.orientation() < 0).forEach(thing -> put(cells, thing, state));
        things.stream().filter(thing -> thing.orientation() >= 0).forEach(thing -> put(cells, thing, state));
        return Arrays.stream(cells).map(String::new).toList();
    }

    private void put(char[][] cells, Thing thing, float[] state) {
        double x = size * state[thing.xy()];
        int row = size - 1 - (int) Math.floor(size * state[thing.xy() + 1]);
        char letter = letter(thing, state);
        boolean between = Math.abs(x - Math.rint(x)) < TOLERANCE * size; // a thing two cells wide
        int column = between ? (int) Math.rint(x) - 1 : (int) Math.floor(x);
        for (int i = column; i <= (between ? column + 1 : column); i++) {
            if (row >= 0 && row < size && i >= 0 && i < size) {
                boolean shared = ARROWS.indexOf(cells[row][i]) >= 0;
                cells[row][i] = shared ? 'X' : letter;
            }
        }
    }

    private static char letter(Thing thing, float[] state) {
        if (thing.orientation() < 0) {
            return thing.name().toLowerCase(Locale.ROOT).startsWith("big") ? 'B' : 's';
        }
        for (int direction = 0; direction < ARROWS.length(); direction++) {
            if (state[thing.orientation() + direction] > 0.5f) {
                return ARROWS.charAt(direction);
            }
        }
        return '?';
    }
}
