package dev.macenv.client.rpc;

import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Deadline;

/** Carries one step to the server and its answer back, once. */
interface StepCaller {

    /**
     * Sends the request, so that {@link #call} with the same one has less to wait for. May as well do nothing.
     *
     * @param request without session and token
     */
    void send(StepRequest request);

    /**
     * Sends the request, unless {@link #send} has just done so, and waits for the answer.
     *
     * @param request without session and token
     * @throws io.grpc.StatusRuntimeException if the server refused, the connection broke, or the deadline passed
     */
    StepResponse call(StepRequest request, Deadline deadline);

    /** Lets go of what is open. Never throws. */
    void close();
}
