package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.Player.Batching;
import dev.macenv.server.rpc.Table.Guest;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.server.testing.TaintedProvider;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EpisodeSummary;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.SessionState;
import dev.macenv.v1.View;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Spectators see the newest of what they may see, and the game does not notice them. */
@ParameterizedClass
@EnumSource(Transports.class)
final class WatchTest {
    private static final View MOST = View.newBuilder()
            .setState(true)
            .setMacroState(true)
            .setCurrentActions(true)
            .setRewardTrace(true)
            .setOtherAgents(true)
            .build();

    private final EnvironmentServer server;
    private final ManagedChannel channel;

    WatchTest(Transports transport) {
        server = transport.start(Catalog.of(new RelayProvider(), new TaintedProvider()), ServerOptions.standard());
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    /** A session all of whose seats are the owner's, and an invite to see everything. */
    private Table table(CreateSessionRequest.Builder request) {
        return new Table(
                channel,
                request.addInvites(InviteOptions.newBuilder().setMaxView(MOST)).addInvites(InviteOptions.newBuilder()));
    }

    private static WatchRequest.Builder wish(Table table, String token) {
        return WatchRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(token);
    }

    private WatchLine watch(Table table, Guest spectator) {
        return new WatchLine(channel, wish(table, spectator.joined.getToken()).build());
    }

    private Guest spectator(Table table) {
        return table.seat(table.join(0).setView(MOST));
    }

    // ------------------------------------------------------------------------------------------------ what is seen

    @Test
    void theFirstMessageHasTheLastEventOfEveryLane() {
        Table table = table(Player.relay(3, 5));
        Rows rows = table.owner.rows(table.owner.collect());
        for (int i = 0; i < 4; i++) {
            rows = table.owner.rows(table.owner.answer(rows));
        }
        Map<Integer, String> standing = new HashMap<>();
        for (int row = 0; row < rows.count(); row++) {
            standing.put(rows.lane(row), rows.text(row));
        }
        Guest spectator = spectator(table);
        WatchResponse first = watch(table, spectator).read();
        Rows seen = new Rows(spectator.joined.getSpec(), first.getEvents());
        assertThat(seen.lengthProblems()).isEmpty();
        assertThat(seen.count()).isEqualTo(3);
        for (int row = 0; row < 3; row++) {
            assertThat(seen.lane(row)).isEqualTo(row);
            assertThat(seen.text(row)).isEqualTo(standing.get(row));
        }
        assertThat(first.getState()).isEqualTo(SessionState.SESSION_STATE_ACTIVE);
        assertThat(first.getDroppedRows()).isZero();
    }

    @Test
    void someLanesOnlyIfThatIsTheWish() {
        Table table = table(Player.relay(3, 5));
        WatchLine line = new WatchLine(
                channel,
                wish(table, spectator(table).joined.getToken())
                        .addLanes(2)
                        .addLanes(0)
                        .build());
        assertThat(line.read().getEvents().getLaneList()).containsExactly(0, 2);
    }

    @Test
    void whoKeepsUpSeesEveryRowOfTheOwner() {
        Table table = table(Player.relay(1, 5));
        Guest spectator = spectator(table);
        WatchLine line = watch(table, spectator);
        Rows rows = table.owner.rows(table.owner.collect());
        Rows seen = new Rows(spectator.joined.getSpec(), line.read().getEvents());
        for (int i = 0; i < 60; i++) {
            assertThat(seen.count()).isEqualTo(rows.count());
            for (int row = 0; row < rows.count(); row++) {
                assertThat(seen.text(row)).isEqualTo(rows.text(row));
            }
            rows = table.owner.rows(table.owner.answer(rows));
            WatchResponse next = line.read();
            assertThat(next.getDroppedRows()).isZero();
            seen = new Rows(spectator.joined.getSpec(), next.getEvents());
        }
    }

    /** Adds up, from what a slow reader is sent, what a quick one would have seen. */
    @Test
    void whoIsTooSlowMissesRowsAndNoResult() {
        Table table = table(Player.relay(2, 5));
        Guest spectator = spectator(table);
        WatchLine line = watch(table, spectator);
        List<EpisodeSummary> results = new ArrayList<>();
        List<EpisodeSummary> seen = new ArrayList<>();
        Rows rows = table.owner.rows(table.owner.collect());
        long told = 0;
        long happened = rows.count();
        long dropped = 0;
        for (int round = 0; round < 12; round++) {
            for (int i = 0; i < 17; i++) {
                rows = table.owner.rows(table.owner.answer(rows));
                results.addAll(rows.message().getEndedList());
                happened += rows.count();
            }
            WatchResponse news = line.read();
            EventBatch batch = news.getEvents();
            assertThat(batch.getRows()).isLessThanOrEqualTo(4);
            told += batch.getRows();
            seen.addAll(batch.getEndedList());
            assertThat(news.getDroppedRows()).isGreaterThanOrEqualTo(dropped);
            dropped = news.getDroppedRows();
            if (batch.getRewardTrace().isEmpty()) {
                continue;
            }
            assertThat(batch.getRewardTrace().size())
                    .isEqualTo(8
                            * batch.getJointTauList().stream()
                                    .mapToInt(Integer::intValue)
                                    .sum());
        }
        table.owner.stub.closeSession(Table.close(table.owner));
        WatchResponse last = line.read();
        while (last.getState() != SessionState.SESSION_STATE_CLOSED) {
            told += last.getEvents().getRows();
            seen.addAll(last.getEvents().getEndedList());
            last = line.read();
        }
        told += last.getEvents().getRows();
        seen.addAll(last.getEvents().getEndedList());
        assertThat(last.getDroppedRows()).isGreaterThanOrEqualTo(dropped).isPositive();
        assertThat(told + last.getDroppedRows()).isEqualTo(happened);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(withoutSeeds(results));
    }

    private static List<EpisodeSummary> withoutSeeds(List<EpisodeSummary> results) {
        return results.stream()
                .map(result -> result.toBuilder().clearSeed().build())
                .toList();
    }

    @Test
    void theClockOfARowCoversWhatWasMissedInItsEpisode() {
        Table table = table(Player.relay(1, 5).setConfig(horizon()));
        Guest spectator = spectator(table);
        WatchLine line = watch(table, spectator);
        Rows rows = table.owner.rows(table.owner.collect());
        Map<Integer, Double> rewards = new HashMap<>(); // by tick of the episode, from the owner's traces
        int from = 0; // the tick of the previous row
        int episode = 0;
        for (int round = 0; round < 30; round++) {
            WatchResponse news = line.read();
            Rows seen = new Rows(spectator.joined.getSpec(), news.getEvents());
            for (int row = 0; row < seen.count(); row++) {
                from = seen.episode(row) == episode ? from : 0;
                episode = seen.episode(row);
                if (seen.kind(row) == EventKind.EVENT_KIND_START) {
                    assertThat(seen.jointTau(row)).isZero();
                    continue;
                }
                assertThat(seen.jointTau(row)).isEqualTo(seen.tick(row) - from);
                double sum = 0;
                double discount = 1;
                for (int tick = from; tick < seen.tick(row); tick++) {
                    sum += discount * rewards.getOrDefault(1000 * seen.episode(row) + tick, Double.NaN);
                    discount *= 0.9;
                }
                assertThat(seen.jointReward(row)).isEqualTo(sum);
                from = seen.tick(row);
            }
            for (int i = 0; i < 3; i++) {
                rows = table.owner.rows(table.owner.answer(rows));
                for (int row = 0; row < rows.count(); row++) {
                    double[] trace = rows.trace(row);
                    for (int t = 0; t < trace.length; t++) {
                        rewards.put(1000 * rows.episode(row) + rows.tick(row) - trace.length + t, trace[t]);
                    }
                }
            }
        }
    }

    private static Struct.Builder horizon() {
        return Struct.newBuilder()
                .putFields("horizon", Value.newBuilder().setNumberValue(200).build());
    }

    @Test
    void anEndInManualModeIsSeenAndSoIsTheStartThatAResetBrings() {
        Table table = table(Player.relay(1, 5).setResetMode(ResetMode.RESET_MODE_MANUAL));
        Guest spectator = spectator(table);
        WatchLine line = watch(table, spectator);
        Rows rows = table.owner.rows(table.owner.collect());
        while (!rows.ends(0)) {
            rows = table.owner.rows(table.owner.answer(rows));
        }
        var unused = table.owner.stub.reset(ResetRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(table.owner.session.getToken())
                .build());
        List<EventKind> kinds = new ArrayList<>();
        while (kinds.size() < 2 || kinds.get(kinds.size() - 1) != EventKind.EVENT_KIND_START) {
            Rows seen = new Rows(spectator.joined.getSpec(), line.read().getEvents());
            for (int row = 0; row < seen.count(); row++) {
                kinds.add(seen.kind(row));
            }
        }
        assertThat(kinds.get(kinds.size() - 2)).isEqualTo(rows.kind(0));
    }

    // ------------------------------------------------------------------------------------------------ what is not
    // noticed

    @Test
    void theGameIsTheSameWhoeverWatchesHoweverSlowly() {
        List<List<String>> alone = Player.create(channel, Player.relay(4, 11)).play(6, Batching.PLAIN);
        Table table = table(Player.relay(4, 11));
        List<WatchLine> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add(watch(table, spectator(table)));
        }
        lines.get(0).read();
        lines.get(1).read();
        assertThat(table.owner.play(6, Batching.PLAIN)).isEqualTo(alone);
        for (WatchLine line : lines) {
            assertThat(line.unread()).as("nothing but what was asked for").isZero();
        }
    }

