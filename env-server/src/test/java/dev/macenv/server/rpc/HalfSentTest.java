package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that begin a message and send no more of it, or go away, harm nobody but themselves. */
final class HalfSentTest {
    private static final int CLIENTS = 300;
    private static final int STEPS = 20;

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"Step", "Play"})
    void whoStopsAmidAMessageKeepsNothingAliveAndHoldsNobodyUp(String call) throws IOException {
        List<StepResponse> undisturbed = undisturbed();
        try (SteeredServer server = new SteeredServer("256m", 10, "", SteeredServer.Time.STILL)) {
            ManagedChannel channel = NettyChannelBuilder.forTarget(server.target())
                    .usePlaintext()
                    .build();
            Player named = Player.create(channel, session()); // by those who stop
            named.collect();
            Player other = Player.create(channel, session());
            MethodDescriptor<?, ?> method =
                    call.equals("Step") ? SessionServiceGrpc.getStepMethod() : SessionServiceGrpc.getPlayMethod();
            byte[] request = named.request().build().toByteArray();

            leave(begin(server, method, request)); // whatever grows at the first time has grown
            ProcessSize before = server.size();
            List<HalfSender> stopped = begin(server, method, request);
            assertThat(server.size().threads()).as("threads").isLessThan(before.threads() + 20);
            assertThat(server.pass(Duration.ofMinutes(9))).isZero();
            StepResponse last = other.collect();
            for (StepResponse expected : undisturbed) {
                assertThat(last).isEqualTo(expected);
                last = other.answer(other.rows(last));
            }
            assertThat(server.pass(Duration.ofMinutes(2)))
                    .as("leases that ran out, though somebody has half said the session's name")
                    .isEqualTo(1);
            Refused.by(() -> named.send(named.request().build())).is(Code.NOT_FOUND, "SESSION_CLOSED");
            assertThat(other.answer(other.rows(last)).getEvents().getRows()).isPositive();
            leave(stopped);
            before.assertComesBack(server::size);
            channel.shutdownNow();
        }
    }

    private static CreateSessionRequest.Builder session() {
        return CreateSessionRequest.newBuilder()
                .setEnvironment("bp-10")
                .setLanes(2)
                .addSeeds(3);
    }

    private static List<StepResponse> undisturbed() {
        try (EnvironmentServer alone = EnvironmentServer.inProcess(Catalog.load(), ServerOptions.standard())) {
            ManagedChannel channel = Transports.IN_PROCESS.connect(alone);
            Player player = Player.create(channel, session());
            List<StepResponse> answers = new ArrayList<>(List.of(player.collect()));
            while (answers.size() < STEPS) {
                answers.add(player.answer(player.rows(answers.get(answers.size() - 1))));
            }
            channel.shutdownNow();
            return answers;
        }
    }

    private static List<HalfSender> begin(SteeredServer server, MethodDescriptor<?, ?> method, byte[] request)
            throws IOException {
        List<HalfSender> senders = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            // Of some not even the length, of some all but the last byte.
            senders.add(new HalfSender(server.target(), method, request, i % (request.length + HalfSender.PREFIX)));
        }
        return senders;
    }

    private static void leave(List<HalfSender> senders) throws IOException {
        for (HalfSender sender : senders) {
            sender.close();
        }
    }

    /** Speaks HTTP/2 by hand: begins a call and a message, of which it sends so many bytes. */
    private static final class HalfSender implements AutoCloseable {
        static final int PREFIX = 5; // bytes that gRPC puts before a message
        private static final int DATA = 0;
        private static final int HEADERS = 1;
        private static final int RESET = 3;
        private static final int SETTINGS = 4;
        private static final int PING = 6;
        private static final int GO_AWAY = 7;
        private static final int END_HEADERS = 4;
        private static final int ACKNOWLEDGED = 1;

        private final Socket socket;
        private final DataOutputStream out;

        /** Returns when the server has read all that is sent. */
        HalfSender(String target, MethodDescriptor<?, ?> method, byte[] message, int bytes) throws IOException {
            int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            out = new DataOutputStream(socket.getOutputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, new byte[0]);
            frame(HEADERS, END_HEADERS, 1, headers("/" + method.getFullMethodName()));
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            DataOutputStream framed = new DataOutputStream(whole);
            framed.writeByte(0); // not compressed
            framed.writeInt(message.length);
            framed.write(message);
            frame(DATA, 0, 1, Arrays.copyOf(whole.toByteArray(), bytes));
            frame(PING, 0, 0, new byte[8]);
            awaitPong();
        }

        private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            out.writeByte(payload.length >> 16);
            out.writeShort(payload.length);
            out.writeByte(type);
            out.writeByte(flags);
            out.writeInt(stream);
            out.write(payload);
        }

        /** As HPACK has them (RFC 7541), none of them remembered. */
        private static byte[] headers(String path) throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(0x83); // :method POST
            block.write(0x86); // :scheme http
            block.write(0x04); // :path
            text(block, path);
            block.write(0x01); // :authority
            text(block, "localhost");
            block.write(0x0f); // content-type, the 31st
            block.write(31 - 0x0f);
            text(block, "application/grpc");
            block.write(0x00);
            text(block, "te");
            text(block, "trailers");
            return block.toByteArray();
        }

        private static void text(ByteArrayOutputStream block, String text) throws IOException {
            block.write(text.length());
            block.write(text.getBytes(StandardCharsets.US_ASCII));
        }

        private void awaitPong() throws IOException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                in.readInt(); // of which stream
                in.skipNBytes(length);
                assertThat(type).as("the end of the call or the connection").isNotIn(HEADERS, RESET, GO_AWAY);
                if (type == PING && flags == ACKNOWLEDGED) {
                    return;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
