package dev.macenv.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.testing.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Environments in jars, sound ones and all kinds of broken ones. */
class PluginsTest {

    private static final String OFFER =
            "public List<EnvironmentDescription> environments() { return List.of(new EnvironmentDescription(\"%s\", \"1\", \"dropped in\", List.of())); }";
    private static final String CREATE =
            "public MacDecPomdp create(String id, Settings settings) { return new dev.macenv.env.boxpushing.BoxPushingProvider().create(\"bp-4\", settings); }";

    @TempDir
    private Path directory = Path.of("");

    private Catalog catalog() {
        return Catalog.load(List.of(directory));
    }

    private void jar(String name, String className, String body) throws IOException {
        Plugin.jarWithSource(directory.resolve(name), className, body);
    }

    @Test
    void aJarThatIsDroppedInIsFound() throws IOException {
        jar("mine.jar", "Mine", String.format(OFFER, "mine") + CREATE);

        Catalog catalog = catalog();

        assertThat(catalog.pluginProblems()).isEmpty();
        assertThat(catalog.describe("mine").doc()).isEqualTo("dropped in");
        assertThat(catalog.environments())
                .extracting(EnvironmentDescription::id)
                .contains("mine", "bp-10");
    }

    /** What does not come with the server runs under a guard. */
    @Test
    void itIsKnownToComeFromElsewhere() throws IOException {
        jar("mine.jar", "Mine", String.format(OFFER, "mine") + CREATE);

        assertThat(catalog().onClassPath("mine")).isFalse();
        assertThat(catalog().onClassPath("bp-10")).isTrue();
        assertThat(catalog().builtIn("mine")).isFalse();
        assertThat(catalog().builtIn("bp-10")).isTrue();
    }

    @Test
    void itsEnvironmentsPlay() throws IOException {
        String create = "public MacDecPomdp create(String id, Settings settings) {"
                + " return dev.macenv.server.catalog.Catalog.load().create(\"bp-4\", Map.of()); }";
        jar("mine.jar", "Mine", String.format(OFFER, "mine") + create);

        MacDecPomdp environment = catalog().create("mine", Map.of());
        environment.reset(0);
        environment.step(new int[] {4, 4});

        assertThat(environment.tick()).isEqualTo(1);
    }

    @Test
    void jarsDoNotSeeEachOther() throws IOException {
        jar("a.jar", "Same", String.format(OFFER, "from-a") + CREATE);
        jar("b.jar", "Same", String.format(OFFER, "from-b") + CREATE);

        assertThat(catalog().find("from-a")).isPresent();
        assertThat(catalog().find("from-b")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public Bad() { throw new IllegalStateException(\"no licence\"); } %s | cannot be made (java.lang.IllegalStateException: no licence)",
                "static final int X = Integer.parseInt(\"x\"); %s | does not work (java.lang.ExceptionInInitializerError)",
                "public List<EnvironmentDescription> environments() { throw new NoClassDefFoundError(\"gone/Away\"); } | does not work (java.lang.NoClassDefFoundError: gone/Away)",
                "public List<EnvironmentDescription> environments() { return environments(); } | does not work (java.lang.StackOverflowError)",
                "private Bad() {} %s | cannot be made",
            })
    void aJarWhoseCodeFailsIsNamedAndTheRestIsThere(String body, String message) throws IOException {
        jar("bad.jar", "Bad", String.format(body, String.format(OFFER, "bad")) + CREATE);
        jar("good.jar", "Good", String.format(OFFER, "good") + CREATE);

        Catalog catalog = catalog();

        assertThat(catalog.pluginProblems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString())
                        .startsWith(directory.resolve("bad.jar") + ": Bad ")
                        .contains(message));
        assertThat(catalog.find("good")).isPresent();
        assertThat(catalog.find("bp-10")).isPresent();
    }

    @Test
    void filesThatAreNoPluginsAreNamed() throws IOException {
        Files.writeString(directory.resolve("text.jar"), "certainly no zip file");
        Files.writeString(directory.resolve("notes.txt"), "not looked at");
        Plugin.jar(directory, "empty");
        Plugin.jar(directory, "missing", "org.nowhere.Provider");
        Plugin.jar(directory, "stranger", "java.lang.String");

        Catalog catalog = Catalog.load(List.of(directory, directory.resolve("jars"), directory.resolve("absent")));

        assertThat(catalog.pluginProblems())
                .extracting(problem -> directory.relativize(problem.jar()) + ": " + problem.message())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("text.jar: cannot be read as a jar ("),
                        second -> assertThat(second).startsWith("jars/empty.jar: offers no environment"),
                        third -> assertThat(third)
                                .startsWith("jars/missing.jar: org.nowhere.Provider is named in")
                                .endsWith("but is not in the jar"),
                        fourth -> assertThat(fourth).startsWith("jars/stranger.jar: java.lang.String is no provider"));
    }

    @Test
    void anIdThatIsTakenStaysWithWhoHadIt() throws IOException {
        jar("rival.jar", "Rival", String.format(OFFER, "bp-10") + CREATE);

        Catalog catalog = catalog();

        assertThat(catalog.pluginProblems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString())
                        .contains("rival.jar: bp-10 is offered already by dev.macenv.env.boxpushing."));
        assertThat(catalog.describe("bp-10").doc()).doesNotContain("dropped in");
    }
}
