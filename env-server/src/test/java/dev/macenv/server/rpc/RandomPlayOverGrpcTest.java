package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.reference.ReferenceStatistics;
import dev.macenv.server.catalog.Catalog;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A random team that plays through the service earns, decides and takes its time as the reference programs do, within 4 standard errors of 2000 episodes. */
@Tag("slow")
class RandomPlayOverGrpcTest {

    private static final Catalog CATALOG = Catalog.load();

    @ParameterizedTest
    @CsvSource({
        "BP-10, bp-10, ,",
        "BP-20, bp-20, ,",
        "BP-10-prim, bp-10-prim, ,",
        "BP-20-prim, bp-20-prim, ,",
        "WTD-S, wtd-s, ,",
        "WTD-S-v06, wtd-s, speed, 0.6",
        "WTD-D, wtd-d, ,",
        "WTD-T, wtd-t, ,",
        "WTD-S-prim, wtd-s-prim, ,",
        "WTD-S-prim2, wtd-s-prim, primitiveManipulator, instant",
        "WTD-S-prim3, wtd-s-prim, primitiveManipulator, durative",
        "WTD-D-prim, wtd-d-prim, ,",
        "WTD-T-prim, wtd-t-prim, ,",
        "CT-10, ct-10, ,",
        "CT-10-n0, ct-10, agentNoise, 0",
        "CT-2, ct-2, ,",
        "CT-10-prim, ct-10-prim, ,",
    })
    void looksLikeTheReference(String key, String id, @Nullable String setting, @Nullable String value)
            throws IOException {
        Map<String, String> words = setting == null || value == null ? Map.of() : Map.of(setting, value);
        compare(key, id, CATALOG.typed(id, words));
    }

    @Test
    void anotherSpeedDoesNot() {
        assertThatThrownBy(() -> compare("WTD-S", "wtd-s", Map.of("speed", 0.6)))
                .isInstanceOf(AssertionError.class);
    }

    private static void compare(String key, String id, Map<String, Object> settings) throws IOException {
        EnvironmentSpec spec = CATALOG.spec(id, settings);
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                RemoteEnvironment environment = new RemoteEnvironment(client, spec, settings, 11)) {
            ReferenceStatistics.of(key).compare(environment, ReferenceStatistics.uniform(50));
        }
    }
}
