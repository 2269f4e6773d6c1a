package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.metric.MetricSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learning itself: from configuration to a solved task, over the protocol. */
@Tag("slow")
class LearningSmokeTest {

    @TempDir
    private Path folder;

    @Test
    void avfVdnSolvesTheSmallestBoxPushing() throws IOException {
        assertThat(untilSolved("bp-6/avf-vdn", 0).solvedAt())
                .as("episodes until solved")
                .isPresent();
    }

    /** With the profile {@code state}, MacroMARL's script, the team ends with the small boxes. */
    @Test
    void macIaiccSolvesTheSmallestBoxPushing() throws IOException {
        assertThat(untilSolved("bp-6/mac-iaicc", 2).solvedAt())
                .as("episodes until solved")
                .isPresent();
    }

    private Experiment.Result untilSolved(String experiment, long seed) throws IOException {
        Experiment.Request request = new Experiment.Request(
                ConfigLibrary.resolve(experiment, Optional.empty(), List.of()),
                seed,
                ServerChoice.EMBEDDED,
                folder.resolve("run"),
                Experiment.Earlier.REFUSE,
                true);
        return new Experiment(request, optimum -> MetricSink.silent(), () -> false).run();
    }
}
