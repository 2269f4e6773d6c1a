package dev.macenv.server.rpc;

import dev.macenv.server.session.Decisions;
import dev.macenv.server.session.Grant;
import dev.macenv.server.session.OpenStream;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.Sessions;
import dev.macenv.server.session.StepAnswer;
import dev.macenv.server.session.StepResult;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Play stream: steps of one grant, answered in order.
 *
 * <p>Requests arrive on the transport's thread, are worked on in the mailbox of the session, which keeps their order, and
 * are answered from whichever thread runs the mailbox. What changes the stream itself goes through {@link #turns}, so no
 * lock is held while a message is handed to the transport.
 *
 * <p>Flow control: the transport is asked for one message more than may be unanswered, and for another for each answer once
 * the transport takes more. So a client that floods the stream is told so once and then held back, one that does not read its
 * answers is held back, too, and the bytes buffered here are bounded.
 */
final class PlayStream implements StreamObserver<StepRequest>, OpenStream {
    private static final Logger log = LoggerFactory.getLogger(PlayStream.class);

    private final Sessions sessions;
    private final ServerCallStreamObserver<StepResponse> answers;
    private final SynchronizationContext turns =
            new SynchronizationContext((thread, problem) -> log.error("a Play stream failed", problem));

    private @Nullable Grant grant; // touched by the transport's thread only
    private String session = "";
    private String token = "";

    private final AtomicInteger outstanding = new AtomicInteger();
    private int unasked; // requests that have been answered, and for which none has been asked for yet; in turns
    private boolean halfClosed; // in turns
    private volatile boolean ended; // written in turns

    private PlayStream(Sessions sessions, ServerCallStreamObserver<StepResponse> answers) {
        this.sessions = sessions;
        this.answers = answers;
    }

    static PlayStream open(Sessions sessions, ServerCallStreamObserver<StepResponse> answers) {
        PlayStream stream = new PlayStream(sessions, answers);
        answers.disableAutoRequest();
        answers.setOnCancelHandler(stream::cancelled);
        answers.setOnReadyHandler(() -> stream.turns.execute(stream::askForMore));
        answers.request(sessions.limits().outstanding() + 1);
        sessions.opened(stream);
        return stream;
    }

    // ------------------------------------------------------------------------------------------------ requests

    @Override
    public void onNext(StepRequest request) {
        Grant player = grant;
        if (player == null) {
            if (ended) {
                return; // and attaches to nothing any more
            }
            try {
                player = enter(request);
            } catch (RuntimeException | Error e) {
                end(Refusals.toldToCaller(e));
                return;
            }
        }
        forward(player, request);
    }

    private void forward(Grant player, StepRequest request) {
        boolean flood = outstanding.getAndIncrement() >= sessions.limits().outstanding();
        try {
            RefusedException refusal = flood ? flooded() : refusalOf(request);
            Decisions decisions = Messages.decisions(request);
            Session playing = player.session();
            StreamAnswer answer = new StreamAnswer(request.getStepId());
            if (refusal == null) {
                playing.submitInStream(
                        SessionEndpoint.lanesToRun(playing, decisions), () -> playing.step(player, decisions, answer));
            } else {
                playing.submitInStream(0, () -> playing.refuse(player, decisions, answer, refusal));
            }
        } catch (RuntimeException | Error e) {
            end(Refusals.toldToCaller(e));
        }
    }

    private Grant enter(StepRequest first) {
        if (TolerantRequests.isMalformed(first)) {
            throw TolerantRequests.malformed();
        }
        Grant entered = sessions.authenticate(first.getSession(), first.getToken());
        session = first.getSession();
        token = first.getToken();
        grant = entered;
        entered.attach(this);
        sessions.named(this);
        return entered;
    }

    private @Nullable RefusedException refusalOf(StepRequest request) {
        if (TolerantRequests.isMalformed(request)) {
            return TolerantRequests.malformed();
        }
        return namesThisSession(request) ? null : otherSession();
    }

    private boolean namesThisSession(StepRequest request) {
        return (request.getSession().isEmpty() || request.getSession().equals(session))
                && (request.getToken().isEmpty() || request.getToken().equals(token));
    }

    private static RefusedException otherSession() {
        return RefusedException.field(
                Reason.INVALID_FIELD,
                "session",
                "not the one of this stream (expected: nothing, or what the first message said)");
    }

    private RefusedException flooded() {
        int limit = sessions.limits().outstanding();
        return RefusedException.quota(
                        Reason.TOO_MANY_OUTSTANDING,
                        "unanswered requests on Play",
                        "more than " + limit + " (await an answer before sending more)",
                        null)
                .with("limit", limit);
    }

    @Override
    public void onError(Throwable problem) {
        cancelled();
    }

    @Override
    public void onCompleted() {
        turns.execute(() -> {
            halfClosed = true;
            completeIfDone();
        });
    }

    private void cancelled() {
        turns.execute(() -> {
            ended = true;
            leave();
        });
    }

    // ------------------------------------------------------------------------------------------------ answers

    /** Whoever sent one request on this stream. */
    private final class StreamAnswer implements StepAnswer {
        private final long stepId;

        StreamAnswer(long stepId) {
            this.stepId = stepId;
        }

        @Override
        public void answered(StepResult result) {
            StepResponse response;
            try {
                response = Messages.stepResponse(result);
            } catch (RuntimeException | Error e) {
                refused(e);
                return;
            }
            send(response);
        }

        @Override
        public void refused(Throwable why) {
            RefusedException told = Refusals.toldToCaller(why);
            if (Refusals.endsStream(told)) {
                end(told);
            } else {
                send(Messages.refusal(stepId, told));
            }
        }

        @Override
        public boolean gone() {
            return ended;
        }
    }

    private void send(StepResponse response) {
        turns.execute(() -> {
            outstanding.decrementAndGet();
            if (!ended) {
                answers.onNext(response);
                unasked++;
                askForMore();
                completeIfDone();
            }
        });
    }

    /** Whoever does not read its answers is not asked for more. */
    private void askForMore() {
        if (unasked > 0 && !ended && answers.isReady()) {
            answers.request(unasked);
            unasked = 0;
        }
    }

    private void completeIfDone() {
        if (halfClosed && outstanding.get() == 0 && !ended) {
            ended = true;
            leave();
            answers.onCompleted();
        }
    }

    @Override
    public void end(RefusedException why) {
        turns.execute(() -> {
            if (!ended) {
                ended = true;
                leave();
                answers.onError(Refusals.exception(why));
            }
        });
    }

    private void leave() {
        sessions.named(this);
        Grant left = grant;
        if (left != null) {
            left.detach(this);
        }
    }
}
