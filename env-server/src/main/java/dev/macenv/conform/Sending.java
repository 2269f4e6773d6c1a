package dev.macenv.conform;

import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request under way, whose answer may never come. */
sealed interface Sending {

    static Sending start(Channel channel, StepRequest request, boolean stream) {
        if (stream) {
            Line line = new Line(channel);
            line.send(request);
            return new OnStream(line);
        }
        return call(channel, request);
    }

    static AsCall call(Channel channel, StepRequest request) {
        CompletableFuture<StepResponse> answer = new CompletableFuture<>();
        SessionServiceGrpc.newStub(channel).step(request, new StreamObserver<>() {
            @Override
            public void onNext(StepResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable problem) {
                answer.completeExceptionally(problem);
            }

            @Override
            public void onCompleted() {}
        });
        return new AsCall(answer);
    }

    /** Waits until it has been answered, or has failed, or the check's patience is over. */
    void awaitEnd() throws InterruptedException;

    void giveUp();

    record AsCall(CompletableFuture<StepResponse> answer) implements Sending {
        /**
         * The answer.
         *
         * @throws StatusRuntimeException if it is a refusal
         */
        StepResponse await() throws InterruptedException {
            try {
                return answer.get(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new StatusRuntimeException(Status.fromThrowable(e), Status.trailersFromThrowable(e));
            } catch (TimeoutException e) {
                throw new Violation(
                        "session.proto, Step", "an answer", "within " + Trial.PATIENCE.toSeconds() + " s", "none");
            }
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            try {
                await();
            } catch (StatusRuntimeException end) {
                // What comes of a connection that was cut.
            }
        }

        @Override
        public void giveUp() {
            answer.cancel(true);
        }
    }

    record OnStream(Line line) implements Sending {
        @Override
        public void awaitEnd() throws InterruptedException {
            try {
                line.await();
            } catch (StatusRuntimeException end) {
                // What comes of a connection that was cut.
            }
        }

        @Override
        public void giveUp() {
            line.close();
        }
    }
}
