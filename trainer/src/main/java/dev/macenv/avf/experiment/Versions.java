package dev.macenv.avf.experiment;

import java.util.List;

/** What this program is. */
public final class Versions {

    private Versions() {}

    /** One fact per line: version, and where known the commit, Java, processor. */
    public static List<String> describe() {
        return Provenance.ofThisProcess().entrySet().stream()
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .toList();
    }
}