    // ------------------------------------------------------------------------------------------------ what may be seen

    @Test
    void aSpectatorSeesNothingOfAgentsAndStatesUnlessTheOwnerSaysSo() {
        Struct.Builder none = Struct.newBuilder();
        Table table = new Table(
                channel,
                Player.relay(1, 3)
                        .setEnvironment("tainted")
                        .setConfig(none)
                        .addInvites(InviteOptions.newBuilder())
                        .addInvites(InviteOptions.newBuilder()
                                .setMaxView(View.newBuilder().setOtherAgents(true)))
                        .addInvites(InviteOptions.newBuilder()
                                .setMaxView(View.newBuilder().setState(true))));
        WatchLine blind = watch(table, table.seat(table.join(0)));
        WatchLine agents =
                watch(table, table.seat(table.join(1).setView(View.newBuilder().setOtherAgents(true))));
        WatchLine states =
                watch(table, table.seat(table.join(2).setView(View.newBuilder().setState(true))));
        Rows rows = table.owner.rows(table.owner.collect());
        for (int i = 0; i < 40; i++) {
            rows = table.owner.rows(table.owner.answer(rows));
            EventBatch unseen = blind.read().getEvents();
            assertThat(has(unseen, TaintedProvider.STATE)).isFalse();
            assertThat(unseen.getStatus().toByteArray()).containsOnly(0);
            assertThat(unseen.getGroupsList()).allSatisfy(group -> {
                assertThat(group.getObservation().toByteArray()).containsOnly(0);
                assertThat(group.getLegal().toByteArray()).containsOnly(0);
            });
            assertThat(unseen.getAgentReward().toByteArray()).containsOnly(0);
            assertThat(unseen.getStartedList())
                    .allSatisfy(start -> assertThat(start.getSeed()).isZero());
            assertThat(unseen.getEndedList()).allSatisfy(end -> {
                assertThat(end.getSeed()).isZero();
                assertThat(end.getDecisions()).isZero();
            });
            EventBatch seen = agents.read().getEvents();
            assertThat(has(seen, TaintedProvider.STATE)).isFalse();
            assertThat(has(seen, TaintedProvider.observation(1))).isTrue();
            EventBatch world = states.read().getEvents();
            assertThat(has(world, TaintedProvider.STATE)).isTrue();
            assertThat(has(world, TaintedProvider.observation(0))).isFalse();
        }
    }

