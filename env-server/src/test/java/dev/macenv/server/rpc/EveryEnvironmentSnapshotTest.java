package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SnapshotRequest;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is true of saving and restoring is true of every environment that comes with the server, macro and primitive. */
final class EveryEnvironmentSnapshotTest {
    private static final Catalog CATALOG = Catalog.load();
    private static final int PLACES = 25;
    private static final int STEPS = 40;

    private final EnvironmentServer server = Transports.IN_PROCESS.start(CATALOG, ServerOptions.standard());
    private final ManagedChannel channel = Transports.IN_PROCESS.connect(server);

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    static Stream<String> ids() {
        return CATALOG.environments().stream().map(EnvironmentDescription::id);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void whatFollowsIsWhatWouldHaveFollowed(String id) {
        CreateSessionRequest.Builder wish = CreateSessionRequest.newBuilder()
                .setEnvironment(id)
                .setLanes(1)
                .setOwnerView(Player.EVERYTHING)
                .setGamma(0.95);
        Player player = Player.create(channel, wish.clone().addSeeds(5));
        Player other = Player.create(channel, wish.clone().addSeeds(6));
        Rows at = player.rows(player.collect());
        other.collect();
        for (int place = 0; place < PLACES; place++) {
            ByteString saved = save(player);
            assertThat(save(player)).as("the same moment").isEqualTo(saved);
            List<String> original = play(player, at);
            for (Player elsewhere : List.of(player, other)) {
                restore(elsewhere, saved);
                assertThat(save(elsewhere)).isEqualTo(saved);
                Rows back = elsewhere.rows(elsewhere.collect());
                assertThat(back.text(back.count() - 1)).isEqualTo(at.text(at.count() - 1));
                assertThat(play(elsewhere, back)).isEqualTo(original);
            }
            Player fork = Player.create(channel, wish.clone().setSnapshot(saved));
            assertThat(play(fork, fork.rows(fork.collect()))).isEqualTo(original);
            fork.stub.closeSession(Table.close(fork));
            restore(player, saved);
            at = player.rows(player.collect());
            for (int i = 0; i < 3; i++) {
                at = player.rows(player.answer(at));
            }
        }
    }

    private static List<String> play(Player player, Rows from) {
        List<String> passed = new ArrayList<>();
        Rows rows = from;
        for (int i = 0; i < STEPS; i++) {
            rows = player.rows(player.answer(rows));
            for (int row = 0; row < rows.count(); row++) {
                passed.add(rows.text(row));
            }
        }
        return passed;
    }

    private static ByteString save(Player player) {
        return player.stub
                .snapshot(SnapshotRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .getSnapshot();
    }

    private static void restore(Player player, ByteString snapshot) {
        var unused = player.stub.restore(RestoreRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setSnapshot(snapshot)
                .build());
    }
}
