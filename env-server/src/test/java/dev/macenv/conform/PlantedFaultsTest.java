package dev.macenv.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.testing.RelayProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite finds what is wrong with a server, in the group that is about it, and nothing in a right one. */
@Tag("slow")
final class PlantedFaultsTest {
    /** What no proxy in front of a right server that has this environment, without encryption, can make fail. */
    private static final Set<String> OUT_OF_REACH = Set.of(
            "macro-actions of one tick are plain steps", // needs an environment that has nothing else
            "what cannot be created takes no room, and is gone for good",
            "a spectator that does not read",
            "only the right bearer token is let in",
            "an encrypted port speaks nothing else");

    private static final Set<String> broken = ConcurrentHashMap.newKeySet();
    private static final Set<PlantedFault> judged = ConcurrentHashMap.newKeySet();

    private static EnvironmentServer right() throws IOException {
        return EnvironmentServer.tcp(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Catalog.of(new RelayProvider(), new BoxPushingProvider()),
                ServerOptions.standard().withLimits(SessionLimits.STANDARD.withSessions(200)));
    }

    @AfterAll
    static void everyCheckHasBeenSeenToFail() {
        if (judged.size() == PlantedFault.values().length - 1) { // not if one of them was asked for alone
            Set<String> sound = new TreeSet<>();
            for (Group group : Group.values()) {
                sound.addAll(group.names());
            }
            sound.removeAll(broken);
            assertThat(sound).as("checks that no planted fault breaks").isEqualTo(OUT_OF_REACH);
        }
    }

    private static Report judged(PlantedFault fault, Collection<Group> groups)
            throws IOException, InterruptedException {
        try (EnvironmentServer right = right();
                WrongServer wrong = new WrongServer(right, fault)) {
            return new Conformance(wrong.target(), 1).run(groups, List.of("relay"), outcome -> {});
        }
    }

    @Test
    void aRightServerPasses() throws IOException, InterruptedException {
        Report report = judged(PlantedFault.NONE, Arrays.asList(Group.values()));
        assertThat(report.of(Outcome.Verdict.FAILED).stream().map(failed -> failed.title() + "\n" + failed.detail()))
                .isEmpty();
        assertThat(report.of(Outcome.Verdict.PASSED)).hasSizeGreaterThan(30);
    }

    @Execution(ExecutionMode.CONCURRENT) // they mostly wait for what a wrong server leaves out
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aWrongServerFailsInTheRightGroup(PlantedFault fault) throws IOException, InterruptedException {
        Report report = judged(fault, Set.of(fault.finder()));
        judged.add(fault);
        report.of(Outcome.Verdict.FAILED).forEach(failed -> broken.add(failed.check()));
        assertThat(report.of(Outcome.Verdict.FAILED)).as(report.summary()).isNotEmpty();
        assertThat(report.of(Outcome.Verdict.FAILED))
                .allSatisfy(failed -> assertThat(failed.detail()).contains("expected:", "got:", "rule:", "sent:"));
    }
}
