package dev.macenv.client.rpc;

import dev.macenv.client.SessionKey;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Steps on one long-lived {@code Play} stream. Opened by the first step, and opened again by the next step after it
 * broke; the server then displaces the old one, if it has not noticed yet. One request is under way at a time, so the
 * stream needs no flow control.
 */
final class StepStream implements StepCaller {

    private final SessionServiceGrpc.SessionServiceStub stub;
    private final SessionKey key;
    private @Nullable Stream live;
    private long sent; // number of the step that is on the live stream and not waited for yet; 0 for none

    StepStream(Channel channel, SessionKey key) {
        this.stub = SessionServiceGrpc.newStub(channel);
        this.key = key;
    }

    @Override
    public void send(StepRequest request) {
        Stream stream = live;
        StepRequest message = request;
        if (stream == null || stream.hasEnded()) {
            stream = new Stream();
            live = stream;
            stub.play(stream);
            message = request.toBuilder()
                    .setSession(key.session())
                    .setToken(key.token())
                    .build();
        }
        try {
            stream.send(message);
        } catch (RuntimeException e) {
            drop(stream);
            throw e;
        }
        sent = request.getStepId();
    }

    @Override
    public StepResponse call(StepRequest request, Deadline deadline) {
        if (sent != request.getStepId()) {
            send(request);
        }
        sent = 0;
        Stream stream = Objects.requireNonNull(live, "live");
        StepResponse response;
        try {
            response = stream.await(deadline);
        } catch (StatusRuntimeException e) {
            drop(stream);
            throw stream.displacedByAnOlderOne(e) ? late(e) : e;
        } catch (RuntimeException e) {
            drop(stream);
            throw e;
        }
        if (response.getStepId() != request.getStepId()) {
            drop(stream);
            throw Status.INTERNAL
                    .withDescription("step_id of the answer: " + response.getStepId() + " (expected: "
                            + request.getStepId() + ")")
                    .asRuntimeException();
        }
        if (response.hasError()) {
            throw StatusProto.toStatusRuntimeException(response.getError());
        }
        return response;
    }

    @Override
    public void close() {
        Stream stream = live;
        if (stream != null) {
            stream.finish();
            live = null;
        }
    }

    /** What broke the connection before may have let its last request through, after the first one of this stream. */
    private static StatusRuntimeException late(StatusRuntimeException displaced) {
        return Status.UNAVAILABLE
                .withDescription("an older stream of this session took over, whose request came late")
                .withCause(displaced)
                .asRuntimeException();
    }

    private void drop(Stream stream) {
        stream.abandon();
        live = null;
    }

    /**
     * One stream. The thread that plays sends and parks; the transport's thread delivers and wakes it. Both outcomes
     * are volatile and written before the wake-up, so no lock is needed.
     */
    private static final class Stream implements ClientResponseObserver<StepRequest, StepResponse> {

        private @Nullable ClientCallStreamObserver<StepRequest> requests;
        private volatile @Nullable Thread waiting;
        private volatile @Nullable StepResponse response;
        private volatile @Nullable StatusRuntimeException end;
        private boolean answered; // for the thread that plays

        void send(StepRequest message) {
            response = null;
            requests().onNext(message);
        }

        StepResponse await(Deadline deadline) {
            waiting = Thread.currentThread(); // before looking: who delivers afterwards wakes it
            try {
                return delivered(deadline);
            } finally {
                waiting = null;
            }
        }

        private StepResponse delivered(Deadline deadline) {
            while (true) {
                StepResponse answer = response;
                if (answer != null) {
                    answered = true;
                    return answer;
                }
                StatusRuntimeException failure = end;
                if (failure != null) {
                    throw failure;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw Persistence.interrupted(new InterruptedException());
                }
                long nanos = deadline.timeRemaining(TimeUnit.NANOSECONDS);
                if (nanos <= 0) {
                    throw Persistence.timedOut();
                }
                LockSupport.parkNanos(this, nanos);
            }
        }

        /** Whoever takes over from a client takes over a stream that has been answered; as good as always. */
        boolean displacedByAnOlderOne(StatusRuntimeException failure) {
            return !answered && Failures.reason(failure).equals("SUPERSEDED");
        }

        boolean hasEnded() {
            return end != null;
        }

        void finish() {
            if (end == null) {
                requests().onCompleted();
            }
        }

        void abandon() {
            requests().cancel("given up by the client", null);
        }

        private ClientCallStreamObserver<StepRequest> requests() {
            return Objects.requireNonNull(requests, "requests");
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<StepRequest> requestStream) {
            requests = requestStream;
        }

        @Override
        public void onNext(StepResponse value) {
            response = value;
            LockSupport.unpark(waiting);
        }

        @Override
        public void onError(Throwable t) {
            end = t instanceof StatusRuntimeException status
                    ? status
                    : Status.fromThrowable(t).asRuntimeException();
            LockSupport.unpark(waiting);
        }

        @Override
        public void onCompleted() {
            end = Status.UNAVAILABLE
                    .withDescription("the server ended the stream")
                    .asRuntimeException();
            LockSupport.unpark(waiting);
        }
    }
}
