package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.client.MacenvException;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers play the lanes, and what becomes of them, changes no bit of a run. */
class ServersTest {

    /** Capture Target draws random numbers all the time: an episode with another seed goes another way at once. */
    private static final ResolvedConfig CONFIG = TinyRun.config(
            "ct-10/avf-qmix", "environment={id: ct-2, settings: {}}", "lanes=5", "exploration.memoryless=false");

    private final List<EnvironmentServer> servers = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void closeServers() {
        servers.forEach(EnvironmentServer::close);
    }

    @Test
    void lanesMayBeDealtOverSeveralServers() throws IOException {
        String list = start(0).target() + "," + start(0).target();
        assertThat(checkpoint(Optional.of(list), "two", CONFIG, () -> {
                    servers.forEach(server -> assertThat(server.sessionCount())
                            .as("evaluation on the first")
                            .isBetween(1, 2));
                    return false;
                }))
                .isEqualTo(onOneServer(CONFIG));
    }

    @Test
    void aServerThatIsNotThereIsPassedOver() throws IOException {
        EnvironmentServer dead = start(0);
        String list = dead.target() + "," + start(0).target();
        dead.close();
        assertThat(checkpoint(Optional.of(list), "one of two", CONFIG, () -> false))
                .isEqualTo(onOneServer(CONFIG));
    }

    @Test
    void aNameStandsForAllItsServers() throws IOException {
        assertThat(checkpoint(Optional.of("dns:///localhost:" + start(0).port()), "by name", CONFIG, () -> false))
                .isEqualTo(onOneServer(CONFIG));
    }

    /** Both of them hold lanes in the middle of episodes when they go down; the first one holds the evaluation, too. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aServerThatIsRestartedCostsNothing(int which) throws IOException {
        String list = start(0).target() + "," + start(0).target();
        int[] steps = {0};
        assertThat(checkpoint(Optional.of(list), "restarted", CONFIG, () -> {
                    if (++steps[0] % 12 == 5) {
                        EnvironmentServer old = servers.get(which);
                        int port = old.port();
                        old.close();
                        servers.set(which, tcp(port));
                    }
                    return false;
                }))
                .isEqualTo(onOneServer(CONFIG));
        assertThat(steps[0]).isGreaterThan(12);
    }

    @Test
    void theLanesOfALostServerGoToTheOther() throws IOException {
        String list = start(0).target() + "," + start(0).target();
        int[] steps = {0};
        assertThat(checkpoint(Optional.of(list), "lost", CONFIG, () -> {
                    if (++steps[0] == 9) {
                        servers.get(0).close();
                    }
                    return false;
                }))
                .isEqualTo(onOneServer(CONFIG));
    }

    @Test
    void theOnlyServerIsWaitedFor() throws IOException {
        ResolvedConfig batches = TinyRun.config(
                "ct-10/avf-vdn",
                "environment={id: ct-2, settings: {}}",
                "lanes=3",
                "training.rollout=BATCH",
                "training.updateUnit=EPISODES",
                "training.updateEvery=2");
        EnvironmentServer only = start(0);
        int port = only.port();
        int[] steps = {0};
        assertThat(checkpoint(Optional.of(only.target()), "waited for", batches, () -> {
                    if (++steps[0] == 3) {
                        only.close();
                        Thread restart = new Thread(() -> servers.add(tcp(port)));
                        restart.start();
                    }
                    return false;
                }))
                .isEqualTo(onOneServer(batches));
    }

    @Test
    @Timeout(120) // it would be waited for ten minutes
    void whoeverStopsARunThatWaitsForItsServerNeedNotWait() throws IOException {
        Path directory = folder.resolve("stopped");
        EnvironmentServer only = start(0);
        int[] steps = {0};
        assertThatThrownBy(() ->
                        TinyRun.run(CONFIG, 3, Optional.of(only.target()), directory, Experiment.Earlier.REFUSE, () -> {
                            if (++steps[0] == 15) {
                                only.close();
                            }
                            return steps[0] > 15;
                        }))
                .isInstanceOf(MacenvException.class)
                .hasMessageContaining("is serving (is `macenv serve` running there");
        TinyRun.run(CONFIG, 3, Optional.empty(), directory, Experiment.Earlier.RESUME, () -> false);
        assertThat(new RunLayout(directory).checkpoint()).hasBinaryContent(onOneServer(CONFIG));
    }

    @Test
    void aRunMayGoOnOnOtherServers() throws IOException {
        Path directory = folder.resolve("moved");
        int[] steps = {0};
        TinyRun.run(
                CONFIG,
                3,
                Optional.of(start(0).target() + "," + start(0).target()),
                directory,
                Experiment.Earlier.REFUSE,
                () -> ++steps[0] > 15);
        TinyRun.run(CONFIG, 3, Optional.empty(), directory, Experiment.Earlier.RESUME, () -> false);
        assertThat(new RunLayout(directory).checkpoint()).hasBinaryContent(onOneServer(CONFIG));
    }

    @Test
    void anEmptyPlaceInTheListIsRefused() {
        assertThatThrownBy(() -> Servers.of(ServerChoice.plain(Optional.of("localhost:1,,localhost:2")), () -> false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target:  (expected: host:port");
    }

    private byte[] onOneServer(ResolvedConfig config) throws IOException {
        return checkpoint(Optional.empty(), "one server", config, () -> false);
    }

    private byte[] checkpoint(Optional<String> server, String name, ResolvedConfig config, BooleanSupplier eachStep)
            throws IOException {
        Path directory = folder.resolve(name);
        TinyRun.run(config, 3, server, directory, Experiment.Earlier.REFUSE, eachStep);
        return Files.readAllBytes(new RunLayout(directory).checkpoint());
    }

    private EnvironmentServer start(int port) {
        EnvironmentServer server = tcp(port);
        servers.add(server);
        return server;
    }

    private static EnvironmentServer tcp(int port) {
        try {
            return EnvironmentServer.tcp(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    Catalog.load(),
                    ServerOptions.standard());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
