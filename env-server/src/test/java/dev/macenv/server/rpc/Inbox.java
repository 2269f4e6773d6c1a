package dev.macenv.server.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What arrives on a stream, until somebody takes it: messages, then {@link #OK} or the Throwable with which it ended. */
final class Inbox<T> implements StreamObserver<T> {
    private static final Object OK = new Object();

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();

    int size() {
        return arrived.size();
    }

    Object take() {
        try {
            Object next = arrived.poll(60, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing within 60 seconds");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** How the stream ended, of what was taken last; OK if by itself. */
    static StatusRuntimeException end(Object taken) {
        if (taken == OK) {
            return Status.OK.asRuntimeException();
        }
        if (taken instanceof Throwable end) {
            return new StatusRuntimeException(Status.fromThrowable(end), Status.trailersFromThrowable(end));
        }
        throw new AssertionError("a message in place of the end: " + taken);
    }

    @Override
    public void onNext(T message) {
        arrived.add(message);
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
