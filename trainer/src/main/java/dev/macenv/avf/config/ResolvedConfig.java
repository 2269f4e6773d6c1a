package dev.macenv.avf.config;

import dev.macenv.avf.config.ConfigNode.Mapping;

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
}
