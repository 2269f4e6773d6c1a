package dev.macenv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentClientTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:50051",
                "[::1]:50051",
                "dns:///localhost:50051",
                "unix:/run/macenv.sock",
                "unix:///run/macenv.sock",
                "inprocess:name"
            })
    void connectingDoesNotWaitForTheServer(String target) {
        assertThatNoException()
                .isThrownBy(() -> EnvironmentClient.connect(target).close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "", "http://localhost:50051", "localhost:port", "/run/macenv.sock"})
    void aTargetThatNobodyUnderstandsIsRefused(String target) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvironmentClient.connect(target))
                .withMessageContaining("expected: host:port");
    }

    @Test
    void aNameStandsForAllItsAddressesAndEveryOtherTargetForItself() {
        assertThat(EnvironmentClient.servers("dns:///localhost:7")).contains("127.0.0.1:7");
        assertThat(EnvironmentClient.servers("localhost:7")).containsExactly("localhost:7");
        assertThat(EnvironmentClient.servers("unix:/run/macenv.sock")).containsExactly("unix:/run/macenv.sock");
        assertThatIllegalArgumentException().isThrownBy(() -> EnvironmentClient.servers("localhost"));
    }

    @Test
    void aNameThatNobodyKnowsIsReported() {
        assertThatExceptionOfType(ServerUnavailableException.class)
                .isThrownBy(() -> EnvironmentClient.servers("dns:///nowhere.invalid:7"))
                .withMessageContaining("dns:///nowhere.invalid:7 cannot be resolved");
    }

    @Test
    void withoutAnEmbeddedServerTheWayOutIsSaid() {
        assertThatIllegalStateException()
                .isThrownBy(() -> EnvironmentClient.embedded(ClientOptions.defaults()))
                .withMessageContaining("macenv-env-server on the class path");
    }

    @Test
    void timesAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientOptions.defaults().withAttemptTimeout(Duration.ZERO))
                .withMessage("attemptTimeout: PT0S (expected: positive)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientOptions.defaults().withPatience(Duration.ofSeconds(-1)))
                .withMessage("patience: PT-1S (expected: not negative)");
    }

    @Test
    void aSessionKeyDoesNotShowItsToken() {
        assertThat(new SessionKey("s-1", "secret")).hasToString("SessionKey[s-1]");
    }

    @Test
    void decisionsGrowAndAreUsedAgain() {
        Decisions decisions = new Decisions().maxTicks(3).minReady(2);
        for (int i = 0; i < 100; i++) {
            decisions.add(i, 1, -1);
        }

        assertThat(decisions.size()).isEqualTo(100);
        assertThat(decisions.lane(99)).isEqualTo(99);
        assertThat(decisions.seat(99)).isOne();
        assertThat(decisions.action(99)).isEqualTo(-1);

        assertThat(decisions.clear().size()).isZero();
        assertThat(decisions.maxTicks()).isEqualTo(3);
        assertThat(decisions.minReady()).isEqualTo(2);
    }

    @Test
    void optionsAreCopiedAndChangedOneByOne() {
        SessionOptions options = SessionOptions.of("bp-10")
                .withSettings(Map.of("grid", 10))
                .withLanes(4)
                .withSeeds(List.of(1L))
                .withGamma(0.9)
                .withResetMode(ResetMode.MANUAL)
                .withView(View.training())
                .withLease(Duration.ofMinutes(1));

        assertThat(options.settings()).containsEntry("grid", 10);
        assertThat(options.lanes()).isEqualTo(4);
        assertThat(options.seeds()).containsExactly(1L);
        assertThat(options.gamma()).isEqualTo(0.9);
        assertThat(options.resetMode()).isEqualTo(ResetMode.MANUAL);
        assertThat(options.view().macroState()).isTrue();
        assertThat(options.lease()).contains(Duration.ofMinutes(1));
    }
}
