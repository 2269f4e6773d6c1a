package dev.macenv.env.render;

import java.awt.Color;

/** The colours of pictures. Agents and tools keep apart for colour-blind eyes too, and carry their number besides. */
final class Theme {

    static final Color PAPER = new Color(0xF6F3EC);
    static final Color FLOOR = new Color(0xFFFEFB);
    static final Color EDGE = new Color(0xCFC8B8);
    static final Color LINE = new Color(0xEAE5D9);
    static final Color CARD = new Color(0xFFFEFB);
    static final Color TRACK = new Color(0xE6E0D2);
    static final Color INK = new Color(0x2A2E35);
    static final Color SOFT = new Color(0x777B82);
    static final Color WHITE = new Color(0xFFFFFF);
    static final Color GOAL = new Color(0xD5ECD8);
    static final Color GOAL_INK = new Color(0x3F8A57);
    static final Color AREA = new Color(0xEEF1F6);
    static final Color AREA_INK = new Color(0x7C8AA3);
    static final Color SPOT = new Color(0xB9B2A2);
    static final Color BOX = new Color(0xE3B778);
    static final Color BOX_EDGE = new Color(0xA87B3C);
    static final Color HEAVY = new Color(0xC98F5A);
    static final Color HEAVY_EDGE = new Color(0x865529);
    static final Color TARGET = new Color(0xC8324B);
    static final Color PERSON = new Color(0x5B6472);
    static final Color SKIN = new Color(0xF1CFA9);
    static final Color GOOD = new Color(0x2E8B57);
    static final Color BAD = new Color(0xC8442F);

    private static final Color[] AGENTS = {
        new Color(0x2F6DB5),
        new Color(0xDB6A1F),
        new Color(0x23936B),
        new Color(0x9455B4),
        new Color(0xB88A00),
        new Color(0x3A9CC4),
        new Color(0xC94F86),
        new Color(0x76852A),
        new Color(0x5A6B7E),
        new Color(0x8C5637)
    };

    private static final Color[] TOOLS = {new Color(0xE0A100), new Color(0x3E9FC7), new Color(0xB85C9E)};

    private Theme() {}

    static Color agent(int index) {
        return AGENTS[index % AGENTS.length];
    }

    static Color tool(int type) {
        return TOOLS[type % TOOLS.length];
    }

    /** The colour as it looks in front of {@code behind}, with this share of it. */
    static Color tint(Color color, Color behind, double share) {
        return new Color(
                mix(color.getRed(), behind.getRed(), share),
                mix(color.getGreen(), behind.getGreen(), share),
                mix(color.getBlue(), behind.getBlue(), share));
    }

    private static int mix(int front, int behind, double share) {
        return (int) Math.round(front * share + behind * (1 - share));
    }
}
