package dev.macenv.avf.config;

import dev.macenv.avf.config.ConfigNode.Mapping;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A complete and checked configuration.
 *
 * @param name what it is called in run directories and reports, such as {@code bp-10/avf-vdn}
 * @param experiment the part that every experiment has
 * @param learner the algorithm's own part, of the type that its provider declares
 * @param tree all of it as written, with origins
 */
public record ResolvedConfig(String name, ExperimentSettings experiment, Record learner, Mapping tree) {

    /** All of it as YAML, the origin of each value beside it. {@code avf train} accepts this text as a file. */
    public String print() {
        return "# " + name + ", resolved; beside each value stands where it was written\n" + TreePrinter.print(tree);
    }

    /** The same under another name. */
    public ResolvedConfig named(String other) {
        return new ResolvedConfig(other, experiment, learner, tree);
    }

    /** Tells configurations apart by their values: the order of keys, comments and origins do not matter. */
    public String fingerprint() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(TreePrinter.values(tree).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every JDK has SHA-256", e);
        }
    }
}
