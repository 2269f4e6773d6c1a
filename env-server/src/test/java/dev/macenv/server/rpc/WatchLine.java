package dev.macenv.server.rpc;

import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/** The client's end of one Watch stream, which reads a message when it is asked to and not before. */
final class WatchLine implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final Inbox<WatchResponse> arrived = new Inbox<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> call;
    private @Nullable Object ended;

    WatchLine(Channel channel, WatchRequest request) {
        SessionServiceGrpc.newStub(channel).watch(request, this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
        stream.disableAutoRequestWithInitial(0);
        call = stream;
    }

    private ClientCallStreamObserver<WatchRequest> call() {
        ClientCallStreamObserver<WatchRequest> open = call;
        if (open == null) {
            throw new AssertionError("not started");
        }
        return open;
    }

    /** The next message; waits for it. */
    WatchResponse read() {
        Object next = next();
        if (next instanceof WatchResponse response) {
            return response;
        }
        throw new AssertionError("the stream ended in place of a message: " + next);
    }

    /** Messages that arrived without having been asked for, or more than one for each request. */
    int unread() {
        return arrived.size();
    }

    /** The next message, or the Throwable with which the stream ended. */
    Object next() {
        call().request(1);
        Object next = arrived.take();
        if (!(next instanceof WatchResponse)) {
            ended = next;
        }
        return next;
    }

    /** How the stream ended, when all messages have been read; OK if by itself. */
    StatusRuntimeException awaitEnd() {
        return Inbox.end(ended == null ? next() : ended);
    }

    void hangUp() {
        call().cancel("hung up", null);
    }

    @Override
    public void onNext(WatchResponse response) {
        arrived.onNext(response);
    }

    @Override
    public void onError(Throwable problem) {
        arrived.onError(problem);
    }

    @Override
    public void onCompleted() {
        arrived.onCompleted();
    }
}
