package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.rpc.Player.Batching;
import dev.macenv.v1.AgentStatus;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.LaneFault;
import dev.macenv.v1.LaneState;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An environment that misbehaves harms its own lane and nothing else. */
final class FaultTest {
    private final EnvironmentServer server =
            Transports.IN_PROCESS.start(ProtocolTest.CATALOG, ServerOptions.standard());
    private final ManagedChannel channel = Transports.IN_PROCESS.connect(server);

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "step, environment threw java.lang.IllegalStateException: stepped to fail",
        "nanReward, reward: NaN",
        "nanObservation, [1] (noise): NaN (expected: -1.0 .. 1000.0)",
        "farObservation, [1] (noise): 1001.0 (expected: -1.0 .. 1000.0)",
        "nanState, state[0] (tick): NaN",
        "endless, 'macro-action long of runner: still running after 20 ticks (expected: at most 20)'",
        "noneLegal, legal macro-actions of"
    })
    void onlyTheLaneOfTheEnvironmentIsFaulted(String fault, String message) {
        // In lane 1 agent 0 begins macro-action 1, which sets off the fault; the other lanes play on.
        Player player = Player.create(channel, Player.faulty(fault, 3));
        player.collect();
        StepRequest.Builder request = player.request();
        for (int lane = 0; lane < 3; lane++) {
            for (int seat = 0; seat < 3; seat++) {
                request.addLane(lane).addSeat(seat).addAction(lane == 1 && seat == 0 ? 1 : 0);
            }
        }
        StepResponse response = player.step(request);
        EventBatch events = response.getEvents();
        // Some faults show only when an agent's macro-action ends.
        for (int more = 0; events.getFaultsCount() == 0 && more < 10; more++) {
            response = player.step(onlyLaneOne(player, player.rows(response)));
            events = response.getEvents();
        }
        assertThat(events.getFaultsCount()).isEqualTo(1);
        LaneFault reported = events.getFaults(0);
        assertThat(reported.getLane()).isEqualTo(1);
        assertThat(reported.getStatus().getCode()).isEqualTo(Code.INTERNAL.value());
        assertThat(reported.getStatus().getMessage()).contains(message).doesNotContain("\tat ");
        assertThat(reported.getStatus().getDetailsCount()).isEqualTo(1);
        Rows rows = player.rows(response);
        int row = events.getLaneList().lastIndexOf(1);
        assertThat(rows.kind(row)).isEqualTo(EventKind.EVENT_KIND_FAULT);
        assertThat(rows.tick(row)).isEqualTo(reported.getTick());
        for (int agent = 0; agent < 3; agent++) {
            assertThat(rows.status(row, agent)).isIn(AgentStatus.AGENT_STATUS_CUT, AgentStatus.AGENT_STATUS_DONE);
        }
        assertThat(stateOf(player, 1)).isEqualTo(LaneState.LANE_STATE_FAULTED);
        assertThat(stateOf(player, 0)).isEqualTo(LaneState.LANE_STATE_AWAITING);

        Refused.by(() -> player.stub.step(
                        player.request().addLane(1).addSeat(0).addAction(0).build()))
                .is(Code.FAILED_PRECONDITION, "LANE_FAULTED")
                .metadata("lane", "1");

        player.stub.reset(ResetRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .addLanes(1)
                .build());
        Rows fresh = player.rows(player.collect());
        int restarted = fresh.count() - 1;
        assertThat(fresh.kind(restarted)).isEqualTo(EventKind.EVENT_KIND_START);
        assertThat(fresh.lane(restarted)).isEqualTo(1);
        assertThat(stateOf(player, 1)).isEqualTo(LaneState.LANE_STATE_AWAITING);
    }

    /** Decisions of macro-action 0 for the pending seats of lane 1; if none is, whatever the rows ask for. */
    private static StepRequest.Builder onlyLaneOne(Player player, Rows rows) {
        StepRequest.Builder request = player.request();
        for (int row = 0; row < rows.count(); row++) {
            for (int seat = 0; seat < 3; seat++) {
                if (rows.lane(row) == 1 && rows.pending(row, seat)) {
                    request.addLane(1).addSeat(seat).addAction(0);
                }
            }
        }
        return request;
    }

    private static LaneState stateOf(Player player, int lane) {
        return player.stub
                .getSession(GetSessionRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .getLanes(lane)
                .getState();
    }

    @Test
    void theOtherLanesPlayAsIfNothingHadHappened() {
        List<String> undisturbed = Player.create(channel, Player.relay(3, 7))
                .play(2, Batching.PLAIN)
                .get(2);
        Player player = Player.create(channel, Player.faulty("step", 3));
        // The random policy sooner or later sets off the fault in every lane; until then the rows are the same.
        List<String> beside = player.play(2, Batching.PLAIN).get(2);
        assertThat(undisturbed).containsAll(beside.subList(0, beside.size() - 1));
        assertThat(beside.get(beside.size() - 1)).contains("EVENT_KIND_FAULT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RESET_MODE_AUTO", "RESET_MODE_MANUAL"})
    void anEpisodeThatCannotBeginIsAFaultInPlaceOfItsStart(ResetMode mode) {
        Player player = Player.create(channel, Player.faulty("reset", 2).setResetMode(mode));
        StepResponse response = player.collect();
        Rows rows = player.rows(response);
        assertThat(rows.count()).isEqualTo(2);
        assertThat(rows.kind(0)).isEqualTo(EventKind.EVENT_KIND_FAULT);
        assertThat(rows.tick(0)).isZero();
        assertThat(rows.jointTau(0)).isZero();
        assertThat(response.getEvents().getFaultsCount()).isEqualTo(2);
        assertThat(response.getEvents().getStartedCount()).isZero();
    }
}
