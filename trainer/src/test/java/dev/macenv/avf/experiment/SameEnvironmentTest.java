package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.client.TeamSpec;
import dev.macenv.client.TensorSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SameEnvironmentTest {

    @Test
    void aCheckpointIsReadWhereItsEnvironmentIsServed() {
        assertThatCode(() -> carry(environment("1.0", "abc"), environment("1.0", "abc")))
                .doesNotThrowAnyException();
    }

    @Test
    void aCheckpointIsRefusedWhereTheEnvironmentHasChanged() {
        assertThatThrownBy(() -> carry(environment("1.0", "abc"), environment("1.1", "xyz")))
                .isInstanceOf(IOException.class)
                .hasMessage("checkpoint: begun on bp-6 version 1.0, fingerprint abc; the server has version 1.1,"
                        + " fingerprint xyz (expected: the same environment)");
    }

    private static void carry(TeamSpec from, TeamSpec to) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new SameEnvironment(from).save(new DataOutputStream(bytes));
        new SameEnvironment(to).load(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }

    private static TeamSpec environment(String version, String fingerprint) {
        return new TeamSpec(
                "bp-6",
                version,
                "",
                fingerprint,
                List.of(),
                List.of(),
                TensorSpec.vector(4),
                100,
                true,
                true,
                40,
                Map.of(),
                List.of());
    }
}
