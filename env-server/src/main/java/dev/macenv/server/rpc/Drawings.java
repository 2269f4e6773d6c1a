package dev.macenv.server.rpc;

import dev.macenv.env.render.Frame;
import dev.macenv.env.render.PictureRenderer;
import dev.macenv.env.render.TextRenderer;
import dev.macenv.env.scene.Scene;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Draws lanes for clients, on a thread of its own: a picture takes thousands of times as long as a step, and no session is to wait for one. */
final class Drawings implements AutoCloseable {
    static final String TEXT = "text/plain";
    static final String PICTURE = "image/png";

    /** The formats that every environment has; the first is the ordinary one. */
    static final List<String> FORMATS = List.of(TEXT, PICTURE);

    private static final int WAITING = 64;
    private static final int MOST_CELLS = 100_000; // some 20 million pixels
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor thread;
    private final int mostBytes;
    private final TextRenderer letters = TextRenderer.plain();
    private final PictureRenderer pictures = new PictureRenderer();

    /** @param mostBytes of one drawing */
    Drawings(ThreadFactory factory, int mostBytes) {
        this.mostBytes = mostBytes;
        thread = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), factory);
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * The format asked for; the ordinary one if none is.
     *
     * @throws RefusedException if there is no such format
     */
    static String format(String asked) {
        if (asked.isEmpty()) {
            return FORMATS.get(0);
        }
        if (!FORMATS.contains(asked)) {
            throw RefusedException.field(Reason.INVALID_FIELD, "format", asked + " (expected: one of " + FORMATS + ")");
        }
        return asked;
    }

    /**
     * Does the work later.
     *
     * @throws RefusedException if too much of it waits
     */
    void later(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException full) {
            throw RefusedException.quota(
                            Reason.CAPACITY_REACHED,
                            "drawings",
                            "too many are under way (limit: " + WAITING + "; try again later)",
                            Duration.ofSeconds(1))
                    .with("limit", "drawings");
        }
    }

    /**
     * The drawing, in one of {@link #FORMATS}.
     *
     * @throws RefusedException if it is too large
     */
    byte[] draw(Frame frame, String format) {
        frame.scene().ifPresent(Drawings::requireSmall);
        byte[] drawn = format.equals(PICTURE) ? pictures.png(frame) : text(frame);
        if (drawn.length > mostBytes) {
            throw tooLarge(drawn.length + " bytes", drawn.length, mostBytes);
        }
        return drawn;
    }

    private static void requireSmall(Scene scene) {
        double cells = Math.ceil(scene.width() / scene.cell()) * Math.ceil(scene.height() / scene.cell());
        if (!(cells <= MOST_CELLS)) {
            throw tooLarge("a scene of " + (long) cells + " cells", (long) cells, MOST_CELLS);
        }
    }

    private static RefusedException tooLarge(String what, long size, int limit) {
        return RefusedException.quota(Reason.RESPONSE_TOO_LARGE, "one drawing", what + " (limit: " + limit + ")", null)
                .with("bytes", size)
                .with("limit", limit);
    }

    private byte[] text(Frame frame) {
        return (String.join("\n", letters.draw(frame)) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Gives up what waits. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
