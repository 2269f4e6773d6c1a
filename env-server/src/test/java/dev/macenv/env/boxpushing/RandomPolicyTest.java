package dev.macenv.env.boxpushing;

import dev.macenv.env.reference.ReferenceStatistics;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a uniformly random policy, returns, lengths and durations agree with those of the reference programs within 4 standard errors. */
class RandomPolicyTest {

    @ParameterizedTest
    @ValueSource(strings = {"BP-10", "BP-20", "BP-10-prim", "BP-20-prim"})
    void randomPlayLooksLikeTheReference(String scenario) throws IOException {
        ReferenceStatistics.of(scenario)
                .compare(Episodes.begin(scenario.toLowerCase(Locale.ROOT)), ReferenceStatistics.uniform(20));
    }
}
