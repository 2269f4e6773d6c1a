package dev.macenv.server.rpc;

import dev.macenv.recording.Frames;
import dev.macenv.server.journal.Journal;
import dev.macenv.server.session.CloseCause;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Entries go into a journal, and nothing leaves before they are safe. A journal that cannot be written, or has grown too
 * long, lets nothing new begin.
 *
 * @param most bytes of the journal
 */
record JournalStore(Journal journal, long most) implements Scribe.Store {
    @Override
    public void append(byte[] entry) {
        journal.append(entry);
    }

    @Override
    public boolean tooLong(boolean betweenEpisodes) {
        return journal.tooLong(betweenEpisodes);
    }

    @Override
    public boolean takesSum(int bytes) {
        return bytes < Math.min(most, Frames.LONGEST_PAYLOAD) / 2;
    }

    @Override
    public void sumUp(byte[] entry) {
        journal.shorten(entry);
    }

    @Override
    public void noSum() {
        journal.neverShorten();
    }

    @Override
    public void requireRoom() {
        var trouble = journal.trouble();
        if (trouble.isPresent()) {
            throw unwritable(trouble.get());
        }
        if (journal.length() >= most) {
            journal.shortenAgain();
            throw RefusedException.quota(
                            Reason.CAPACITY_REACHED,
                            "bytes of the session's journal",
                            "it is full (limit: " + most + "; close the session and create another)",
                            null)
                    .with("limit", "journal");
        }
    }

    @Override
    public void whenSafe(Runnable then, Consumer<RefusedException> otherwise) {
        journal.whenSafe(then, trouble -> otherwise.accept(unwritable(trouble)));
    }

    static RefusedException unwritable(IOException trouble) {
        return RefusedException.quota(
                        Reason.CAPACITY_REACHED,
                        "journal",
                        "it cannot be written now: " + trouble.getMessage()
                                + " (the session goes on when it can be; send the same request again)",
                        Duration.ofSeconds(1))
                .with("limit", "journal");
    }

    @Override
    public boolean outlives(CloseCause cause) {
        return cause == CloseCause.SERVER_SHUTDOWN;
    }

    @Override
    public void closed(CloseCause cause) {
        journal.end(!outlives(cause));
    }
}
