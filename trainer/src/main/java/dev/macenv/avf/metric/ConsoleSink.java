package dev.macenv.avf.metric;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Progress for a person: on a terminal one line that is drawn again and again (bar, rate, remaining time), elsewhere a plain
 * line now and then.
 */
public final class ConsoleSink implements MetricSink {

    private static final int BAR_WIDTH = 24;
    private static final long PLAIN_LINE_EVERY_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final long totalEpisodes;
    private final OptionalDouble optimum;
    private final LongSupplier nanoClock;
    private double best = Double.NEGATIVE_INFINITY;
    private long lastPlainLine;
    private int lastWidth;
    private boolean first = true;

    /**
     * @param out where to write
     * @param terminal whether {@code out} is a terminal that understands carriage return
     * @param totalEpisodes episodes of the whole run
     * @param optimum the known optimum, shown beside the return
     * @param nanoClock {@code System::nanoTime}, or a test's own
     */
    public ConsoleSink(
            PrintStream out, boolean terminal, long totalEpisodes, OptionalDouble optimum, LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.totalEpisodes = totalEpisodes;
        this.optimum = optimum;
        this.nanoClock = nanoClock;
        this.lastPlainLine = nanoClock.getAsLong();
    }

    @Override
    public void write(Measurement m) {
        boolean better = m.evaluationReturn() > best;
        best = Math.max(best, m.evaluationReturn());
        if (terminal) {
            drawAgain(bar(m) + " " + facts(m) + remaining(m));
            return;
        }
        long now = nanoClock.getAsLong();
        boolean last = m.episodes() >= totalEpisodes;
        if (first || better || last || now - lastPlainLine >= PLAIN_LINE_EVERY_NANOS) {
            out.println(percent(m) + " " + facts(m) + remaining(m));
            lastPlainLine = now;
            first = false;
        }
    }

    private void drawAgain(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, lastWidth - line.length())));
        out.flush();
        lastWidth = line.length();
    }

    private String facts(Measurement m) {
        String ofOptimum = optimum.isPresent() ? " of " + ReturnText.of(optimum.getAsDouble()) : "";
        return String.format(
                Locale.ROOT,
                "%d/%d episodes  return %s%s (%s, best %s)  epsilon %.2f  %.0f ticks/s %.0f updates/s",
                m.episodes(),
                totalEpisodes,
                ReturnText.of(m.evaluationReturn()),
                ofOptimum,
                m.evaluationOutcome(),
                ReturnText.of(best),
                m.epsilon(),
                m.ticksPerSecond(),
                m.updatesPerSecond());
    }

    private String remaining(Measurement m) {
        if (m.episodes() <= 0 || m.episodes() >= totalEpisodes) {
            return "";
        }
        long seconds = Math.round(m.seconds() / m.episodes() * (totalEpisodes - m.episodes()));
        return String.format(Locale.ROOT, "  %d:%02d left", seconds / 60, seconds % 60);
    }

    private String bar(Measurement m) {
        int filled = (int) Math.min(BAR_WIDTH, BAR_WIDTH * m.episodes() / Math.max(1, totalEpisodes));
        return "[" + "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled) + "]" + percent(m);
    }

    private String percent(Measurement m) {
        return String.format(Locale.ROOT, "%3d %%", 100 * m.episodes() / Math.max(1, totalEpisodes));
    }

    @Override
    public void close() {
        if (terminal && lastWidth > 0) {
            out.println();
        }
    }
}
