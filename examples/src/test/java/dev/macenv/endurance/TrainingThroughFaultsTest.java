package dev.macenv.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.experiment.TinyRun;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.cli.ServerProcess;
import dev.macenv.server.cli.ServerProcess.Death;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.FaultyProxy;
import dev.macenv.server.rpc.FaultyProxy.Fault;
import dev.macenv.server.rpc.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run is trained over a connection that is harmed again and again, on a server that is killed again and again; every second
 * time with everything that its journals had not forced to the disk. It ends with the bits of a twin that nobody disturbed.
 *
 * <p>{@code -Dmacenv.faults}, {@code -Dmacenv.kills} and {@code -Dmacenv.seed} say how many and which; the run grows with
 * them.
 */
class TrainingThroughFaultsTest {

    private static final int FAULTS = Integer.getInteger("macenv.faults", 20);
    private static final int KILLS = Integer.getInteger("macenv.kills", 3);
    private static final long SEED = Long.getLong("macenv.seed", 1);
    private static final ResolvedConfig CONFIG = TinyRun.config(
            "ct-10/avf-qmix",
            "environment={id: ct-2, settings: {}}", // draws random numbers at every tick
            "lanes=3",
            "training.episodes=" + (20 + 2 * (FAULTS + KILLS)),
            "training.startEpisodes=10",
            "training.checkpointEpisodes=50",
            "replay.episodes=60",
            "evaluation.everyEpisodes=20");

    private static final Pattern SESSION = Pattern.compile("\"session\":\"(\\w+)\"");

    @TempDir
    private Path folder;

    @Tag("slow")
    @Test
    void itEndsLikeItsTwin() throws IOException {
        Path twin = folder.resolve("twin");
        long frames = undisturbed(twin);

        Path run = folder.resolve("run");
        try (ServerProcess server = new ServerProcess(folder)) {
            AtomicInteger lives = new AtomicInteger();
            server.start(Death.inTurn(lives.getAndIncrement()));
            // The last fault comes well before the end, however long the run gets by what happens to it.
            int meanGap = (int) (frames * 3 / 4 / (FAULTS + KILLS));
            try (FaultyProxy proxy = new FaultyProxy(server.port(), SEED, faults(), meanGap, () -> {
                server.kill();
                server.start(Death.inTurn(lives.getAndIncrement()));
            })) {
                train(run, proxy.target());
                System.out.printf(
                        "%s over %d frames, %d of them requests; %s%n",
                        proxy.done(), proxy.frames(), proxy.requests(), sessions(server));
                assertThat(proxy.done()).isEqualTo(faults());
            }
            assertThat(sessions(server).size())
                    .as("sessions of training and evaluation; a server that is away for long may cost one")
                    .isBetween(2, 2 + KILLS);
            assertThat(server.log()).noneMatch(line -> line.contains("not brought back"));
        }
        assertThat(new RunLayout(run).checkpoint()).hasSameBinaryContentAs(new RunLayout(twin).checkpoint());
    }

    /** Returns the frames it took. */
    private long undisturbed(Path directory) throws IOException {
        try (EnvironmentServer server = EnvironmentServer.tcp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Catalog.load(),
                        ServerOptions.standard());
                FaultyProxy proxy = new FaultyProxy(server.port())) {
            train(directory, proxy.target());
            System.out.printf("undisturbed: %d frames, %d of them requests%n", proxy.frames(), proxy.requests());
            return proxy.frames();
        }
    }

    private static void train(Path directory, String target) throws IOException {
        var unused = TinyRun.run(CONFIG, SEED, Optional.of(target), directory);
    }

    private static Map<Fault, Integer> faults() {
        int each = FAULTS / 4;
        return Map.of(
                Fault.CUT, FAULTS - 3 * each,
                Fault.TRUNCATE, each,
                Fault.DELAY, each,
                Fault.DUPLICATE, each,
                Fault.KILL, KILLS);
    }

    /** Names of all sessions that were ever opened. */
    private static Set<String> sessions(ServerProcess server) throws IOException {
        Set<String> names = new HashSet<>();
        for (String line : server.log()) {
            Matcher name = SESSION.matcher(line);
            if (line.contains("session opened") && name.find()) {
                names.add(name.group(1));
            }
        }
        return names;
    }
}
