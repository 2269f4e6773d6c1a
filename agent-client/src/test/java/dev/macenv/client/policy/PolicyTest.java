package dev.macenv.client.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import dev.macenv.client.TeamSpec;
import dev.macenv.client.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PolicyTest {

    private static final TeamSpec SPEC = new TeamSpec(
            "toy",
            "1",
            "",
            "",
            List.of(new TeamSpec.Agent("a", 0, 0, List.of())),
            List.of(new TeamSpec.Group("all", 1, TensorSpec.vector(1), 5)),
            TensorSpec.vector(1),
            10,
            true,
            true,
            5,
            Map.of(),
            List.of());

    @Test
    void randomIsUniformOverTheLegalMacroActions() {
        Policy policy = new RandomPolicy(new SplittableRandom(1));
        Events events = row(EventKind.DECISION);
        int[] counts = new int[5];
        for (int i = 0; i < 3000; i++) {
            counts[policy.choose(events, 0, 0)]++;
        }

        assertThat(counts[0]).isZero();
        assertThat(counts[3]).isZero();
        assertThat(counts[1]).isBetween(900, 1100);
        assertThat(counts[2]).isBetween(900, 1100);
        assertThat(counts[4]).isBetween(900, 1100);
    }

    @Test
    void aScriptIsPlayedFromItsBeginningInEveryEpisode() {
        Policy policy = new ScriptedPolicy(List.of(List.of(1, 2, 4)));

        assertThat(List.of(
                        policy.choose(row(EventKind.START), 0, 0),
                        policy.choose(row(EventKind.DECISION), 0, 0),
                        policy.choose(row(EventKind.DECISION), 0, 0),
                        policy.choose(row(EventKind.DECISION), 0, 0),
                        policy.choose(row(EventKind.START), 0, 0)))
                .containsExactly(1, 2, 4, 4, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> new ScriptedPolicy(List.of(List.of())));
    }

    private static Events row(EventKind kind) {
        return new Events.Columns(SPEC, 1)
                .identity(new int[1], new int[1], new int[1], ByteBuffer.wrap(new byte[] {(byte) kind.code()}))
                .agents(List.of(ByteBuffer.allocate(Float.BYTES)), List.of(ByteBuffer.wrap(new byte[] {0, 1, 1, 0, 1})))
                .build();
    }
}
