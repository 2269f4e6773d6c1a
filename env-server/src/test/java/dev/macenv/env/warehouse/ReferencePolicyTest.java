package dev.macenv.env.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.reference.ReferenceStatistics;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under a uniformly random policy, ours agree with the reference programs within 4 standard errors. */
class ReferencePolicyTest {

    private static final double STANDARD_ERRORS = 4;
    private static final int EPISODES = 2000;

    /** The suffix {@code -v06} is for slower robots, {@code -prim2} and {@code -prim3} are for the other readings of one-tick actions. */
    @ParameterizedTest
    @CsvSource({
        "WTD-S, wtd-s, , ",
        "WTD-S-v06, wtd-s, speed, 0.6",
        "WTD-D, wtd-d, , ",
        "WTD-T, wtd-t, , ",
        "WTD-S-prim, wtd-s-prim, , ",
        "WTD-S-prim2, wtd-s-prim, primitiveManipulator, instant",
        "WTD-S-prim3, wtd-s-prim, primitiveManipulator, durative",
        "WTD-D-prim, wtd-d-prim, , ",
        "WTD-T-prim, wtd-t-prim, , ",
    })
    void randomPlayLooksLikeTheReference(String key, String id, @Nullable String setting, @Nullable String value)
            throws IOException {
        Map<String, String> words = setting == null || value == null ? Map.of() : Map.of(setting, value);
        MacDecPomdp environment = Deliveries.CATALOG.create(id, Deliveries.CATALOG.typed(id, words));

        ReferenceStatistics.of(key).compare(environment, ReferenceStatistics.uniform(40));
    }

    /** The reference numbers with one human do not fit robots that are slower, or give up a tick earlier. */
    @ParameterizedTest
    @CsvSource({"speed, 0.7", "waitTicks, 10"})
    void otherSettingsDoNotLookLikeTheReference(String setting, double value) {
        MacDecPomdp other = Deliveries.CATALOG.create("wtd-s", Map.of(setting, value));

        assertThatThrownBy(() -> ReferenceStatistics.of("WTD-S").compare(other, ReferenceStatistics.uniform(40)))
                .isInstanceOf(AssertionError.class);
    }

    /** Of this scenario only mean and deviation of the returns are known, of 2000 episodes. */
    @Test
    void randomPlayWithThreeRobotsEarnsWhatItEarnsInTheReference() {
        double mean = -150.2;
        double deviation = 122.6;
        MacDecPomdp environment = Deliveries.CATALOG.create("wtd-t1", Map.of());
        ScriptedPolicy policy = ReferenceStatistics.uniform(41);

        double sum = 0;
        for (int episode = 0; episode < EPISODES; episode++) {
            sum += Deliveries.play(environment, policy);
        }

        assertThat(sum / EPISODES).isCloseTo(mean, within(STANDARD_ERRORS * deviation * Math.sqrt(2.0 / EPISODES)));
    }
}
