package dev.macenv.env.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.VectorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The page about the warehouse names what the environments have. */
class DocumentationTest {

    private static final Path PAGE = Path.of("../docs/environments/warehouse.md");

    @Test
    void everyScenarioIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (Scenario scenario : Scenario.ALL) {
            assertThat(page).contains("`" + scenario.id() + "`");
        }
    }

    @Test
    void everySettingIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (EnvironmentDescription description : new WarehouseProvider().environments()) {
            for (SettingSpec setting : description.settings()) {
                if (!setting.name().startsWith("human")) {
                    assertThat(page).contains("| `" + setting.name() + "` | ");
                }
            }
        }
        assertThat(page).contains("| `human0Phase0` ... `human3Phase3` | ");
    }

    @Test
    void everyEntryOfObservationsAndStateIsOnThePageWithItsIndices() throws IOException {
        rows(
                List.of("wtd-s", "wtd-d", "wtd-t", "wtd-f"),
                spec -> spec.agents().get(0).observation());
        rows(
                List.of("wtd-s", "wtd-t1"),
                spec -> spec.agents().get(spec.agents().size() - 1).observation());
        rows(List.of("wtd-s", "wtd-d", "wtd-t", "wtd-t1", "wtd-f"), EnvironmentSpec::state);
    }

    /** One row for each label, with a column for each scenario, empty where it has no such label. */
    private static void rows(List<String> ids, Function<EnvironmentSpec, VectorSpec> vector) throws IOException {
        String page = Files.readString(PAGE);
        List<VectorSpec> layouts = ids.stream()
                .map(id -> vector.apply(Deliveries.begin(id).spec()))
                .toList();
        Set<String> names = new LinkedHashSet<>();
        layouts.forEach(layout -> layout.labels().forEach(label -> names.add(label.name())));
        for (String name : names) {
            StringBuilder row = new StringBuilder("| `" + name + "` |");
            layouts.forEach(layout -> row.append(cell(layout, name)));
            assertThat(page).contains(row);
        }
    }

    private static String cell(VectorSpec layout, String name) {
        for (int i = 0; i < layout.labels().size(); i++) {
            Label label = layout.labels().get(i);
            if (label.name().equals(name)) {
                int first = layout.offset(i);
                return label.size() == 1
                        ? " " + first + " |"
                        : " " + first + " ... " + (first + label.size() - 1) + " |";
            }
        }
        return " |";
    }

    /** The page numbers them in terms of H humans and R robots. */
    @Test
    void everyMacroActionIsOnThePageWithItsIndex() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page)
                .contains("| 0 ... H-1 | `Go-W(i)` |", "| H | `Go-TR` |", "| H+1 | `Get-Tool` |")
                .contains("| 0 | `Wait-M` |", "| 1 ... R | `Pass-to-M(i)` |", "| R+1 ... R+3 | `Search-Tool(k)` |");
        for (String id : List.of("wtd-f", "wtd-f-prim")) {
            EnvironmentSpec spec = Deliveries.begin(id).spec();
            assertThat(spec.agents().get(0).macroActions())
                    .extracting(MacroActionSpec::name)
                    .containsExactly("Go-W(0)", "Go-W(1)", "Go-W(2)", "Go-W(3)", "Go-TR", "Get-Tool");
            assertThat(spec.agents().get(3).macroActions())
                    .extracting(MacroActionSpec::name)
                    .containsExactly(
                            "Wait-M",
                            "Pass-to-M(0)",
                            "Pass-to-M(1)",
                            "Pass-to-M(2)",
                            "Search-Tool(0)",
                            "Search-Tool(1)",
                            "Search-Tool(2)");
        }
    }
}
