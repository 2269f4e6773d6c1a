package dev.macenv.conform;

import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A spectator that reads only when it is told to. */
final class Watching implements ClientResponseObserver<WatchRequest, WatchResponse>, AutoCloseable {
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> stream;

    Watching(Channel channel, WatchRequest request) {
        SessionServiceGrpc.newStub(channel).watch(request, this);
    }

    /**
     * The next message, if one comes in time.
     *
     * @throws StatusRuntimeException if the stream ended instead; OK if by itself
     */
    Optional<WatchResponse> read(long millis) throws InterruptedException {
        stream().request(1);
        Object next = arrived.poll(millis, TimeUnit.MILLISECONDS);
        if (next instanceof StatusRuntimeException end) {
            throw end;
        }
        return Optional.ofNullable((WatchResponse) next);
    }

    private ClientCallStreamObserver<WatchRequest> stream() {
        ClientCallStreamObserver<WatchRequest> open = stream;
        if (open == null) {
            throw new AssertionError("gRPC calls beforeStart before it returns");
        }
        return open;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
        stream = call;
        call.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(WatchResponse response) {
        arrived.add(response);
    }

    @Override
    public void onError(Throwable problem) {
        arrived.add(new StatusRuntimeException(Status.fromThrowable(problem), Status.trailersFromThrowable(problem)));
    }

    @Override
    public void onCompleted() {
        arrived.add(Status.OK.asRuntimeException());
    }

    /** Hangs up. */
    @Override
    public void close() {
        stream().cancel("seen enough", null);
    }
}
