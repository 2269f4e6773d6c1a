package dev.macenv.server.rpc;

import dev.macenv.server.session.Grant;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.WatchNews;
import dev.macenv.server.session.WatchSink;
import dev.macenv.v1.SessionState;
import dev.macenv.v1.WatchResponse;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Watch stream. The session hands news over only while the transport has nothing of this stream waiting, so what is
 * buffered here is one message and the last one, however slowly the other side reads.
 *
 * <p>News come from the mailbox of the session, the end from anywhere; what changes the stream goes through {@link #turns}.
 */
final class WatchStream implements WatchSink {
    private static final Logger log = LoggerFactory.getLogger(WatchStream.class);

    private final Grant grant;
    private final ServerCallStreamObserver<WatchResponse> reader;
    private final SynchronizationContext turns =
            new SynchronizationContext((thread, problem) -> log.error("a Watch stream failed", problem));
    private volatile boolean ended; // written in turns, or by who cancels

    private WatchStream(Grant grant, ServerCallStreamObserver<WatchResponse> reader) {
        this.grant = grant;
        this.reader = reader;
    }

    /** Must be called before the handler returns. */
    static WatchStream open(Grant grant, ServerCallStreamObserver<WatchResponse> reader) {
        WatchStream stream = new WatchStream(grant, reader);
        reader.setOnReadyHandler(grant.session()::readerReady);
        reader.setOnCancelHandler(stream::cancelled);
        return stream;
    }

    private void cancelled() {
        ended = true;
        grant.session().unwatch(grant, this);
    }

    @Override
    public boolean ready() {
        return !ended && reader.isReady();
    }

    @Override
    public boolean gone() {
        return ended;
    }

    @Override
    public void send(WatchNews news) {
        Session session = grant.session();
        SessionState state = news.closed() ? SessionState.SESSION_STATE_CLOSED : SessionEndpoint.state(session);
        WatchResponse message = Messages.news(news, state);
        turns.execute(() -> {
            if (ended) {
                return;
            }
            reader.onNext(message);
            if (news.closed()) {
                ended = true;
                reader.onCompleted();
            }
        });
    }

    @Override
    public void end(RefusedException why) {
        turns.execute(() -> {
            if (!ended) {
                ended = true;
                reader.onError(Refusals.exception(why));
            }
        });
    }
}
