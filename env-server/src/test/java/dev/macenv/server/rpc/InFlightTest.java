package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens while lanes run: the environment is held up until the test lets it go. */
final class InFlightTest {
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final EnvironmentServer server =
            Transports.IN_PROCESS.start(Catalog.of(new RelayProvider(this::holdUp)), ServerOptions.standard());
    private final ManagedChannel channel = Transports.IN_PROCESS.connect(server);
    private final Player player = Player.create(channel, Player.relay(1, 5));
    private final SessionServiceGrpc.SessionServiceFutureStub later = SessionServiceGrpc.newFutureStub(channel);

    private double holdUp() {
        running.countDown();
        await(released);
        return 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stopServer() {
        released.countDown();
        channel.shutdownNow();
        server.close();
    }

    private StepRequest decisions() {
        return player.decisions(player.rows(player.collect())).build();
    }

    @Test
    void anotherUnaryStepIsRefusedAndTheSameOneAttaches()
            throws InterruptedException, ExecutionException, TimeoutException {
        StepRequest request = decisions();
        ListenableFuture<StepResponse> first = later.step(request);
        await(running);
        Refused.by(() -> player.stub.step(request.toBuilder().setStepId(3).build()))
                .is(Code.ABORTED, "STEP_IN_FLIGHT")
                .metadata("step_id", "2");
        ListenableFuture<StepResponse> second = later.step(request);
        released.countDown();
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(first.get(60, TimeUnit.SECONDS));
    }

    @Test
    void aDeadlineThatPassesLosesNoWork() {
        StepRequest request = decisions();
        do { // a deadline may pass before the server has seen the request
            StatusRuntimeException late = org.assertj.core.api.Assertions.catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> player.stub
                            .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                            .step(request));
            assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        } while (running.getCount() > 0);
        released.countDown();
        StepResponse collected = player.stub.step(request);
        assertThat(collected.getEvents().getRows()).isPositive();
        assertThat(player.stub
                        .getSession(GetSessionRequest.newBuilder()
                                .setSession(request.getSession())
                                .setToken(request.getToken())
                                .build())
                        .getGrant()
                        .getLastStepId())
                .isEqualTo(2);
    }

    @Test
    void aFloodedStreamSaysSoInItsTurnAndLivesOn() {
        StepRequest request = decisions();
        player.onStream();
        PlayLine line = player.line();
        line.send(request);
        await(running);
        for (long id = 3; id <= 5; id++) {
            line.send(request.toBuilder()
                    .clearLane()
                    .clearSeat()
                    .clearAction()
                    .setStepId(id)
                    .build());
        }
        released.countDown();
        List<StepResponse> answers = List.of(line.await(), line.await(), line.await(), line.await());
        assertThat(answers).extracting(StepResponse::getStepId).containsExactly(2L, 3L, 4L, 5L);
        assertThat(answers.get(0).hasError()).isFalse();
        assertThat(answers.get(1).hasError()).isFalse();
        Refused.in(answers.get(2))
                .is(Code.RESOURCE_EXHAUSTED, "TOO_MANY_OUTSTANDING")
                .quota();
    }

    /** Otherwise its answers would pile up in the server. */
    @Test
    void whoDoesNotReadItsAnswersIsNotAskedForMoreRequests() {
        released.countDown();
        Inbox<StepResponse> arrived = new Inbox<>();
        CompletableFuture<ClientCallStreamObserver<StepRequest>> started = new CompletableFuture<>();
        SessionServiceGrpc.newStub(channel).play(new ClientResponseObserver<StepRequest, StepResponse>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<StepRequest> stream) {
                stream.disableAutoRequestWithInitial(0);
                started.complete(stream);
            }

            @Override
            public void onNext(StepResponse response) {
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
        });
        ClientCallStreamObserver<StepRequest> call = started.join();
        int most = SessionLimits.STANDARD.outstanding() + 1;
        for (int step = 1; step <= most; step++) {
            call.onNext(player.request().setStepId(step).build());
            while (lastStepId() < step) {
                Thread.onSpinWait(); // it is on its way
            }
        }
        call.onNext(player.request().setStepId(most + 1).build());
        Player other = Player.create(channel, Player.relay(1, 5));
        StepResponse last = other.collect();
        for (int i = 0; i < 50; i++) {
            last = other.answer(other.rows(last));
        }
        assertThat(lastStepId()).as("steps taken while nothing is read").isEqualTo(most);
        call.request(most + 1);
        for (int step = 1; step <= most + 1; step++) {
            StepResponse answer = (StepResponse) arrived.take();
            assertThat(answer.getStepId()).isEqualTo(step);
            assertThat(answer.hasError()).as("%s", answer.getError()).isFalse();
        }
    }

    private long lastStepId() {
        return player.stub
                .getSession(GetSessionRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .getGrant()
                .getLastStepId();
    }
}
