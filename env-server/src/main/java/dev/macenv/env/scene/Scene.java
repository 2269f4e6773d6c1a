package dev.macenv.env.scene;

import java.util.List;

/**
 * A situation as something to look at: a floor from (0, 0), at the lower left, to (width, height), and what stands on it.
 *
 * <p>Coordinates are the domain's own, x to the right and y upwards; an item is placed by its centre, and may be outside the floor. What each agent is told, how long its macro-action
 * has lasted and what was paid is no part of a scene: that is known of every environment.
 *
 * @param width of the floor; greater than 0
 * @param height of the floor; greater than 0
 * @param cell side of a cell, or of what one place in a picture of letters stands for; greater than 0
 * @param items in any order; those later in the list are drawn above others of their kind
 */
public record Scene(double width, double height, double cell, Ground ground, List<SceneItem> items) {

    public Scene {
        items = List.copyOf(items);
        if (!(width > 0 && height > 0 && cell > 0)) {
            throw new IllegalArgumentException(
                    "scene: " + width + " x " + height + " with cells of " + cell + " (expected: all > 0)");
        }
    }
}
