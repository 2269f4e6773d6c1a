package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.EventKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LaneHistoryTest {

    /** The test vectors of docs/protocol.md. */
    @Test
    void lanesHaveTheSeedsOfTheProtocol() {
        assertThat(LaneHistory.laneSeed(0, 0)).isZero();
        assertThat(LaneHistory.laneSeed(0, 1)).isEqualTo(0x6e789e6aa1b965f4L);
        assertThat(LaneHistory.laneSeed(0, 3)).isEqualTo(0xf88bb8a8724c81ecL);
        assertThat(LaneHistory.laneSeed(7, 0)).isEqualTo(7);
        assertThat(LaneHistory.laneSeed(7, 2)).isEqualTo(0xe6984080bab12a02L);
    }

    /** episode_seed(e) = splitmix64(lane_seed + e G), so the new session's first episode is the old one's e-th. */
    @Test
    void aLaneGoesOnWithTheEpisodeThatRuns() {
        LaneHistory lane = new LaneHistory(0x2a);
        assertThat(firstEpisodeSeed(lane)).isEqualTo(0xbdd732262feb6e95L);
        lane.saw(EventKind.START, 0);
        assertThat(firstEpisodeSeed(lane)).as("it runs").isEqualTo(0xbdd732262feb6e95L);
        lane.saw(EventKind.END_TRUNCATED, 5);
        assertThat(firstEpisodeSeed(lane)).as("the next one").isEqualTo(0x28efe333b266f103L);
        lane.saw(EventKind.START, 0);
        lane.abandon();
        assertThat(firstEpisodeSeed(lane)).as("abandoned").isEqualTo(0x47526757130f9f52L);
        lane.reseed(0);
        assertThat(firstEpisodeSeed(lane)).isEqualTo(0xe220a8397b1dcdafL);
    }

    @Test
    void aNewEpisodeForgetsTheDecisionsOfTheLast() {
        LaneHistory lane = new LaneHistory(1);
        lane.saw(EventKind.START, 0);
        lane.decided(3);
        lane.saw(EventKind.DECISION, 4);
        assertThat(lane.rows()).isOne();
        assertThat(lane.ticks()).isEqualTo(4);
        assertThat(lane.decisions()).isOne();
        lane.decided(2);
        lane.saw(EventKind.END_TERMINATED, 9);
        assertThat(lane.running()).isFalse();
        assertThat(lane.rows()).isZero();
        lane.saw(EventKind.START, 0);
        assertThat(lane.running()).isTrue();
        assertThat(lane.decisions()).isZero();
    }

    @Test
    void itIsSavedAndLoaded() throws IOException {
        LaneHistory lane = new LaneHistory(1);
        lane.saw(EventKind.START, 0);
        for (int i = 0; i < 40; i++) {
            lane.decided(i);
            lane.saw(EventKind.DECISION, 2);
        }
        byte[] saved = bytes(lane);
        LaneHistory loaded = new LaneHistory(99);
        loaded.saw(EventKind.START, 0);
        loaded.decided(7);
        loaded.load(new DataInputStream(new ByteArrayInputStream(saved)));
        assertThat(bytes(loaded)).isEqualTo(saved);
        assertThat(loaded.macroAction(39)).isEqualTo(39);
        assertThat(loaded.seedToGoOn()).isEqualTo(lane.seedToGoOn());
    }

    private static long firstEpisodeSeed(LaneHistory lane) {
        return RandomStream.splitMix64(lane.seedToGoOn());
    }

    private static byte[] bytes(LaneHistory lane) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        lane.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
