package dev.macenv.server.rpc;

import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The client's end of one Play stream. */
final class PlayLine implements StreamObserver<StepResponse> {
    private static final Object OK = new Object();

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final StreamObserver<StepRequest> requests;

    PlayLine(Channel channel) {
        requests = SessionServiceGrpc.newStub(channel).play(this);
    }

    PlayLine send(StepRequest request) {
        requests.onNext(request);
        return this;
    }

    StepResponse await() {
        Object next = take();
        if (next instanceof StepResponse response) {
            return response;
        }
        if (next instanceof Throwable end) {
            throw Status.fromThrowable(end).asRuntimeException();
        }
        throw new AssertionError("the stream ended in place of an answer");
    }

    /** How the stream ended; OK if by itself. */
    StatusRuntimeException awaitEnd() {
        Object next = take();
        if (next == OK) {
            return Status.OK.asRuntimeException();
        }
        if (next instanceof Throwable end) {
            return new StatusRuntimeException(Status.fromThrowable(end), Status.trailersFromThrowable(end));
        }
        throw new AssertionError("an answer in place of the end: " + next);
    }

    private Object take() {
        try {
            Object next = arrived.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no answer within 20 seconds");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void halfClose() {
        requests.onCompleted();
    }

    void hangUp() {
        requests.onError(Status.CANCELLED.asRuntimeException());
    }

    @Override
    public void onNext(StepResponse response) {
        arrived.add(response);
    }

    @Override
    public void onError(Throwable problem) {
        arrived.add(problem);
    }

    @Override
    public void onCompleted() {
        arrived.add(OK);
    }
}
