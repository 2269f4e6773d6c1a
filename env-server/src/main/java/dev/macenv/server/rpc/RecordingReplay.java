package dev.macenv.server.rpc;

import dev.macenv.recording.Frames;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.Recording;
import dev.macenv.server.session.Chronicle;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.Replay;
import dev.macenv.server.session.ReplayException;
import dev.macenv.server.session.Revival;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.session.Sessions;
import dev.macenv.v1.RecordingEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plays a recording again, records that, and compares the two byte by byte. */
public final class RecordingReplay {
    private final Catalog catalog;

    /**
     * What came of a file.
     *
     * @param session that was recorded
     * @param environment its id
     * @param entries that are equal
     * @param rows of events among them
     * @param cutOff bytes behind the last sound entry
     * @param difference the first entry that differs, in words; empty if none does
     */
    public record Report(
            String session, String environment, int entries, long rows, long cutOff, Optional<String> difference) {}

    public RecordingReplay(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Plays a recording again.
     *
     * @throws IOException if it is none, or cannot be read
     * @throws RefusedException if its environment is not registered, or is refused its settings
     */
    public Report verify(InputStream file) throws IOException {
        byte[] bytes = file.readAllBytes();
        Frames.Reader reader = new Frames.Reader(new ByteArrayInputStream(bytes));
        List<byte[]> records = records(reader);
        Retold retold = Retold.of(records);
        if (!retold.header().hasOptions()) {
            throw new IOException("a journal (expected: a recording; the server plays its journals again by itself)");
        }
        Recording again = new Recording(Long.MAX_VALUE);
        Optional<String> failure = Optional.empty();
        try {
            play(retold, again);
        } catch (ReplayException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
        List<byte[]> played = records(new Frames.Reader(
                new ByteArrayInputStream(again.read(0, (int) Math.min(again.length(), Integer.MAX_VALUE)))));
        int equal = 0;
        long rows = 0;
        List<RecordingEntry> entries = retold.entries();
        while (equal < Math.min(records.size(), played.size())
                && Arrays.equals(records.get(equal), played.get(equal))) {
            rows += entries.get(equal).getEvents().getRows();
            equal++;
        }
        int toPlay = entries.size() - (retold.closed() ? 1 : 0); // nobody closes it here
        // What the server did last, and a full recording has no room for, is no difference.
        Optional<String> difference =
                equal == toPlay ? Optional.empty() : Optional.of(difference(equal, entries, played));
        return new Report(
                retold.header().getSession(),
                retold.header().getSpec().getId(),
                equal,
                rows,
                bytes.length - reader.soundBytes(),
                difference.isEmpty() || failure.isEmpty()
                        ? difference
                        : Optional.of(difference.get() + "; " + failure.get()));
    }

    private static String difference(int index, List<RecordingEntry> entries, List<byte[]> played) throws IOException {
        String recorded = entries.get(index).getEntryCase().name();
        if (index >= played.size()) {
            return "entry " + index + ": recorded " + recorded + ", played nothing";
        }
        return "entry " + index + ": recorded " + recorded + ", played "
                + RecordingEntry.parseFrom(played.get(index)).getEntryCase().name() + " with other content";
    }

    private static List<byte[]> records(Frames.Reader reader) throws IOException {
        List<byte[]> records = new ArrayList<>();
        for (byte @Nullable [] record = reader.next(); record != null; record = reader.next()) {
            records.add(record);
        }
        return records;
    }

    private void play(Retold retold, Recording again) throws IOException {
        SessionLimits limits = SessionLimits.STANDARD;
        Recordings recordings = new Recordings(limits.recordings());
        Sessions sessions = new Sessions(limits, Runnable::run, System::nanoTime, (nanos, work) -> {});
        CreationRequest wanted = retold.wanted(new Environments(catalog), limits);
        var unused = sessions.revive(
                "replay",
                wanted.options(),
                () -> catalog.create(wanted.environment().id(), wanted.settings()),
                "",
                "",
                new Revival() {
                    @Override
                    public String name() {
                        return retold.header().getSession();
                    }

                    @Override
                    public Supplier<String> tokens() {
                        return () -> UUID.randomUUID().toString();
                    }

                    @Override
                    public long[] laneSeeds() {
                        return retold.laneSeeds();
                    }

                    @Override
                    public Optional<Chronicle> witness(Session session) {
                        retold.requireFingerprint(session);
                        Scribe scribe = new Scribe(
                                new RecordingStore(again, recordings),
                                false,
                                Archive.events(retold.header().getOptions()),
                                Clock.systemUTC(),
                                session.laneCount(),
                                0);
                        scribe.header(retold.header());
                        retold.startLanes().forEach(scribe::start);
                        return Optional.of(scribe);
                    }

                    @Override
                    public void tell(Replay replay, Session session) {
                        retold.tell(replay, session);
                    }

                    @Override
                    public Optional<Chronicle> chronicle(Session session) {
                        return Optional.empty();
                    }
                });
    }
}
