package dev.macenv.examples.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripted teams reach what is known to be possible. */
class ScriptedTeamTest {

    @ParameterizedTest
    @CsvSource({
        "bp-10, 98.9",
        "bp-20, 97.4",
        "bp-30, 95.9",
        "wtd-s, 259",
        "wtd-d, 533",
        "wtd-t, 803",
        "wtd-t1, 803",
    })
    void reachesTheOptimum(String scenario, double optimum) {
        assertThat(ScriptedTeam.play(scenario).meanReturn()).isCloseTo(optimum, within(1e-6));
    }

    /** All ten always go to where they last saw the target, and capture it in 0.544 of the episodes, as in the reference programs. */
    @Test
    void capturesAsOftenAsTheReference() {
        ScriptedTeam.Score score = ScriptedTeam.play("ct-10");
        double standardError = Math.sqrt(0.544 * 0.456 * (1.0 / score.episodes() + 1.0 / 2000));

        assertThat(score.meanReturn()).isCloseTo(0.544, within(4 * standardError));
    }

    @Test
    void reportsALineForEachScenario() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        ScriptedTeam.report(List.of("bp-10"), new PrintStream(written, true, StandardCharsets.UTF_8));

        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("bp-10    return 98.900 in 11.0 ticks (1 episodes)" + System.lineSeparator());
    }

    @Test
    void anEnvironmentWithoutAScriptSaysSo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScriptedTeam.play("corridor"))
                .withMessageContaining("corridor: has no scripted policy");
    }
}
