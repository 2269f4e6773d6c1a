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
        Experiment.Request request = new Experiment.Request(
                ConfigLibrary.resolve("bp-6/avf-vdn", Optional.empty(), List.of()),
                0,
                ServerChoice.EMBEDDED,
                folder.resolve("run"),
                Experiment.Earlier.REFUSE,
                true);
        Experiment.Result result = new Experiment(request, optimum -> MetricSink.silent(), () -> false).run();
        assertThat(result.solvedAt()).as("episodes until solved").isPresent();
    }
}
