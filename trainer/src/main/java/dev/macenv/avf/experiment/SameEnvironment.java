package dev.macenv.avf.experiment;

import dev.macenv.client.TeamSpec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a checkpoint knows of the environment: enough to refuse another one.
 *
 * @param spec the environment of this run
 */
record SameEnvironment(TeamSpec spec) implements Checkpoint.Part {

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeUTF(spec.version());
        out.writeUTF(spec.fingerprint());
    }

    @Override
    public void load(DataInput in) throws IOException {
        String version = in.readUTF();
        String fingerprint = in.readUTF();
        if (!fingerprint.equals(spec.fingerprint())) {
            throw new IOException("checkpoint: begun on " + spec.environment() + " version " + version
                    + ", fingerprint "
                    + fingerprint + "; the server has version " + spec.version() + ", fingerprint " + spec.fingerprint()
                    + " (expected: the same environment)");
        }
    }
}
