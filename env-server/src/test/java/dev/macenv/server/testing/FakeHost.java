package dev.macenv.server.testing;

import com.google.protobuf.ByteString;
import dev.macenv.host.v1.Agent;
import dev.macenv.host.v1.DescribeRequest;
import dev.macenv.host.v1.DescribeResponse;
import dev.macenv.host.v1.HostServiceGrpc;
import dev.macenv.host.v1.Label;
import dev.macenv.host.v1.MacroAction;
import dev.macenv.host.v1.Offer;
import dev.macenv.host.v1.Outcome;
import dev.macenv.host.v1.Row;
import dev.macenv.host.v1.RunRequest;
import dev.macenv.host.v1.RunResponse;
import dev.macenv.host.v1.Stretch;
import dev.macenv.host.v1.Task;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * An environment host that tells the truth until a test has it {@linkplain #twist tell something else}. Its one environment, {@code drift}: two agents, whose macro-action {@code hop} takes a tick and {@code drift}
 * two to four; a random number on each tick says which drifts end, what is paid, what is legal and when all is over.
 */
public final class FakeHost implements AutoCloseable {
    public static final String ENVIRONMENT = "drift";

    private static final int AGENTS = 2;
    private static final int DRIFT = 1;
    private static final int HORIZON = 12;

    private final String generation = UUID.randomUUID().toString();
    private final Server server;
    private final List<RunRequest> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private volatile UnaryOperator<DescribeResponse> offering = UnaryOperator.identity();
    private volatile UnaryOperator<RunResponse> twist = UnaryOperator.identity();
    private volatile boolean silent;

    /** @param port where it listens on this machine; 0 for any that is free */
    public FakeHost(int port) {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .addService(new Service())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String address() {
        return InetAddress.getLoopbackAddress().getHostAddress() + ":" + port();
    }

    public int port() {
        return server.getPort();
    }

    /** All that it was asked to do, in order. */
    public List<RunRequest> requests() {
        return List.copyOf(requests);
    }

    /** From now on it offers what this makes of the truth, or ends the call with the status that this throws. */
    public void offer(UnaryOperator<DescribeResponse> change) {
        offering = change;
    }

    /** From now on it answers what this makes of the truth. */
    public void twist(UnaryOperator<RunResponse> change) {
        twist = change;
    }

    /** From now on this is done to the outcomes of the lane. */
    public void twist(int lane, Consumer<Outcome.Builder> change) {
        twist(response -> {
            RunResponse.Builder twisted = response.toBuilder();
            twisted.getOutcomesBuilderList().stream()
                    .filter(outcome -> outcome.getLane() == lane)
                    .forEach(change);
            return twisted.build();
        });
    }

    /** Whether it leaves all that it is asked without an answer. */
    public void fallSilent(boolean whether) {
        silent = whether;
    }

    /** Waits until a session has let go of its lanes. */
    public void awaitEndOfCall() throws InterruptedException {
        if (ends.poll(30, TimeUnit.SECONDS) == null) {
            throw new AssertionError("no call has ended");
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What it offers, truly. */
    public DescribeResponse truth() {
        DescribeResponse.Builder described = DescribeResponse.newBuilder().setGeneration(generation);
        Offer.Builder offer = described
                .addOffersBuilder()
                .setId(ENVIRONMENT)
                .setVersion("1")
                .setDoc("Two agents hop and drift.")
                .setHorizon(HORIZON)
                .setMaxMacroTicks(HORIZON);
        offer.addState(label("draw", 1)).addState(label("tick", HORIZON));
        for (String name : List.of("left", "right")) {
            offer.addAgents(Agent.newBuilder()
                    .setName(name)
                    .addMacroActions(MacroAction.newBuilder()
                            .setName("hop")
                            .setMinTicks(1)
                            .setMaxTicks(1))
                    .addMacroActions(MacroAction.newBuilder()
                            .setName("drift")
                            .setMinTicks(2)
                            .setMaxTicks(4))
                    .addObservation(label("draw", 1)));
        }
        return described.build();
    }

    private static Label label(String name, double high) {
        return Label.newBuilder().setName(name).setSize(1).setHigh(high).build();
    }

    private final class Service extends HostServiceGrpc.HostServiceImplBase {

        @Override
        public void describe(DescribeRequest request, StreamObserver<DescribeResponse> answer) {
            try {
                answer.onNext(offering.apply(truth()));
                answer.onCompleted();
            } catch (StatusRuntimeException e) {
                answer.onError(e);
            }
        }

        @Override
        public StreamObserver<RunRequest> run(StreamObserver<RunResponse> answers) {
            Map<Integer, World> worlds = new HashMap<>();
            return new StreamObserver<>() {
                @Override
                public void onNext(RunRequest request) {
                    requests.add(request);
                    RunResponse.Builder response =
                            RunResponse.newBuilder().setGeneration(generation).setNumber(request.getNumber());
                    for (Task task : request.getTasksList()) {
                        response.addOutcomes(worlds.computeIfAbsent(task.getLane(), lane -> new World())
                                .carryOut(task));
                    }
                    if (!silent) {
                        answers.onNext(twist.apply(response.build()));
                    }
                }

                @Override
                public void onError(Throwable problem) {
                    ends.add(problem.toString());
                }

                @Override
                public void onCompleted() {
                    answers.onCompleted();
                }
            };
        }
    }

    /** One lane. */
    private static final class World {
        private SplittableRandom random = new SplittableRandom();
        private int tick;
        private double draw;
        private boolean terminated;
        private final boolean[] ended = new boolean[AGENTS];
        private final int[] macroAction = new int[AGENTS];
        private final int[] lasted = new int[AGENTS];
        private final double[] held = new double[AGENTS];

        Outcome carryOut(Task task) {
            Outcome.Builder outcome = Outcome.newBuilder().setLane(task.getLane());
            if (task.hasSeed()) {
                begin(task.getSeed());
            }
            for (Stretch stretch : task.getStretchesList()) {
                outcome.clearRewards();
                run(stretch, outcome);
                outcome.setRow(row());
            }
            outcome.setTerminated(terminated).setRow(row());
            if (task.hasNextSeed() && over()) {
                begin(task.getNextSeed());
                outcome.setNextStart(row());
            }
            return outcome.build();
        }

        private void begin(long seed) {
            random = new SplittableRandom(seed);
            tick = 0;
            draw = random.nextDouble();
            terminated = false;
            Arrays.fill(ended, true);
        }

        private boolean over() {
            return terminated || tick == HORIZON;
        }

        private void run(Stretch stretch, Outcome.Builder outcome) {
            for (int agent = 0; agent < AGENTS; agent++) {
                if (ended[agent]) {
                    macroAction[agent] = stretch.getMacroActions(agent);
                    lasted[agent] = 0;
                }
            }
            boolean event = false;
            for (int left = stretch.getMaxTicks(); left > 0 && !event; left--) {
                tick++;
                draw = random.nextDouble();
                terminated = draw < 0.03;
                event = over();
                for (int agent = 0; agent < AGENTS; agent++) {
                    lasted[agent]++;
                    boolean drifts = macroAction[agent] == DRIFT;
                    ended[agent] = !drifts || lasted[agent] == 4 || (lasted[agent] > 1 && draw < 0.5);
                    event |= ended[agent];
                }
                outcome.addRewards(draw - 0.5);
            }
        }

        /** Whoever decides sees the last draw; the others keep what they saw. */
        private Row row() {
            byte[] ends = new byte[AGENTS];
            byte[] legal = new byte[2 * AGENTS];
            for (int agent = 0; agent < AGENTS; agent++) {
                ends[agent] = (byte) (ended[agent] ? 1 : 0);
                held[agent] = ended[agent] ? draw : held[agent];
                legal[2 * agent] = 1;
                legal[2 * agent + DRIFT] = (byte) (held[agent] < 0.8 ? 1 : 0);
            }
            return Row.newBuilder()
                    .setTick(tick)
                    .setEnded(ByteString.copyFrom(ends))
                    .setObservations(numbers(held))
                    .setLegal(ByteString.copyFrom(legal))
                    .setState(numbers(draw, tick))
                    .build();
        }
    }

    /** As they travel. */
    public static ByteString numbers(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return ByteString.copyFrom(bytes);
    }
}
