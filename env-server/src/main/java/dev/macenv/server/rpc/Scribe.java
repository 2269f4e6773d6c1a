package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Timestamps;
import dev.macenv.server.session.Choices;
import dev.macenv.server.session.Chronicle;
import dev.macenv.server.session.CloseCause;
import dev.macenv.server.session.Decisions;
import dev.macenv.server.session.EpisodeStart;
import dev.macenv.server.session.EventBatch;
import dev.macenv.server.session.Grant;
import dev.macenv.server.session.JoinRequest;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.Standing;
import dev.macenv.server.session.View;
import dev.macenv.v1.GrantState;
import dev.macenv.v1.RecordedClose;
import dev.macenv.v1.RecordedDecisions;
import dev.macenv.v1.RecordedGrant;
import dev.macenv.v1.RecordedLane;
import dev.macenv.v1.RecordedReset;
import dev.macenv.v1.RecordedTruncation;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingHeader;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what is told of a session as entries of a recording file, see {@code recording.proto}. {@link Retold} reads them. */
final class Scribe implements Chronicle {
    private static final Logger log = LoggerFactory.getLogger(Scribe.class);

    private final Store store;
    private final boolean secrets;
    private final Optional<View> events;
    private final Clock clock;
    private final int lanes;
    private long sequence;

    /** Where entries go. */
    interface Store {
        void append(byte[] entry);

        /** Whether the entries should begin anew with a sum of them, see {@link Chronicle#tooLong}. */
        boolean tooLong(boolean betweenEpisodes);

        /** Whether an entry of so many bytes is worth having as a sum. */
        boolean takesSum(int bytes);

        /** Adds an entry that is the sum of all before it. */
        void sumUp(byte[] entry);

        /** There is no sum, and will be none. */
        void noSum();

        void requireRoom();

        void whenSafe(Runnable then, Consumer<RefusedException> otherwise);

        /** Whether the session goes on elsewhere, or later, though it closes for this cause. */
        boolean outlives(CloseCause cause);

        /** The last entry has been appended. */
        void closed(CloseCause cause);
    }

    /**
     * @param secrets whether to write hashes of tokens and ids of requests, as journals have them
     * @param events the view in which rows of events are written; empty for none of them
     * @param lanes of the session
     * @param sequence number of the next entry
     */
    Scribe(Store store, boolean secrets, Optional<View> events, Clock clock, int lanes, long sequence) {
        this.store = store;
        this.secrets = secrets;
        this.events = events;
        this.clock = clock;
        this.lanes = lanes;
        this.sequence = sequence;
    }

    /** The first entry. */
    void header(RecordingHeader header) {
        write(RecordingEntry.newBuilder().setHeader(header));
    }

    /** A lane that began as a copy. */
    void start(RecordedLane lane) {
        write(RecordingEntry.newBuilder().setLane(lane));
    }

    private void write(RecordingEntry.Builder entry) {
        store.append(numbered(entry));
    }

    private byte[] numbered(RecordingEntry.Builder entry) {
        return entry.setSequence(sequence++).build().toByteArray();
    }

    @Override
    public Optional<View> eventsWanted() {
        return events;
    }

    @Override
    public void opened(Grant owner) {
        write(RecordingEntry.newBuilder().setGrant(grant(owner, GrantState.GRANT_STATE_HELD)));
    }

    @Override
    public void joined(Grant grant, JoinRequest request) {
        dev.macenv.v1.JoinRequest.Builder asked =
                Wishes.message(request, grant.session().invites());
        if (!secrets) {
            asked.clearRequestId();
        }
        write(RecordingEntry.newBuilder()
                .setGrant(grant(grant, GrantState.GRANT_STATE_HELD)
                        .setJoinRequest(asked.build().toByteString())));
    }

    private RecordedGrant.Builder grant(Grant grant, GrantState state) {
        RecordedGrant.Builder message = RecordedGrant.newBuilder()
                .setGrant(grant.number())
                .addAllSeats(grant.seats())
                .setGrantState(state.getNumber())
                .setLease(Messages.duration(grant.lease()));
        if (secrets) {
            message.setTokenSha256(ByteString.copyFrom(HexFormat.of().parseHex(grant.digest())));
        }
        return message;
    }

