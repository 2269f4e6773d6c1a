package dev.macenv.server.rpc;

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
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A session's journal and its recording, told the same.
 *
 * @param journal what answers wait for
 * @param recording what gets the events
 */
record TwoScribes(Chronicle journal, Chronicle recording) implements Chronicle {
    @Override
    public Optional<View> eventsWanted() {
        return recording.eventsWanted();
    }

    private void both(Consumer<Chronicle> tell) {
        tell.accept(journal);
        tell.accept(recording);
    }

    @Override
    public void opened(Grant owner) {
        both(one -> one.opened(owner));
    }

    @Override
    public void joined(Grant grant, JoinRequest request) {
        both(one -> one.joined(grant, request));
    }

    @Override
    public void stands(Grant grant, Standing standing) {
        both(one -> one.stands(grant, standing));
    }

    @Override
    public void decided(Grant grant, Decisions decisions, Choices choices) {
        both(one -> one.decided(grant, decisions, choices));
    }

    @Override
    public void decidedForAbsent(Choices choices) {
        both(one -> one.decidedForAbsent(choices));
    }

    @Override
    public void truncated(int lane, int episode, int tick) {
        both(one -> one.truncated(lane, episode, tick));
    }

    @Override
    public void lookedAround() {
        both(Chronicle::lookedAround);
    }

    @Override
    public void reset(Session.ResetRequest request, List<EpisodeStart> started) {
        both(one -> one.reset(request, started));
    }

    @Override
    public void restored(int lane, byte[] snapshot, String requestId) {
        both(one -> one.restored(lane, snapshot, requestId));
    }

    @Override
    public void events(EventBatch rows) {
        recording.events(rows);
    }

    @Override
    public void closed(CloseCause cause) {
        both(one -> one.closed(cause));
    }

    /** A recording comes back by playing the whole journal again, so all of that stays. */
    @Override
    public boolean tooLong(boolean betweenEpisodes) {
        return false;
    }

    @Override
    public void sumUp(Supplier<byte[]> session) {
        throw new AssertionError("never too long");
    }

    @Override
    public void requireRoom() {
        journal.requireRoom();
    }

    @Override
    public void whenSafe(Runnable then, Consumer<RefusedException> otherwise) {
        journal.whenSafe(then, otherwise);
    }
}
