package dev.macenv.avf.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvfTest {

    private record Outcome(int code, String out, String err) {}

    private static Outcome avf(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Avf.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Outcome(code, out.toString(), err.toString());
    }

    @Test
    void listShowsExperimentsAndProfiles() {
        Outcome outcome = avf("list");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("bp-6/avf-vdn   --profile paper", "bp-10/avf-vdn   --profile hysteresis | paper");
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String command :
                new String[] {"train", "evaluate", "export", "benchmark", "report", "plot", "collect", "list", "config"
                }) {
            Outcome outcome = avf(command, "--help");
            assertThat(outcome.code()).as(command).isZero();
            assertThat(outcome.out()).as(command).contains("Example").contains("  avf " + command);
        }
    }

    @Test
    void aBadConfigurationListsItsProblemsAndExitsWith2() {
        Outcome outcome = avf("train", "bp-6/avf-vdn", "--set", "lanes=0", "--set", "replay.windw=3");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("2 problems:")
                .contains("--set lanes=0: lanes: 0 (expected: 1 to 4096)")
                .contains("--set replay.windw=3: replay.windw: unknown key (did you mean window?)")
                .doesNotContain("\tat ");
    }

    @Test
    void wrongOptionsExitWith2() {
        assertThat(avf("train", "bp-6/avf-vdn", "--sed", "3").code()).isEqualTo(2);
        assertThat(avf("benchmark", "--scenarios", "bp-6", "--algorithms", "avf-vdn", "--seeds", "4..1")
                        .code())
                .isEqualTo(2);
        assertThat(avf("report", "nowhere").code()).isEqualTo(2);
    }

    @Test
    void aServerThatIsNotThereIsAFailureWithoutStackTrace(@TempDir Path folder) {
        Outcome outcome = avf(
                "train",
                "bp-6/avf-vdn",
                "--server",
                "nonsense",
                "--out",
                folder.resolve("x").toString());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("target: nonsense").doesNotContain("\tat ");
    }

    @Test
    void whatProtectsTheWayToAServerGoesTogether(@TempDir Path folder) {
        String file = folder.resolve("nowhere").toString();
        assertThat(avf("train", "bp-6/avf-vdn", "--tls-ca", file).err()).contains("without --server");
        assertThat(avf("train", "bp-6/avf-vdn", "--server", "localhost:1", "--tls-cert", file)
                        .err())
                .contains("--tls-cert and --tls-key: only one of the two");
        Outcome unreadable = avf("evaluate", file, "--server", "localhost:1", "--token-file", file);
        assertThat(unreadable.code()).isNotZero();
        assertThat(unreadable.err()).contains("nowhere").doesNotContain("\tat ");
    }

    @Test
    void trainEvaluateReportAndPlotWorkTogether(@TempDir Path folder) {
        Path run = folder.resolve("run");
        Outcome trained = avf(
                "train",
                "bp-6/avf-vdn",
                "--quiet",
                "--out",
                run.toString(),
                "--set",
                "training.episodes=4",
                "--set",
                "training.startEpisodes=1",
                "--set",
                "evaluation.everyEpisodes=2",
                "--set",
                "replay.batch=2");
        assertThat(trained.err()).isEmpty();
        assertThat(trained.code()).isZero();
        assertThat(trained.out()).contains("bp-6/avf-vdn, seed 0: greedy return", "The optimum is 99.4: NOT reached");

        assertThat(avf("train", "bp-6/avf-vdn", "--quiet", "--out", run.toString())
                        .err())
                .contains("is there already (--resume goes on with it, --overwrite replaces it");
        assertThat(avf("evaluate", run.toString()).out()).contains("optimum 99.4");
        assertThat(avf("report", folder.toString()).out()).contains("| bp-6/avf-vdn | 1 | 99.4 | 0/1 |");
        assertThat(avf("plot", run.toString(), "--out", folder.resolve("p.png").toString())
                        .code())
                .isZero();
        assertThat(folder.resolve("p.png")).isNotEmptyFile();
    }

    @Test
    void benchmarkSkipsWhatIsFinished(@TempDir Path folder) {
        String[] command = {
            "benchmark",
            "--scenarios",
            "bp-6",
            "--algorithms",
            "avf-vdn",
            "--seeds",
            "0..1",
            "--jobs",
            "2",
            "--out",
            folder.toString(),
            "--set",
            "training.episodes=2",
            "--set",
            "evaluation.everyEpisodes=2"
        };
        Outcome first = avf(command);
        assertThat(first.err()).isEmpty();
        assertThat(first.code()).isZero();
        assertThat(first.out()).contains("bp-6/avf-vdn, seed 1: greedy return", "| bp-6/avf-vdn | 2 |");
        assertThat(avf(command).out())
                .contains("bp-6/avf-vdn, seed 0: finished earlier", "bp-6/avf-vdn, seed 1: finished earlier");
    }
}
