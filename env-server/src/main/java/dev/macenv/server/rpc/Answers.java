package dev.macenv.server.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers unary calls: with the result, or with the status of whatever was thrown instead. */
final class Answers {
    private Answers() {}

    static <T> void give(StreamObserver<T> answer, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            refuse(answer, e);
            return;
        }
        answer.onNext(result);
        answer.onCompleted();
    }

    static void refuse(StreamObserver<?> answer, Throwable problem) {
        answer.onError(Refusals.exception(Refusals.toldToCaller(problem)));
    }

    /** A caller that hangs up does not turn the work done for it into an error. Call before the handler returns. */
    static void outliveCaller(StreamObserver<?> answer) {
        if (answer instanceof ServerCallStreamObserver<?> call) {
            call.setOnCancelHandler(() -> {});
        }
    }
}
