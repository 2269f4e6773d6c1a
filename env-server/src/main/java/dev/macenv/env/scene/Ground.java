package dev.macenv.env.scene;

/** What the floor is made of. */
public enum Ground {
    /** Cells: everything stands in one, or across two. */
    CELLS,
    /** Open space: anything may stand anywhere, and cells only say how coarse a picture in letters is. */
    OPEN
}
