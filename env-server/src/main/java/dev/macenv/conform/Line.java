package dev.macenv.conform;

import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The client's end of one Play stream. */
final class Line implements StreamObserver<StepResponse>, AutoCloseable {
    private static final Status ENDED = Status.OK;

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final StreamObserver<StepRequest> requests;

    Line(Channel channel) {
        requests = SessionServiceGrpc.newStub(channel).play(this);
    }

    void send(StepRequest request) {
        try {
            requests.onNext(request);
        } catch (IllegalStateException over) {
            // The stream has ended; await() tells how.
        }
    }

    /**
     * The next answer.
     *
     * @throws StatusRuntimeException if the stream ended instead
     */
    StepResponse await() throws InterruptedException {
        Object next = take(Trial.PATIENCE.toMillis())
                .orElseThrow(() -> new Violation(
                        "session.proto, Play: one StepResponse for each StepRequest",
                        "an answer on Play",
                        "within " + Trial.PATIENCE.toSeconds() + " s",
                        "none"));
        if (next instanceof StepResponse response) {
            return response;
        }
        throw (StatusRuntimeException) next;
    }

    /** The next answer, if one comes in time. */
    Optional<StepResponse> poll(long millis) throws InterruptedException {
        Optional<Object> next = take(millis);
        if (next.isPresent() && next.orElseThrow() instanceof StatusRuntimeException end) {
            throw end;
        }
        return next.map(StepResponse.class::cast);
    }

    /** How the stream ended; answers before that are left out. */
    StatusRuntimeException awaitEnd() throws InterruptedException {
        while (true) {
            Object next = take(Trial.PATIENCE.toMillis())
                    .orElseThrow(() ->
                            new Violation("session.proto, Play", "the end of a Play stream", "it ends", "it goes on"));
            if (next instanceof StatusRuntimeException end) {
                return end;
            }
        }
    }

    private Optional<Object> take(long millis) throws InterruptedException {
        return Optional.ofNullable(arrived.poll(millis, TimeUnit.MILLISECONDS));
    }

    void halfClose() {
        requests.onCompleted();
    }

    /** Hangs up. */
    @Override
    public void close() {
        try {
            requests.onError(Status.CANCELLED.asRuntimeException());
        } catch (IllegalStateException over) {
            // It has ended already.
        }
    }

    @Override
    public void onNext(StepResponse response) {
        arrived.add(response);
    }

    @Override
    public void onError(Throwable problem) {
        arrived.add(new StatusRuntimeException(Status.fromThrowable(problem), Status.trailersFromThrowable(problem)));
    }

    @Override
    public void onCompleted() {
        arrived.add(ENDED.asRuntimeException());
    }
}
