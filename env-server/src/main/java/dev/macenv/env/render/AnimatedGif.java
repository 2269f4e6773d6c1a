package dev.macenv.env.render;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/** Writes pictures as one GIF that runs for ever. A picture is stored as the rectangle in which it differs from the one before, so long episodes stay small. */
public final class AnimatedGif {

    private AnimatedGif() {}

    /**
     * Writes the animation and leaves the stream open.
     *
     * @param pictures at least one, all of one size
     * @param hundredths how long each is shown, in 1/100 s; as many
     */
    public static void write(List<BufferedImage> pictures, List<Integer> hundredths, OutputStream out)
            throws IOException {
        if (pictures.isEmpty() || pictures.size() != hundredths.size()) {
            throw new IllegalArgumentException("pictures: " + pictures.size() + " with " + hundredths.size()
                    + " durations (expected: as many, at least one)");
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        Palette palette = new Palette(pictures);
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.prepareWriteSequence(colorsOf(palette, writer.getDefaultStreamMetadata(null)));
            int[] before = {};
            for (int i = 0; i < pictures.size(); i++) {
                int width = pictures.get(i).getWidth();
                int[] pixels = Palette.pixels(pictures.get(i));
                Rectangle changed = changed(before, pixels, width);
                BufferedImage part = palette.indexed(before, pixels, width, changed);
                IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(part), null);
                describe(metadata, changed, hundredths.get(i), i == 0 ? -1 : palette.asBefore());
                writer.writeToSequence(new IIOImage(part, null, metadata), null);
                before = pixels;
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
    }

    /** What changed; a single pixel where nothing did. */
    private static Rectangle changed(int[] before, int[] pixels, int width) {
        int height = pixels.length / width;
        if (before.length != pixels.length) {
            return new Rectangle(width, height);
        }
        Rectangle box = new Rectangle(-1, -1);
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] != before[i]) {
                box.add(new Rectangle(i % width, i / width, 1, 1));
            }
        }
        return box.isEmpty() ? new Rectangle(1, 1) : box;
    }

    /** One table for all pictures: left to itself the writer would take a standard one, with other colours at the same places. */
    private static IIOMetadata colorsOf(Palette palette, IIOMetadata metadata) throws IOException {
        String format = metadata.getNativeMetadataFormatName();
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
        IIOMetadataNode table = child(root, "GlobalColorTable");
        while (table.hasChildNodes()) {
            table.removeChild(table.getFirstChild());
        }
        table.setAttribute("sizeOfGlobalColorTable", String.valueOf(Palette.PLACES));
        table.setAttribute("backgroundColorIndex", "0");
        table.setAttribute("sortFlag", "FALSE");
        for (int i = 0; i < Palette.PLACES; i++) {
            int rgb = palette.color(i);
            IIOMetadataNode entry = new IIOMetadataNode("ColorTableEntry");
            entry.setAttribute("index", String.valueOf(i));
            entry.setAttribute("red", String.valueOf(rgb >> 16 & 0xFF));
            entry.setAttribute("green", String.valueOf(rgb >> 8 & 0xFF));
            entry.setAttribute("blue", String.valueOf(rgb & 0xFF));
            table.appendChild(entry);
        }
        metadata.setFromTree(format, root);
        return metadata;
    }

    /** @param transparent the place in the palette that means "as before"; -1 for the first picture */
    private static void describe(IIOMetadata metadata, Rectangle part, int delay, int transparent) throws IOException {
        String format = metadata.getNativeMetadataFormatName();
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
        IIOMetadataNode place = child(root, "ImageDescriptor");
        place.setAttribute("imageLeftPosition", String.valueOf(part.x));
        place.setAttribute("imageTopPosition", String.valueOf(part.y));
        IIOMetadataNode control = child(root, "GraphicControlExtension");
        control.setAttribute("disposalMethod", "doNotDispose");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", transparent < 0 ? "FALSE" : "TRUE");
        control.setAttribute("transparentColorIndex", String.valueOf(Math.max(0, transparent)));
        control.setAttribute("delayTime", String.valueOf(delay));
        if (transparent < 0) {
            IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
            loop.setAttribute("applicationID", "NETSCAPE");
            loop.setAttribute("authenticationCode", "2.0");
            loop.setUserObject(new byte[] {1, 0, 0}); // 0: for ever
            child(root, "ApplicationExtensions").appendChild(loop);
        }
        metadata.setFromTree(format, root);
    }

    private static IIOMetadataNode child(IIOMetadataNode root, String name) {
        for (int i = 0; i < root.getLength(); i++) {
            if (root.item(i).getNodeName().equals(name)) {
                return (IIOMetadataNode) root.item(i);
            }
        }
        IIOMetadataNode made = new IIOMetadataNode(name);
        root.appendChild(made);
        return made;
    }
}
