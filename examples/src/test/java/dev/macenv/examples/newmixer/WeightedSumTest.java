package dev.macenv.examples.newmixer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.cli.Avf;
import dev.macenv.avf.mixer.Mixer;
import dev.macenv.avf.mixer.MixerContract;
import dev.macenv.avf.mixer.MixerProvider;
import dev.macenv.avf.mixer.MixerShape;
import dev.macenv.avf.nn.InvalidSettings;
import dev.macenv.avf.nn.Parameters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WeightedSumTest extends MixerContract {

    @Override
    protected Mixer newMixer(MixerShape shape, Parameters parameters, RandomGenerator init) {
        return MixerProvider.named("weighted-sum").createFrom(shape, new WeightedSum.Settings(8), parameters, init);
    }

    @Test
    void badSettingsAreRefused() {
        assertThatThrownBy(() -> new WeightedSum.Settings(0))
                .isInstanceOf(InvalidSettings.class)
                .hasMessage("embed: 0 (expected: at least 1)");
    }

    @Test
    void itTrains(@TempDir Path folder) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Avf.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "train",
                "src/main/resources/examples/weighted-sum.yaml",
                "--set",
                "training.episodes=12",
                "--set",
                "training.startEpisodes=6",
                "--set",
                "replay.batch=4",
                "--out",
                folder.resolve("run").toString());
        assertThat(code).as("%s%n%s", out, err).isZero();
        assertThat(folder.resolve("run")).isDirectory();
    }
}
