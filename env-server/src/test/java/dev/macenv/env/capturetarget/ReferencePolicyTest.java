package dev.macenv.env.capturetarget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.reference.ReferenceStatistics;
import dev.macenv.server.catalog.Catalog;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under the policies for which the reference programs' results are known, ours agree with them within 4 standard errors. */
class ReferencePolicyTest {

    private final Catalog catalog = Catalog.of(new CaptureTargetProvider());

    /** The suffix {@code -n0} is for agents without noise. */
    @ParameterizedTest
    @CsvSource({"CT-10, ct-10, 0.1", "CT-10-n0, ct-10, 0", "CT-2, ct-2, 0.1", "CT-10-prim, ct-10-prim, 0.1"})
    void randomPlayLooksLikeTheReference(String key, String id, double agentNoise) throws IOException {
        compare(key, id, agentNoise, ReferenceStatistics.uniform(30));
    }

    /** 0.544 of the episodes end with a capture, 0.895 without noise, 0.998 if there are two agents, 0.501 with primitive actions. */
    @ParameterizedTest
    @CsvSource({
        "CT-10|scripted, ct-10, 0.1",
        "CT-10-n0|scripted, ct-10, 0",
        "CT-2|scripted, ct-2, 0.1",
        "CT-10-prim|scripted, ct-10-prim, 0.1"
    })
    void alwaysGoingToTheTargetLooksLikeTheReference(String key, String id, double agentNoise) throws IOException {
        compare(
                key,
                id,
                agentNoise,
                catalog.scriptedPolicy(id, catalog.complete(id, Map.of())).orElseThrow());
    }

    /** Half as much noise again, or a third more flicker, is found out. */
    @ParameterizedTest
    @CsvSource({"0.15, 0.3", "0.1, 0.4"})
    void otherSettingsDoNotLookLikeTheReference(double agentNoise, double flicker) {
        MacDecPomdp other = catalog.create("ct-10", Map.of("agentNoise", agentNoise, "flicker", flicker));

        assertThatThrownBy(() -> ReferenceStatistics.of("CT-10").compare(other, ReferenceStatistics.uniform(30)))
                .isInstanceOf(AssertionError.class);
    }

    /** With primitive actions the script stands still until it has seen the target; so without sight nobody moves, but for nothing in the way of noise. */
    @Test
    void aBlindTeamStays() {
        MacDecPomdp environment = catalog.create("ct-10-prim", Map.of("flicker", 1));
        ScriptedPolicy policy = catalog.scriptedPolicy("ct-10-prim", catalog.complete("ct-10-prim", Map.of()))
                .orElseThrow();
        environment.reset(1);
        Object before = environment.inspect().get("agents");
        int[] requests = new int[10];
        for (int tick = 0; tick < 20; tick++) {
            policy.choose(environment, requests);
            environment.step(requests);
        }

        assertThat(environment.inspect().get("agents")).isEqualTo(before);
    }

    private void compare(String key, String id, double agentNoise, ScriptedPolicy policy) throws IOException {
        MacDecPomdp environment = catalog.create(id, Map.of("agentNoise", agentNoise));
        ReferenceStatistics.of(key).compare(environment, policy);
    }
}