    @Override
    public void stands(Grant grant, Standing standing) {
        GrantState state = switch (standing) {
            case HELD -> GrantState.GRANT_STATE_HELD;
            case LAPSED -> GrantState.GRANT_STATE_LAPSED;
            case GIVEN_BACK -> GrantState.GRANT_STATE_UNSPECIFIED;
        };
        write(RecordingEntry.newBuilder()
                .setGrant(RecordedGrant.newBuilder().setGrant(grant.number()).setGrantState(state.getNumber())));
    }

    @Override
    public void decided(Grant grant, Decisions decisions, Choices choices) {
        write(RecordingEntry.newBuilder()
                .setDecisions(columns(choices)
                        .setGrant(grant.number())
                        .setStepId(decisions.stepId())
                        .setMaxTicks(decisions.maxTicks())
                        .setMinReady(decisions.minReady())));
    }

    @Override
    public void decidedForAbsent(Choices choices) {
        write(RecordingEntry.newBuilder().setDecisions(columns(choices)));
    }

    @Override
    public void lookedAround() {
        write(RecordingEntry.newBuilder().setDecisions(RecordedDecisions.getDefaultInstance()));
    }

    private static RecordedDecisions.Builder columns(Choices choices) {
        RecordedDecisions.Builder message = RecordedDecisions.newBuilder();
        boolean anyAbsent = false;
        for (int row = 0; row < choices.rows(); row++) {
            message.addLane(choices.lane()[row])
                    .addEpisode(choices.episode()[row])
                    .addTick(choices.tick()[row])
                    .addSeat(choices.seat()[row])
                    .addAction(choices.action()[row]);
            anyAbsent |= choices.absent()[row] != 0;
        }
        return anyAbsent ? message.setAbsent(UnsafeByteOperations.unsafeWrap(choices.absent())) : message;
    }

    @Override
    public void truncated(int lane, int episode, int tick) {
        write(RecordingEntry.newBuilder()
                .setTruncation(RecordedTruncation.newBuilder()
                        .setLane(lane)
                        .setEpisode(episode)
                        .setTick(tick)));
    }

    @Override
    public void reset(Session.ResetRequest request, List<EpisodeStart> started) {
        RecordedReset.Builder message = RecordedReset.newBuilder().addAllLaneSeeds(request.laneSeeds());
        if (secrets) {
            message.setRequestId(request.requestId());
        }
        started.forEach(start -> message.addStarted(Messages.episodeStart(start)));
        write(RecordingEntry.newBuilder().setReset(message));
    }

    @Override
    public void restored(int lane, byte[] snapshot, String requestId) {
        write(RecordingEntry.newBuilder()
                .setLane(RecordedLane.newBuilder()
                        .setLane(lane)
                        .setSnapshot(ByteString.copyFrom(snapshot))
                        .setCause(secrets ? requestId : "")));
    }

    @Override
    public void events(EventBatch rows) {
        write(RecordingEntry.newBuilder().setEvents(Messages.events(rows)));
    }

    @Override
    public void closed(CloseCause cause) {
        if (!store.outlives(cause)) {
            write(RecordingEntry.newBuilder()
                    .setClose(RecordedClose.newBuilder()
                            .setCause(cause.name())
                            .setClosed(Timestamps.fromMillis(clock.millis()))));
        }
        store.closed(cause);
    }

    @Override
    public boolean tooLong(boolean betweenEpisodes) {
        return store.tooLong(betweenEpisodes);
    }

    @Override
    public void sumUp(Supplier<byte[]> session) {
        byte[] saved;
        try {
            saved = session.get();
        } catch (RefusedException refused) {
            log.warn("a journal is not shortened, since its session cannot be saved: {}", refused.getMessage());
            store.noSum();
            return;
        }
        if (!store.takesSum(saved.length)) {
            log.warn("a journal is not shortened, since its session saved has {} bytes", saved.length);
            store.noSum();
            return;
        }
        // The lane behind the last one stands for all of the session.
        store.sumUp(numbered(RecordingEntry.newBuilder()
                .setLane(
                        RecordedLane.newBuilder().setLane(lanes).setSnapshot(UnsafeByteOperations.unsafeWrap(saved)))));
    }

    @Override
    public void requireRoom() {
        store.requireRoom();
    }

    @Override
    public void whenSafe(Runnable then, Consumer<RefusedException> otherwise) {
        store.whenSafe(then, otherwise);
    }
}
