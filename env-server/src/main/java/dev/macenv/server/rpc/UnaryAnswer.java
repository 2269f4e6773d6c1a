package dev.macenv.server.rpc;

import dev.macenv.server.session.Grant;
import dev.macenv.server.session.StepAnswer;
import dev.macenv.server.session.StepResult;
import dev.macenv.v1.StepResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The caller of one unary step. A caller that hangs up, or whose deadline passes, ends its call and not the step, whose
 * answer is kept for whoever asks again.
 */
final class UnaryAnswer implements StepAnswer {
    private final Grant grant;
    private final StreamObserver<StepResponse> caller;
    private final AtomicBoolean over = new AtomicBoolean();

    /** Announce the call to the grant first. Must be made before the handler returns. */
    UnaryAnswer(Grant grant, StreamObserver<StepResponse> caller) {
        this.grant = grant;
        this.caller = caller;
        if (caller instanceof ServerCallStreamObserver<?> call) {
            call.setOnCancelHandler(this::end);
        }
    }

    private boolean end() {
        boolean first = over.compareAndSet(false, true);
        if (first) {
            grant.endUnary(); // before the answer, which may bring the next request at once
        }
        return first;
    }

    @Override
    public void answered(StepResult result) {
        if (end()) {
            caller.onNext(Messages.stepResponse(result));
            caller.onCompleted();
        }
    }

    @Override
    public void refused(Throwable why) {
        if (end()) {
            Answers.refuse(caller, why);
        }
    }

    @Override
    public boolean gone() {
        return over.get();
    }
}
