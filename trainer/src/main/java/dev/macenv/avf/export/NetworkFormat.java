package dev.macenv.avf.export;

import dev.macenv.avf.algorithm.PolicyDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A kind of file that holds one network. The names of what goes in and what comes out are those of {@link TensorNames}, whatever the format. */
interface NetworkFormat {
    /** How its files' names end, without the dot. */
    String extension();

    /** What a reader of the files must know of the format, by name. */
    Map<String, Object> facts();

    /**
     * Writes a network, replacing the file.
     *
     * @param metadata texts that the file keeps beside the network, by name
     */
    void write(PolicyDescription.Network network, Map<String, String> metadata, Path file) throws IOException;
}
