package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says and how it ends. */
final class MacenvTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int macenv(String... args) {
        return Macenv.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void listNamesEveryEnvironmentOnALineOfItsOwn() {
        assertThat(macenv("list")).isZero();
        assertThat(out.toString().lines()).anyMatch(line -> line.startsWith("bp-10 "));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void listAndDescribeSpeakJson() throws JsonProcessingException {
        assertThat(macenv("list", "--json")).isZero();
        JsonNode list = new ObjectMapper().readTree(out.toString());
        assertThat(list.findValuesAsText("id")).contains("box-pushing");
        out.getBuffer().setLength(0);
        assertThat(macenv("describe", "box-pushing", "--set", "grid=12", "--json"))
                .isZero();
        JsonNode one = new ObjectMapper().readTree(out.toString());
        assertThat(one.path("values").path("grid").asInt()).isEqualTo(12);
        assertThat(one.path("agents")).hasSize(2);
        assertThat(one.path("agents")
                        .get(0)
                        .path("macroActions")
                        .get(4)
                        .path("name")
                        .asText())
                .isEqualTo("Push");
    }

    @Test
    void describeShowsMacroActionsObservationsAndSettings() {
        assertThat(macenv("describe", "bp-10")).isZero();
        assertThat(out.toString()).contains("Agents: 2", "Push", "macro-observation", "State,", "Settings", "horizon");
    }

    @Test
    void aMistakeIsNamedWithoutAStackTraceAndExitsWith2() {
        assertThat(macenv("describe", "bp-11")).isEqualTo(2);
        assertThat(err.toString()).contains("bp-11").doesNotContain("\tat ");
        assertThat(macenv("describe", "box-pushing", "--set", "grid=7", "--set", "gird=8"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("grid: 7", "gird");
        assertThat(macenv("frobnicate")).isEqualTo(2);
    }

    @Test
    void addressesThatOthersCanReachNeedInsecure() {
        assertThat(macenv("serve", "--host", "0.0.0.0", "--port", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--insecure");
        assertThat(macenv("serve", "--port", "70000")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "list", "describe", "verify-golden"})
    void helpHasAnExample(String command) {
        assertThat(macenv(command, "--help")).isZero();
        assertThat(out.toString()).contains("Examples:", "  macenv " + command);
    }

    @Test
    void aClientFindsTheServerThatItEmbeds() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            assertThat(client.serverInfo().protocols()).contains("macenv.v1");
            assertThat(client.environments()).extracting("id").contains("bp-10");
        }
    }
}
