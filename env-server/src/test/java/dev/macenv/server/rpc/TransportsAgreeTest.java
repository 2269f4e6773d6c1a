package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.rpc.Player.Batching;
import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Same seed, same bytes: whatever the transport, the number of lanes, the form of the call. */
final class TransportsAgreeTest {
    private static final int LANES = 8;

    @ParameterizedTest
    @ValueSource(strings = {"relay", "bp-8"})
    void oneDigestForAllWaysToPlay(String environment) {
        TreeMap<String, String> digests = new TreeMap<>();
        for (Transports transport : Transports.values()) {
            EnvironmentServer server = transport.start(ProtocolTest.CATALOG, ServerOptions.standard());
            ManagedChannel channel = transport.connect(server);
            try {
                digests.put(transport + " together unary", together(channel, environment, false));
                digests.put(transport + " together Play", together(channel, environment, true));
                digests.put(transport + " apart", apart(channel, environment));
            } finally {
                channel.shutdownNow();
                server.close();
            }
        }
        assertThat(digests).hasSize(3 * Transports.values().length);
        assertThat(digests.values())
                .as("%s", digests)
                .containsOnly(digests.firstEntry().getValue());
    }

    private static String together(ManagedChannel channel, String environment, boolean stream) {
        Player player = Player.create(channel, Player.relay(LANES, 3).setEnvironment(environment));
        if (stream) {
            player.onStream();
        }
        return digest(player.play(2, Batching.PLAIN));
    }

    private static String apart(ManagedChannel channel, String environment) {
        Player seeds = Player.create(channel, Player.relay(LANES, 3).setEnvironment(environment));
        List<List<String>> trajectories = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            Player alone = Player.create(
                    channel, Player.relay(1, seeds.session.getSeeds(lane)).setEnvironment(environment));
            trajectories.add(alone.play(2, Batching.PLAIN).get(0));
        }
        return digest(trajectories);
    }

    private static String digest(Iterable<List<String>> trajectories) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (List<String> trajectory : trajectories) {
                for (String row : trajectory) {
                    sha.update(row.getBytes(StandardCharsets.UTF_8));
                    sha.update((byte) '\n');
                }
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
