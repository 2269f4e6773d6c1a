package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.engine.Storage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * All parameters that one optimiser trains: ONE flat vector of values and ONE of gradients, with named matrices laid over them in the order in
 * which they were added.
 *
 * <p>Layers add theirs when they are constructed, weight before bias, layers in the order of the forward pass; the order of random draws for the
 * initial values is the same, row by row. So two sets built by the same constructors correspond element by element ({@link #copyFrom}), and the
 * same seed gives the same values on every engine up to rounding. Not thread-safe.
 */
public final class Parameters {
    private final Engine engine;
    private final List<Parameter> list = new ArrayList<>();
    private Matrix values;
    private Matrix gradients;

    public Parameters(Engine engine) {
        this.engine = engine;
        values = engine.matrix(1, 0);
        gradients = engine.matrix(1, 0);
    }

    public Engine engine() {
        return engine;
    }

    /** Adds a matrix of values drawn uniformly from {@code [-bound, bound)}; a bound of 0 gives zeros and draws nothing. */
    public Parameter add(String name, int rows, int columns, double bound, RandomGenerator init) {
        for (Parameter other : list) {
            if (other.name().equals(name)) {
                throw new IllegalArgumentException("name: " + name + " (expected: a name not yet taken)");
            }
        }
        int offset = size();
        grow(offset + rows * columns);
        Parameter parameter = new Parameter(
                name,
                offset,
                Matrix.view(values.storage(), offset, rows, columns),
                Matrix.view(gradients.storage(), offset, rows, columns));
        list.add(parameter);
        if (bound != 0) {
            for (int i = 0; i < rows * columns; i++) {
                values.storage().set(offset + i, bound * (2 * init.nextDouble() - 1));
            }
        }
        return parameter;
    }

    /** Number of scalars. */
    public int size() {
        return values.size();
    }

    /** The named matrices in the order in which they were added. */
    public List<Parameter> list() {
        return Collections.unmodifiableList(list);
    }

    /** The matrix named {@code name}. */
    public Parameter get(String name) {
        for (Parameter parameter : list) {
            if (parameter.name().equals(name)) {
                return parameter;
            }
        }
        throw new IllegalArgumentException("name: " + name + " (expected: one of "
                + list.stream().map(Parameter::name).toList() + ")");
    }

    /** All values {@code [1, size]}. */
    public Matrix values() {
        return values;
    }

    /** All gradients {@code [1, size]}. */
    public Matrix gradients() {
        return gradients;
    }

    public void zeroGradients() {
        engine.fill(gradients, 0);
    }

    /** Copies the values of a set with the same structure. */
    public void copyFrom(Parameters other) {
        requireSameStructure(other);
        engine.copy(other.values, values);
    }

    /** Polyak averaging: {@code value = keep value + (1 - keep) other}, for a target set that follows {@code other}. */
    public void follow(Parameters other, double keep) {
        requireSameStructure(other);
        engine.blend(keep, values, other.values);
    }

    /** Writes names, shapes and values, bit-exactly. */
    public void save(DataOutput out) throws IOException {
        out.writeInt(list.size());
        for (Parameter parameter : list) {
            out.writeUTF(parameter.name());
            out.writeInt(parameter.value().rows());
            out.writeInt(parameter.value().columns());
        }
        writeValues(values, out);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException if the names or shapes are not those of this set; its values are unchanged then
     */
    public void load(DataInput in) throws IOException {
        int count = in.readInt();
        if (count != list.size()) {
            throw new IOException(
                    "parameters: " + count + " (expected: " + list.size() + ", as the configuration says)");
        }
        for (Parameter parameter : list) {
            String found = in.readUTF() + " " + in.readInt() + " x " + in.readInt();
            String expected = parameter.name() + " " + parameter.value().rows() + " x "
                    + parameter.value().columns();
            if (!found.equals(expected)) {
                throw new IOException("parameter: " + found + " (expected: " + expected + ")");
            }
        }
        readValues(values, in);
    }

    /** Writes a matrix's elements at their own precision. */
    static void writeValues(Matrix x, DataOutput out) throws IOException {
        Storage storage = x.storage();
        out.writeInt(x.size());
        out.writeByte(storage.bytesPerElement());
        for (int i = 0; i < x.size(); i++) {
            if (storage.bytesPerElement() == Float.BYTES) {
                out.writeInt(Float.floatToRawIntBits((float) storage.get(x.offset() + i)));
            } else {
                out.writeLong(Double.doubleToRawLongBits(storage.get(x.offset() + i)));
            }
        }
    }

    /** Reads what {@link #writeValues} wrote; all of it is read before anything changes. */
    static void readValues(Matrix x, DataInput in) throws IOException {
        Storage storage = x.storage();
        int size = in.readInt();
        int bytes = in.readByte();
        if (size != x.size() || bytes != storage.bytesPerElement()) {
            throw new IOException("values: " + size + " of " + bytes + " bytes (expected: " + x.size() + " of "
                    + storage.bytesPerElement() + ")");
        }
        double[] read = new double[size];
        for (int i = 0; i < size; i++) {
            read[i] =
                    bytes == Float.BYTES ? Float.intBitsToFloat(in.readInt()) : Double.longBitsToDouble(in.readLong());
        }
        for (int i = 0; i < size; i++) {
            storage.set(x.offset() + i, read[i]);
        }
    }

    private void requireSameStructure(Parameters other) {
        if (other.size() != size() || other.list.size() != list.size()) {
            throw new IllegalArgumentException("other: " + other.size() + " scalars (expected: the same structure, "
                    + size() + " scalars in " + list.size() + " matrices)");
        }
    }

    private void grow(int size) {
        Matrix moreValues = engine.matrix(1, size);
        Matrix moreGradients = engine.matrix(1, size);
        if (size() > 0) {
            engine.copy(values, Matrix.view(moreValues.storage(), 0, 1, size()));
        }
        values = moreValues;
        gradients = moreGradients;
        for (Parameter parameter : list) {
            int rows = parameter.value().rows();
            int columns = parameter.value().columns();
            parameter.move(
                    Matrix.view(values.storage(), parameter.offset(), rows, columns),
                    Matrix.view(gradients.storage(), parameter.offset(), rows, columns));
        }
    }
}
