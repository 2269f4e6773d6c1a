package dev.macenv.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartTest {

    @Test
    void itPlaysTheEpisodesItPromisesAndTheSameOnesAgain() {
        String first = play();

        assertThat(first.lines())
                .hasSize(3)
                .allMatch(line -> line.matches("episode \\d: return -?[0-9.]+ in \\d+ ticks and \\d+ decisions"));
        assertThat(play()).isEqualTo(first);
    }

    private static String play() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Quickstart.play(client, 3, out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
