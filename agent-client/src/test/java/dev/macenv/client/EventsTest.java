package dev.macenv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.client.TeamSpec.Agent;
import dev.macenv.client.TeamSpec.Group;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventsTest {

    /** Seats 0 and 2 share a group with two float32 and two actions; seat 1 has one byte and three actions. */
    private static final TeamSpec SPEC = new TeamSpec(
            "toy",
            "1",
            "",
            "",
            List.of(new Agent("a", 0, 0, List.of()), new Agent("b", 1, 0, List.of()), new Agent("c", 0, 1, List.of())),
            List.of(
                    new Group("pair", 2, TensorSpec.vector(2), 2),
                    new Group(
                            "single",
                            1,
                            new TensorSpec(ElementType.UINT8, List.of(1), List.of(), List.of(), List.of()),
                            3)),
            new TensorSpec(ElementType.FLOAT64, List.of(2), List.of(), List.of(), List.of()),
            10,
            true,
            true,
            5,
            Map.of(),
            List.of());

    @Test
    void everyColumnIsReadAtItsRowAndSeat() {
        Events events = full().build();
        float[] out = new float[4];

        assertThat(events.rows()).isEqualTo(2);
        assertThat(events.lane(1)).isEqualTo(4);
        assertThat(events.episode(1)).isEqualTo(6);
        assertThat(events.tick(0)).isEqualTo(7);
        assertThat(events.kind(0)).isEqualTo(EventKind.DECISION);
        assertThat(events.kind(1)).isEqualTo(EventKind.END_TRUNCATED);
        assertThat(events.status(0, 1)).isEqualTo(AgentStatus.ONGOING);
        assertThat(events.status(1, 2)).isEqualTo(AgentStatus.CUT);
        assertThat(events.pending(0, 0)).isTrue();
        assertThat(events.pending(1, 0)).as("DONE, but the episode is over").isFalse();
        events.observation(1, 2, out, 1);
        assertThat(out).containsExactly(0, 7, 8, 0);
        events.observation(1, 1, out, 0);
        assertThat(out[0]).isEqualTo(200);
        assertThat(events.legal(1, 2, 1)).isTrue();
        assertThat(events.legal(1, 1, 0)).isFalse();
        boolean[] mask = new boolean[3];
        events.legal(1, 1, mask);
        assertThat(mask).containsExactly(false, false, true);
        assertThat(events.jointReward(1)).isEqualTo(-1.5);
        assertThat(events.jointTau(1)).isEqualTo(1);
        assertThat(events.agentReward(1, 2)).isEqualTo(6);
        assertThat(events.agentTau(1, 0)).isEqualTo(4);
        events.state(1, out, 0);
        assertThat(out).startsWith(3, 4);
        events.macroState(1, 2, out, 2);
        assertThat(out).endsWith(11, 12);
        assertThat(events.currentAction(0, 0)).isEqualTo(-1);
        assertThat(events.rewardTrace(0)).containsExactly(0.5, 0.25);
        assertThat(events.rewardTrace(1)).containsExactly(-1.5);
        assertThat(events.absent(0, 1)).isTrue();
        assertThat(events.absent(1, 1)).isFalse();
        assertThat(events.lanesRunning()).isEqualTo(1);
        assertThat(events.lanesWaitingForOthers()).isEqualTo(2);
    }

    @Test
    void whatTheViewLeavesOutIsSaid() {
        Events events =
                new Events.Columns(SPEC, 1).joint(new double[1], new int[] {3}).build();

        assertThatIllegalStateException()
                .isThrownBy(() -> events.state(0, new float[2], 0))
                .withMessageContaining("View.state");
        assertThatIllegalStateException()
                .isThrownBy(() -> events.macroState(0, 0, new float[2], 0))
                .withMessageContaining("View.macroState");
        assertThatIllegalStateException()
                .isThrownBy(() -> events.currentAction(0, 0))
                .withMessageContaining("View.currentActions");
        assertThatIllegalStateException()
                .isThrownBy(() -> events.rewardTrace(0))
                .withMessageContaining("View.rewardTrace");
        assertThat(events.absent(0, 0)).isFalse();
    }

    @Test
    void columnsOfWrongLengthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full().status(ByteBuffer.allocate(5)).build())
                .withMessage("status: length 5 (expected: 6)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full().joint(new double[2], new int[3]).build())
                .withMessage("joint_tau: length 3 (expected: 2)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full().agents(
                                List.of(ByteBuffer.allocate(31), ByteBuffer.allocate(2)),
                                List.of(ByteBuffer.allocate(8), ByteBuffer.allocate(6)))
                        .build())
                .withMessage("groups[0].observation: 31 bytes (expected: 32)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full().joint(new double[2], new int[] {2, 2}).build())
                .withMessage("reward_trace: length 24 (expected: 32)");
    }

    @Test
    void rowsAndAgentsOutOfRangeAreRefused() {
        Events events = full().build();

        assertThatThrownBy(() -> events.status(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> events.status(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> events.observation(2, 0, new float[2], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void kindsAndStatusesFromTheFutureAskForNothing() {
        Events events = new Events.Columns(SPEC, 1)
                .identity(new int[1], new int[1], new int[1], bytes(77))
                .status(bytes(99, 200, 0))
                .build();

        assertThat(events.kind(0)).isEqualTo(EventKind.TICK_LIMIT);
        assertThat(events.status(0, 0)).isEqualTo(AgentStatus.HIDDEN);
        assertThat(events.pending(0, 1)).isFalse();
    }

    private static Events.Columns full() {
        return new Events.Columns(SPEC, 2)
                .identity(new int[] {3, 4}, new int[] {5, 6}, new int[] {7, 8}, bytes(2, 4))
                .status(bytes(2, 1, 4, 2, 3, 3))
                .agents(
                        List.of(floats(1, 2, 3, 4, 5, 6, 7, 8), bytes(100, 200)),
                        List.of(bytes(1, 0, 1, 0, 1, 0, 0, 1), bytes(1, 1, 1, 0, 0, 1)))
                .joint(new double[] {0.75, -1.5}, new int[] {2, 1})
                .agentClocks(doubles(1, 2, 3, 4, 5, 6), ints(1, 2, 3, 4, 5, 6))
                .view(
                        doubles(1, 2, 3, 4),
                        doubles(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                        ints(-1, 0, 1, 0, 1, 0),
                        doubles(0.5, 0.25, -1.5))
                .absent(bytes(0, 1, 0, 0, 0, 0))
                .lanesLeft(1, 2);
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static ByteBuffer ints(int... values) {
        ByteBuffer buffer = littleEndian(values.length * Integer.BYTES);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.flip();
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer buffer = littleEndian(values.length * Float.BYTES);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.flip();
    }

    private static ByteBuffer doubles(double... values) {
        ByteBuffer buffer = littleEndian(values.length * Double.BYTES);
        for (double value : values) {
            buffer.putDouble(value);
        }
        return buffer.flip();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
