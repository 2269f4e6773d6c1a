package dev.macenv.avf.metric;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Writes one line per measurement to a text file, flushed at once, so that a run can be watched while it goes on. */
public final class FileSink implements MetricSink {

    private final Writer writer;
    private final Function<Measurement, String> format;

    private FileSink(Path file, String header, Function<Measurement, String> format, List<Measurement> earlier) {
        this.format = format;
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            this.writer = Files.newBufferedWriter(partial);
            if (!header.isEmpty()) {
                line(header);
            }
            earlier.forEach(this::write);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * JSON lines: one object per measurement, {@code null} for what is not known.
     *
     * @param earlier with which the file begins, in place of what it held before
     */
    public static FileSink jsonLines(Path file, List<Measurement> earlier) {
        return new FileSink(file, "", MeasurementCodec::json, earlier);
    }

    /**
     * Comma-separated values with a header line.
     *
     * @param earlier with which the file begins, in place of what it held before
     */
    public static FileSink csv(Path file, List<Measurement> earlier) {
        return new FileSink(file, MeasurementCodec.csvHeader(), MeasurementCodec::csv, earlier);
    }

    /** Reads what {@link #jsonLines} wrote. A last line that was cut short by a crash is left out. */
    public static List<Measurement> readJsonLines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.endsWith("}"))
                    .map(MeasurementCodec::parseJson)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(Measurement measurement) {
        try {
            line(format.apply(measurement));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String text) throws IOException {
        writer.write(text);
        writer.write('\n');
        writer.flush();
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
