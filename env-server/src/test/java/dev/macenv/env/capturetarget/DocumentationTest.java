package dev.macenv.env.capturetarget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.VectorSpec;
import dev.macenv.server.catalog.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page about Capture Target names what the environment has. */
class DocumentationTest {

    private static final Path PAGE = Path.of("../docs/environments/capture-target.md");

    @Test
    void everyIdAndSettingIsOnThePageWithItsDefault() throws IOException {
        String page = Files.readString(PAGE);
        for (EnvironmentDescription description : new CaptureTargetProvider().environments()) {
            assertThat(page).contains("`" + description.id() + "`");
            for (SettingSpec setting : description.settings()) {
                String standard = String.valueOf(setting.defaultValue()).replaceAll("\\.0$", "");
                assertThat(page).contains("| `" + setting.name() + "` | " + standard + " ");
            }
        }
    }

    @Test
    void everyEntryOfObservationAndStateIsOnThePageWithItsIndices() throws IOException {
        String page = Files.readString(PAGE);
        EnvironmentSpec spec = spec("ct-10");
        VectorSpec observation = spec.agents().get(0).observation();
        for (int i = 0; i < observation.labels().size(); i++) {
            assertThat(page).contains(row(observation, i));
        }
        // The agents between the first and the last are on the page as dots.
        assertThat(page).contains(row(spec.state(), 0), row(spec.state(), 9), row(spec.state(), 10));
    }

    private static String row(VectorSpec vector, int i) {
        Label label = vector.labels().get(i);
        return "| " + vector.offset(i) + ", " + (vector.offset(i) + 1) + " | `" + label.name() + "` | ";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"ct-10; | %d | `%s` |", "ct-10-prim; %d `%s`"})
    void everyMacroActionIsOnThePageWithItsIndex(String id, String row) throws IOException {
        String page = Files.readString(PAGE);
        AgentSpec agent = spec(id).agents().get(0);
        for (int i = 0; i < agent.macroActions().size(); i++) {
            assertThat(page)
                    .contains(String.format(row, i, agent.macroActions().get(i).name()));
        }
    }

    private static EnvironmentSpec spec(String id) {
        return Catalog.of(new CaptureTargetProvider()).spec(id, Map.of());
    }
}
