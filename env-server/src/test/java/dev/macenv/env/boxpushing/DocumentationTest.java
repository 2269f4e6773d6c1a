package dev.macenv.env.boxpushing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.SettingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page about Box Pushing names what the environment has. */
class DocumentationTest {

    private static final Path PAGE = Path.of("../docs/environments/box-pushing.md");

    @Test
    void everySettingIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (EnvironmentDescription description : new BoxPushingProvider().environments()) {
            for (SettingSpec setting : description.settings()) {
                assertThat(page).contains("| `" + setting.name() + "` | ");
            }
        }
    }

    @Test
    void everyEntryOfObservationAndStateIsOnThePageWithItsIndices() throws IOException {
        String page = Files.readString(PAGE);
        EnvironmentSpec spec = Episodes.begin("bp-10").spec();
        AgentSpec agent = spec.agents().get(0);
        for (int i = 0; i < agent.observation().labels().size(); i++) {
            Label label = agent.observation().labels().get(i);
            assertThat(page).contains("| " + agent.observation().offset(i) + " | `" + label.name() + "` | ");
        }
        for (int i = 0; i < spec.state().labels().size(); i++) {
            Label label = spec.state().labels().get(i);
            int first = spec.state().offset(i);
            int last = first + label.size() - 1;
            String between = label.size() == 2 ? ", " : " ... ";
            assertThat(page).contains("| " + first + between + last + " | `" + label.name() + "` | ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"bp-10; | %d | `%s` |", "bp-10-prim; %d `%s`"})
    void everyMacroActionIsOnThePageWithItsIndex(String id, String row) throws IOException {
        String page = Files.readString(PAGE);
        AgentSpec agent = Episodes.begin(id).spec().agents().get(0);
        for (int i = 0; i < agent.macroActions().size(); i++) {
            MacroActionSpec macroAction = agent.macroActions().get(i);
            assertThat(page).contains(String.format(row, i, macroAction.name()));
        }
    }
}