    private static boolean has(EventBatch batch, float value) {
        byte[] wanted = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array();
        byte[] bytes = batch.toByteArray();
        for (int i = 0; i + 4 <= bytes.length; i++) {
            if (bytes[i] == wanted[0]
                    && bytes[i + 1] == wanted[1]
                    && bytes[i + 2] == wanted[2]
                    && bytes[i + 3] == wanted[3]) {
                return true;
            }
        }
        return false;
    }

    // ------------------------------------------------------------------------------------------------ how it ends

    @Test
    void theLastMessageSaysThatTheSessionHasClosed() {
        Table table = table(Player.relay(1, 5));
        WatchLine line = watch(table, spectator(table));
        line.read();
        table.owner.stub.closeSession(Table.close(table.owner));
        assertThat(line.read().getState()).isEqualTo(SessionState.SESSION_STATE_CLOSED);
        assertThat(line.awaitEnd().getStatus().getCode()).isEqualTo(Code.OK);
    }

    @Test
    void whoGivesTheGrantBackOrWatchesAgainWatchesNoLonger() {
        Table table = table(Player.relay(1, 5));
        Guest spectator = spectator(table);
        WatchLine older = watch(table, spectator);
        older.read();
        WatchLine newer = watch(table, spectator);
        newer.read();
        Refused.end(older).is(Code.ABORTED, "SUPERSEDED");
        var unused = table.owner.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(spectator.joined.getToken())
                .build());
        Refused.end(newer).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
    }

    @Test
    void soManyMayWatchAndNoMoreUntilOneLeaves() {
        Table table = table(Player.relay(1, 5));
        List<WatchLine> lines = new ArrayList<>();
        for (int i = 0; i < SessionLimits.STANDARD.watchers(); i++) {
            lines.add(watch(table, spectator(table)));
            lines.get(i).read();
        }
        Refused.end(watch(table, spectator(table)))
                .is(Code.RESOURCE_EXHAUSTED, "QUOTA_REACHED")
                .metadata("limit", "watchers")
                .quota()
                .retry();
        lines.get(7).hangUp();
        lines.get(7).awaitEnd();
        while (!tries(table)) {
            Thread.onSpinWait(); // the server hears of it in its own time
        }
    }

    private boolean tries(Table table) {
        Object first = watch(table, spectator(table)).next();
        return first instanceof WatchResponse;
    }

    @Test
    void wrongRequestsAreRefusedByField() {
        Table table = table(Player.relay(2, 5));
        String token = spectator(table).joined.getToken();
        Refused.end(new WatchLine(
                        channel,
                        wish(table, token).addLanes(1).addLanes(2).addLanes(1).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lanes[1]", "lanes[2]");
        Refused.end(new WatchLine(
                        channel,
                        wish(table, token)
                                .setMinInterval(Duration.newBuilder().setSeconds(-1))
                                .build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("min_interval");
        Refused.end(new WatchLine(channel, wish(table, "x").build())).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        assertThat(watch(table, spectator(table)).read().getEvents().getRows()).isEqualTo(2);
        table.owner.stub.closeSession(Table.close(table.owner));
        Refused.end(new WatchLine(channel, wish(table, token).build()))
                .is(Code.NOT_FOUND, "SESSION_CLOSED")
                .metadata("cause", "OWNER");
    }

    @Test
    void anOwnerAndAPlayerMayWatchToo() {
        Table table = table(Player.relay(1, 5));
        WatchLine line = new WatchLine(
                channel, wish(table, table.owner.session.getToken()).build());
        EventBatch first = line.read().getEvents();
        assertThat(first.getStarted(0).getSeed()).as("the owner may know it").isNotZero();
    }
}
