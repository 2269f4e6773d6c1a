package dev.macenv.bench;

import static java.util.Objects.requireNonNull;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SplitMix64;
import dev.macenv.server.catalog.Catalog;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What {@code dm_env_rpc} and its like do, reduced to the least that they could cost: one environment on one stream, a message with everybody's action for every tick, a message with
 * everybody's observation back. Nothing is parsed, named or checked, and neither end changes threads, so whoever sends a message per tick over gRPC for Java is slower.
 *
 * <p>Request: an int per agent. Answer: a byte, 1 where somebody has to decide, and doubles: the reward, each agent's macro-observation.
 */
final class TickByTick implements RoundTrips {
    private static final MethodDescriptor<byte[], byte[]> PROCESS = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("TickByTick/Process")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private final ManagedChannel channel;
    private final StreamObserver<byte[]> requests;
    private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private final SplitMix64 random = new SplitMix64(1);
    private final ByteBuffer actions;
    private final int choices;

    TickByTick(String target, String environment) {
        MacDecPomdp known = Catalog.load().create(environment, Map.of());
        choices = known.spec().agents().get(0).macroActions().size();
        actions = ByteBuffer.allocate(Integer.BYTES * known.spec().agents().size());
        channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                .directExecutor()
                .build();
        requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(PROCESS, CallOptions.DEFAULT), new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable problem) {
                        answers.add(new byte[0]);
                    }

                    @Override
                    public void onCompleted() {
                        answers.add(new byte[0]);
                    }
                });
    }

    /** Serves this environment on a free port of this machine, which it prints. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Server server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .directExecutor()
                .addService(ServerServiceDefinition.builder("TickByTick")
                        .addMethod(
                                PROCESS,
                                ServerCalls.asyncBidiStreamingCall(
                                        answers -> new Lane(Catalog.load().create(arguments[0], Map.of()), answers)))
                        .build())
                .build()
                .start();
        System.out.println("serving on localhost:" + server.getPort());
        server.awaitTermination();
    }

    @Override
    public int make() {
        actions.clear();
        while (actions.hasRemaining()) {
            actions.putInt(random.nextInt(choices));
        }
        requests.onNext(actions.array().clone());
        try {
            byte[] answer = answers.take();
            if (answer.length == 0) {
                throw new IllegalStateException("the server ended the stream");
            }
            return answer[0];
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        requests.onCompleted();
        channel.shutdownNow();
    }

    /** The server's end of a stream. */
    private static final class Lane implements StreamObserver<byte[]> {
        private final MacDecPomdp environment;
        private final StreamObserver<byte[]> answers;
        private final int[] choices;
        private final double[] numbers;
        private final int[] offsets;
        private long seed;

        Lane(MacDecPomdp environment, StreamObserver<byte[]> answers) {
            this.environment = environment;
            this.answers = answers;
            choices = new int[environment.spec().agents().size()];
            offsets = new int[choices.length + 1];
            offsets[0] = 1;
            for (int agent = 0; agent < choices.length; agent++) {
                offsets[agent + 1] =
                        offsets[agent] + environment.spec().agents().get(agent).observationSize();
            }
            numbers = new double[offsets[choices.length]];
            environment.reset(seed++);
        }

        @Override
        public void onNext(byte[] request) {
            ByteBuffer actions = ByteBuffer.wrap(request);
            if (environment.terminated() || environment.truncated()) {
                environment.reset(seed++);
            }
            Arrays.setAll(choices, agent -> actions.getInt());
            environment.step(choices);
            numbers[0] = environment.reward();
            byte due = 0;
            for (int agent = 0; agent < choices.length; agent++) {
                due |= (byte) (environment.ended(agent) ? 1 : 0);
                environment.macroObservation(agent, numbers, offsets[agent]);
            }
            ByteBuffer answer = ByteBuffer.allocate(1 + Double.BYTES * numbers.length);
            answer.put(due);
            answer.asDoubleBuffer().put(numbers);
            answers.onNext(requireNonNull(answer.array()));
        }

        @Override
        public void onError(Throwable problem) {
            // the client has gone, and its lane goes with it
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
