package dev.macenv.client.rpc;

import dev.macenv.client.SessionKey;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import io.grpc.Deadline;

/** Steps as one call each. */
final class UnaryStep implements StepCaller {

    private final SessionServiceGrpc.SessionServiceBlockingStub stub;
    private final SessionKey key;

    UnaryStep(Channel channel, SessionKey key) {
        this.stub = SessionServiceGrpc.newBlockingStub(channel);
        this.key = key;
    }

    @Override
    public void send(StepRequest request) {}

    @Override
    public StepResponse call(StepRequest request, Deadline deadline) {
        return stub.withDeadline(deadline)
                .step(request.toBuilder()
                        .setSession(key.session())
                        .setToken(key.token())
                        .build());
    }

    @Override
    public void close() {}
}
