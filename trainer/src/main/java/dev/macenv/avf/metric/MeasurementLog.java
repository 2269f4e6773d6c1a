package dev.macenv.avf.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All measurements of a run so far. A checkpoint holds them, but for what was measured by clocks: so two runs with one seed have the
 * same checkpoints, byte for byte. Clocks are found again in the run's own {@code metrics.jsonl}.
 */
public final class MeasurementLog {

    private final List<Measurement> measurements = new ArrayList<>();

    /** An empty log. */
    public MeasurementLog() {}

    /** Appends a measurement. */
    public void add(Measurement measurement) {
        measurements.add(measurement);
    }

    /** All of them, in order; a view. */
    public List<Measurement> all() {
        return Collections.unmodifiableList(measurements);
    }

    /** Writes everything but clocks. */
    public void save(DataOutput out) throws IOException {
        out.writeInt(measurements.size());
        for (Measurement measurement : measurements) {
            out.writeUTF(MeasurementCodec.jsonWithoutClocks(measurement));
        }
    }

    /** Goes back to what {@link #save} wrote; what clocks measured is unknown then. */
    public void load(DataInput in) throws IOException {
        measurements.clear();
        for (int left = in.readInt(); left > 0; left--) {
            measurements.add(MeasurementCodec.parseJson(in.readUTF()));
        }
    }

    /** Takes what clocks measured from the lines of a file that {@link FileSink#jsonLines} wrote, as far as they agree otherwise. */
    public void readClocks(Path file) {
        if (!Files.isRegularFile(file)) {
            return;
        }
        List<Measurement> written = FileSink.readJsonLines(file);
        for (int i = 0; i < Math.min(written.size(), measurements.size()); i++) {
            String known = MeasurementCodec.jsonWithoutClocks(measurements.get(i));
            if (MeasurementCodec.jsonWithoutClocks(written.get(i)).equals(known)) {
                measurements.set(i, written.get(i));
            }
        }
    }
}
