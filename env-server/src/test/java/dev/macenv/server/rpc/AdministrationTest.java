package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.server.session.SessionLimits;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator sees of a server, and a client does not. */
final class AdministrationTest {
    private static final InetSocketAddress FREE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EnvironmentServer server = Transports.TCP.start(
            ProtocolTest.CATALOG,
            ServerOptions.standard()
                    .withLimits(SessionLimits.STANDARD.withSessions(2))
                    .withAdministration(new Administration(Optional.of(FREE), Optional.of(FREE))));
    private final ManagedChannel channel = Transports.TCP.connect(server);

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    /** The samples of the server, and the text they came in under the empty name. */
    private Map<String, String> metrics() throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        Map<String, String> samples = new TreeMap<>();
        samples.put("", answer.body());
        for (String line : answer.body().lines().toList()) {
            if (!line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                samples.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        return samples;
    }

    private static String calls(String method, Code code) {
        return "macenv_calls_total{method=\"macenv.v1.SessionService/" + method + "\",code=\"" + code + "\"}";
    }

    @Test
    void callsRefusalsSessionsAndTicksAreCounted() throws IOException, InterruptedException {
        Player unary = Player.create(channel, Player.relay(2, 5));
        Player onStream = Player.create(channel, Player.relay(3, 5)).onStream();
        Refused.by(() -> Player.create(channel, Player.relay(1))).is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED");
        Rows rows = unary.rows(unary.collect());
        var answer = unary.answer(rows);
        onStream.collect();
        Refused.in(onStream.send(onStream.request().setStepId(77).build())).is(Code.ABORTED, "STEP_ID_MISMATCH");
        Map<String, String> metrics = metrics();
        assertThat(metrics)
                .containsEntry(calls("CreateSession", Code.OK), "2")
                .containsEntry(calls("CreateSession", Code.RESOURCE_EXHAUSTED), "1")
                .containsEntry(calls("Step", Code.OK), "2")
                .containsEntry("macenv_refusals_total{reason=\"CAPACITY_REACHED\"}", "1")
                .containsEntry("macenv_refusals_total{reason=\"STEP_ID_MISMATCH\"}", "1")
                .containsEntry("macenv_sessions", "2")
                .containsEntry("macenv_lanes", "5")
                .containsEntry("macenv_play_streams", "1")
                .containsEntry("macenv_watchers", "0")
                .containsEntry(
                        "macenv_events_total",
                        String.valueOf(2 + answer.getEvents().getRows() + 3))
                .containsEntry(
                        "macenv_event_ticks_total",
                        String.valueOf(answer.getEvents().getJointTauList().stream()
                                .mapToInt(Integer::intValue)
                                .sum()))
                .containsEntry("macenv_call_seconds_count{method=\"macenv.v1.SessionService/Step\"}", "2");
        assertThat(metrics).containsKey("macenv_queue_seconds_count"); // quick lane work does not go through the pool
        onStream.line().halfClose();
        onStream.line().awaitEnd();
        assertThat(metrics()).containsEntry("macenv_play_streams", "0").containsEntry(calls("Play", Code.OK), "1");
    }

    @Test
    void bucketsAreCumulativeAndNothingIsToldBySession() throws IOException, InterruptedException {
        Player player = Player.create(channel, Player.relay(2, 5));
        player.collect();
        Map<String, String> metrics = metrics();
        String step = "macenv_call_seconds_bucket{method=\"macenv.v1.SessionService/Step\",le=\"";
        long before = 0;
        for (String bound : new String[] {"0.00001", "0.00016", "0.04096", "10.48576", "+Inf"}) {
            long count = Long.parseLong(metrics.getOrDefault(step + bound + "\"}", "-1"));
            assertThat(count).as(bound).isGreaterThanOrEqualTo(before);
            before = count;
        }
        assertThat(before).isEqualTo(1);
        assertThat(metrics.get(""))
                .doesNotContain(player.session.getSession())
                .doesNotContain(player.session.getToken())
                .contains("# TYPE macenv_call_seconds histogram");
    }

    @Test
    void channelzIsForOperatorsAlone() {
        ManagedChannel operators = NettyChannelBuilder.forAddress("127.0.0.1", server.channelzPort())
                .usePlaintext()
                .build();
        try {
            assertThat(ChannelzGrpc.newBlockingStub(operators)
                            .getServers(GetServersRequest.getDefaultInstance())
                            .getServerList())
                    .isNotEmpty();
            assertThatThrownBy(() ->
                            ChannelzGrpc.newBlockingStub(channel).getServers(GetServersRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED));
        } finally {
            operators.shutdownNow();
        }
    }
}
