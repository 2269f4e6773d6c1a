package dev.macenv.server.rpc;

import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** The client's end of one Play stream. */
final class PlayLine {
    private final Inbox<StepResponse> arrived = new Inbox<>();
    private final StreamObserver<StepRequest> requests;

    PlayLine(Channel channel) {
        requests = SessionServiceGrpc.newStub(channel).play(arrived);
    }

    PlayLine send(StepRequest request) {
        requests.onNext(request);
        return this;
    }

    StepResponse await() {
        Object next = arrived.take();
        if (next instanceof StepResponse response) {
            return response;
        }
        if (next instanceof Throwable end) {
            throw Inbox.end(end);
        }
        throw new AssertionError("the stream ended in place of an answer");
    }

    /** The next answer if it has come, else null. */
    @Nullable
    StepResponse poll() {
        return arrived.size() == 0 ? null : await();
    }

    /** How the stream ended; OK if by itself. */
    StatusRuntimeException awaitEnd() {
        return Inbox.end(arrived.take());
    }

    void halfClose() {
        requests.onCompleted();
    }

    void hangUp() {
        requests.onError(Status.CANCELLED.asRuntimeException());
    }
}
