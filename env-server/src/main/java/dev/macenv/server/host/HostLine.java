package dev.macenv.server.host;

import dev.macenv.host.v1.HostServiceGrpc;
import dev.macenv.host.v1.Outcome;
import dev.macenv.host.v1.RunRequest;
import dev.macenv.host.v1.RunResponse;
import dev.macenv.host.v1.Task;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code Run}: as long as it lasts, the host knows the lanes of one session. Since it is bound to the connection, and that to the process at its other end, no answer on it can come from a host
 * that was started later; the generation in each answer is compared all the same. Once {@linkplain #lost}, it stays so.
 *
 * <p>For one thread at a time.
 */
final class HostLine {
    private final String address;
    private final String generation;
    private final Duration patience;
    private final String environment;
    private final Incoming incoming = new Incoming();
    private final List<Integer> released = new ArrayList<>();
    private final int expectedLanes;
    private long number;
    private int lanes;
    private @Nullable String lost;

    HostLine(
            String address,
            String generation,
            HostServiceGrpc.HostServiceStub stub,
            String environment,
            int expectedLanes,
            Duration patience) {
        this.address = address;
        this.generation = generation;
        this.environment = environment;
        this.expectedLanes = expectedLanes;
        this.patience = patience;
        var unused = stub.run(incoming);
    }

    /** A number that no lane of this line has had. */
    int newLane() {
        return lanes++;
    }

    /** The host may forget this lane; said with the next tasks. */
    void release(int lane) {
        released.add(lane);
    }

    /** Why nothing can be asked here any more; null while it can. */
    @Nullable
    String lost() {
        if (lost == null && incoming.answers.peek() instanceof Status gone) {
            lost = String.valueOf(gone(gone).getMessage());
        }
        return lost;
    }

    /**
     * Has the host carry out the tasks, and waits for it.
     *
     * @return one outcome for each task, in their order
     * @throws HostException if it does not answer as it should; the line is lost then
     */
    List<Outcome> ask(List<Task> tasks) {
        RunRequest.Builder request =
                RunRequest.newBuilder().setNumber(++number).addAllTasks(tasks).addAllReleased(released);
        if (number == 1) {
            request.setEnvironment(environment).setLanes(expectedLanes);
        }
        released.clear();
        try {
            incoming.call().onNext(request.build());
            return checked(tasks, answer());
        } catch (HostException e) {
            lost = String.valueOf(e.getMessage());
            close();
            throw e;
        }
    }

    private RunResponse answer() {
        Object answer;
        try {
            answer = incoming.answers.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("given up, the server is going down");
        }
        if (answer == null) {
            throw failure("did not answer (expected: within " + patience.toMillis() + " ms)");
        }
        if (answer instanceof RunResponse response) {
            return response;
        }
        throw gone((Status) answer);
    }

    private HostException gone(Status status) {
        return failure(failed("is gone", status));
    }

    /** What is wrong with a host, with its own words. */
    static String failed(String what, Status status) {
        String description = status.getDescription();
        return what + ", " + status.getCode() + (description == null ? "" : " (" + brief(description) + ")");
    }

    private List<Outcome> checked(List<Task> tasks, RunResponse response) {
        if (!response.getGeneration().equals(generation)) {
            throw failure(
                    "answers for generation " + brief(response.getGeneration()) + " (expected: " + generation + ")");
        }
        if (response.getNumber() != number) {
            throw failure(
                    "answers request " + Long.toUnsignedString(response.getNumber()) + " (expected: " + number + ")");
        }
        List<Integer> asked = tasks.stream().map(Task::getLane).toList();
        List<Integer> told =
                response.getOutcomesList().stream().map(Outcome::getLane).toList();
        if (!asked.equals(told)) {
            throw failure(
                    "answers for lanes " + brief(told.toString()) + " (expected: " + brief(asked.toString()) + ")");
        }
        return response.getOutcomesList();
    }

    private HostException failure(String what) {
        return new HostException("environment host " + address + ": " + what);
    }

    /** Ends the call. Closing twice is fine. */
    void close() {
        incoming.call().cancel("the session has no more use for it", null);
        lost = lost == null ? "environment host " + address + ": closed" : lost;
    }

    /** The words of another process, in bounds. */
    static String brief(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= 500 ? line : line.substring(0, 500) + "...";
    }

    private static final class Incoming implements ClientResponseObserver<RunRequest, RunResponse> {
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>(); // RunResponse, or Status at the end
        private @Nullable ClientCallStreamObserver<RunRequest> call;

        ClientCallStreamObserver<RunRequest> call() {
            ClientCallStreamObserver<RunRequest> begun = call;
            if (begun == null) {
                throw new AssertionError("gRPC begins a call before it returns it");
            }
            return begun;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RunRequest> begun) {
            call = begun;
        }

        @Override
        public void onNext(RunResponse response) {
            answers.add(response);
        }

        @Override
        public void onError(Throwable problem) {
            answers.add(Status.fromThrowable(problem));
        }

        @Override
        public void onCompleted() {
            answers.add(Status.UNAVAILABLE.withDescription("it ended the call"));
        }
    }
}
