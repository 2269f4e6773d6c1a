package dev.macenv.client.rpc;

import dev.macenv.client.Events;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.TeamSpec;
import dev.macenv.client.Watch;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.SessionState;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One Watch stream at a time. It asks for a message when somebody wants it, so that what piles up is left out by the server. */
final class GrpcWatch implements Watch {

    private final Persistence persistence;
    private final SessionServiceGrpc.SessionServiceBlockingStub stub;
    private final WatchRequest request;
    private final TeamSpec spec;

    private volatile Context.@Nullable CancellableContext call;
    private volatile boolean closed;
    private @Nullable Iterator<WatchResponse> stream;
    private @Nullable WatchResponse fetched;
    private boolean brought; // by this stream
    private boolean begun; // by any
    private boolean stood; // the stream that broke
    private boolean last;
    private long dropped;

    GrpcWatch(
            Persistence persistence,
            SessionServiceGrpc.SessionServiceBlockingStub stub,
            WatchRequest request,
            TeamSpec spec) {
        this.persistence = persistence;
        this.stub = stub;
        this.request = request;
        this.spec = spec;
    }

    @Override
    public boolean hasNext() {
        if (fetched == null && !last && !closed) {
            WatchResponse news = news().orElse(null);
            fetched = news;
            last = news == null || news.getState() == SessionState.SESSION_STATE_CLOSED;
        }
        return fetched != null;
    }

    /** Patience is for a server that cannot be reached: it begins when a stream breaks that had brought something. */
    private Optional<WatchResponse> news() {
        while (true) {
            stood = false;
            try {
                return persistence.call(deadline -> fetch());
            } catch (ServerUnavailableException e) {
                if (!stood) {
                    throw e;
                }
            } catch (RequestRefusedException e) {
                if (begun && e.reason().equals("SESSION_CLOSED")) {
                    return Optional.empty(); // between two connections, so that nobody could say it
                }
                throw e;
            }
        }
    }

    /** The next message, unless there is none any more. Has no deadline: news may be long in coming. */
    private Optional<WatchResponse> fetch() {
        try {
            Iterator<WatchResponse> open = stream;
            if (open == null) {
                brought = false;
                open = open();
                stream = open;
            }
            if (!open.hasNext()) {
                return Optional.empty();
            }
            brought = true;
            begun = true;
            return Optional.of(open.next());
        } catch (StatusRuntimeException e) {
            stream = null; // another attempt opens another
            stood |= brought;
            if (closed) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Iterator<WatchResponse> open() {
        Context.CancellableContext context = Context.current().withCancellation();
        call = context;
        Context before = context.attach();
        try {
            return stub.watch(request);
        } finally {
            context.detach(before);
            if (closed) {
                context.cancel(null);
            }
        }
    }

    @Override
    public Events next() {
        WatchResponse news = hasNext() ? fetched : null;
        if (news == null) {
            throw new NoSuchElementException("the session has closed");
        }
        fetched = null;
        dropped = news.getDroppedRows();
        return Persistence.understood(() -> Translation.events(spec, news));
    }

    @Override
    public long droppedRows() {
        return dropped;
    }

    @Override
    public void close() {
        closed = true;
        Context.CancellableContext open = call;
        if (open != null) {
            open.cancel(null);
        }
    }
}
