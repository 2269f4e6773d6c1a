package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator writes into the file of tokens, and what becomes of it. */
final class BearerTokensTest {
    private static final String ALICE = "5f0c6a0e8c1d4b7f9a3e2d1c0b9a8f7e";
    private static final String BOB = "c2VjcmV0cyBvZiAxNiBi/w";

    @TempDir
    private Path directory = Path.of("");

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("tokens"), text);
    }

    @Test
    void aTokenNamesItsPrincipalWhoMayHaveSeveral() throws IOException {
        BearerTokens tokens =
                BearerTokens.read(file("# the laboratory\n\nalice  " + ALICE + "\n\tbob " + BOB + "\nalice x" + ALICE));
        assertThat(tokens.principal(ALICE)).contains("alice");
        assertThat(tokens.principal("x" + ALICE)).contains("alice");
        assertThat(tokens.principal(BOB)).contains("bob");
        assertThat(tokens.principal("")).isEmpty();
        assertThat(tokens.principal(ALICE.substring(1))).isEmpty();
        assertThat(tokens.principal(ALICE + " ")).isEmpty();
    }

    @Test
    void aFileThatChangesIsReadAgain() throws IOException {
        BearerTokens tokens = BearerTokens.read(file("alice " + ALICE));
        file("bob " + BOB);
        assertThat(tokens.principal(ALICE)).contains("alice");
        tokens.refresh();
        assertThat(tokens.principal(ALICE)).isEmpty();
        assertThat(tokens.principal(BOB)).contains("bob");
    }

    @Test
    void aFileThatBreaksLeavesTheTokensAsTheyWere() throws IOException {
        Path file = file("alice " + ALICE);
        BearerTokens tokens = BearerTokens.read(file);
        file("alice " + ALICE + " and more");
        tokens.refresh();
        assertThat(tokens.principal(ALICE)).contains("alice");
        Files.delete(file);
        tokens.refresh();
        assertThat(tokens.principal(ALICE)).contains("alice");
        file("bob " + BOB);
        tokens.refresh();
        assertThat(tokens.principal(ALICE)).isEmpty();
        assertThat(tokens.principal(BOB)).contains("bob");
    }

    @Test
    void mistakesAreNamedByTheirLinesAndNeverRepeated() throws IOException {
        Path file = file("alice\nbob short\ncarol " + ALICE + " " + BOB + "\ndora " + ALICE);
        assertThatThrownBy(() -> BearerTokens.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("line 1 ", "line 2 ", "line 3 ")
                .message()
                .doesNotContain("line 4", "short ", ALICE, BOB);
    }
}
