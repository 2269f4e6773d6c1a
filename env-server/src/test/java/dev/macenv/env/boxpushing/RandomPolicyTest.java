package dev.macenv.env.boxpushing;

import dev.macenv.env.reference.ReferenceStatistics;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a uniformly random policy, returns, lengths and durations agree with those of the reference programs within 4 standard errors. */
class RandomPolicyTest {

    private static final List<String> MACRO_ACTIONS =
            List.of("GT_SB0", "GT_SB1", "GT_BB0", "GT_BB1", "PUSH", "T_L", "T_R", "STAY");
    private static final List<String> PRIMITIVE_ACTIONS = List.of("FORWARD", "T_L", "T_R", "STAY");

    @ParameterizedTest
    @ValueSource(strings = {"BP-10", "BP-20", "BP-10-prim", "BP-20-prim"})
    void randomPlayLooksLikeTheReference(String scenario) throws IOException {
        ReferenceStatistics.of(scenario)
                .compare(
                        Episodes.begin(scenario.toLowerCase(Locale.ROOT)),
                        ReferenceStatistics.uniform(20),
                        scenario.endsWith("-prim") ? PRIMITIVE_ACTIONS : MACRO_ACTIONS);
    }
}
