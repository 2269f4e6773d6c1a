package dev.macenv.avf.cli;

import dev.macenv.avf.experiment.Versions;
import picocli.CommandLine.IVersionProvider;

/** What {@code avf --version} prints. */
final class VersionText implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return Versions.describe().toArray(String[]::new);
    }
}
