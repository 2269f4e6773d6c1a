package dev.macenv.env.scene;

/** Where an agent looks. */
public enum Facing {
    UP(0, 1),
    RIGHT(1, 0),
    DOWN(0, -1),
    LEFT(-1, 0),
    /** In every direction alike. */
    AROUND(0, 0);

    private final int dx;
    private final int dy;

    Facing(int dx, int dy) {
        this.dx = dx;
        this.dy = dy;
    }

    /** Of the unit vector, to the right. */
    public int dx() {
        return dx;
    }

    /** Of the unit vector, upwards. */
    public int dy() {
        return dy;
    }
}
