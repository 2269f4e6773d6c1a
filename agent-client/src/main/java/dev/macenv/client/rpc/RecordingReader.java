package dev.macenv.client.rpc;

import dev.macenv.client.Decisions;
import dev.macenv.client.RecordedEntry;
import dev.macenv.client.RecordedEntry.RecordedClose;
import dev.macenv.client.RecordedEntry.RecordedDecisions;
import dev.macenv.client.RecordedEntry.RecordedEvents;
import dev.macenv.client.RecordedEntry.RecordedGrant;
import dev.macenv.client.RecordedEntry.RecordedLane;
import dev.macenv.client.RecordedEntry.RecordedReset;
import dev.macenv.client.RecordedEntry.RecordedTruncation;
import dev.macenv.client.Recording;
import dev.macenv.client.RecordingHeader;
import dev.macenv.client.RecordingOptions;
import dev.macenv.client.ResetMode;
import dev.macenv.client.Snapshot;
import dev.macenv.client.TeamSpec;
import dev.macenv.recording.Frames;
import dev.macenv.v1.GrantState;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingMode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads recording files. */
public final class RecordingReader {

    private RecordingReader() {}

    /**
     * Reads a recording, as {@code macenv record} and {@link Recording#bytes} have it, to its end.
     *
     * @throws IOException if it is none, or cannot be read
     */
    public static Recording read(InputStream file) throws IOException {
        return read(file.readAllBytes());
    }

    static Recording read(byte[] bytes) throws IOException {
        Frames.Reader frames = new Frames.Reader(new ByteArrayInputStream(bytes));
        byte @Nullable [] first = frames.next();
        RecordingEntry begin = first == null ? RecordingEntry.getDefaultInstance() : RecordingEntry.parseFrom(first);
        if (!begin.hasHeader()) {
            throw new IOException("no header in " + bytes.length + " bytes (expected: the first entry of a recording)");
        }
        if (!begin.getHeader().hasOptions()) {
            throw new IOException("a server's journal (expected: a recording, as Session.fetchRecording gives it)");
        }
        RecordingHeader header;
        List<RecordedEntry> entries = new ArrayList<>();
        try {
            header = header(begin.getHeader());
            for (byte @Nullable [] frame = frames.next(); frame != null; frame = frames.next()) {
                entry(header.spec(), RecordingEntry.parseFrom(frame)).ifPresent(entries::add);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("a recording that breaks its format: " + e.getMessage(), e);
        }
        return new Recording(bytes, header, entries);
    }

    private static RecordingHeader header(dev.macenv.v1.RecordingHeader message) {
        return new RecordingHeader(
                message.getSession(),
                Translation.spec(message.getSpec()),
                message.getLanes(),
                message.getLaneSeedsList(),
                message.getGamma(),
                message.getAutoReset() ? ResetMode.AUTO : ResetMode.MANUAL,
                new RecordingOptions(
                        message.getOptions().getMode() == RecordingMode.RECORDING_MODE_EVENTS,
                        message.getOptions().getPrivileged(),
                        message.getOptions().getMaxBytes()),
                instant(message.getCreated()),
                message.getServer());
    }

    private static Optional<RecordedEntry> entry(TeamSpec spec, RecordingEntry message) {
        long sequence = message.getSequence();
        return switch (message.getEntryCase()) {
            case GRANT -> Optional.of(grant(sequence, message.getGrant()));
            case DECISIONS -> decisions(sequence, message.getDecisions());
            case EVENTS -> Optional.of(new RecordedEvents(sequence, Translation.events(spec, message.getEvents())));
            case RESET ->
                Optional.of(new RecordedReset(
                        sequence,
                        Translation.started(message.getReset().getStartedList()),
                        message.getReset().getLaneSeedsList()));
            case LANE ->
                Optional.of(new RecordedLane(
                        sequence,
                        message.getLane().getLane(),
                        new Snapshot(message.getLane().getSnapshot().toByteArray(), -1, -1),
                        message.getLane().getCause()));
            case TRUNCATION ->
                Optional.of(new RecordedTruncation(
                        sequence,
                        message.getTruncation().getLane(),
                        message.getTruncation().getEpisode(),
                        message.getTruncation().getTick()));
            case CLOSE ->
                Optional.of(new RecordedClose(
                        sequence,
                        message.getClose().getCause(),
                        instant(message.getClose().getClosed())));
            case HEADER, ANSWER, ENTRY_NOT_SET -> Optional.empty();
        };
    }

    private static RecordedGrant grant(long sequence, dev.macenv.v1.RecordedGrant message) {
        RecordedGrant.Standing standing = switch (message.getGrantState()) {
            case GrantState.GRANT_STATE_HELD_VALUE -> RecordedGrant.Standing.HELD;
            case GrantState.GRANT_STATE_LAPSED_VALUE -> RecordedGrant.Standing.LAPSED;
            default -> RecordedGrant.Standing.GIVEN_BACK;
        };
        return new RecordedGrant(sequence, message.getGrant(), message.getSeatsList(), standing);
    }

    /** Nothing where the server only looked who is absent. */
    private static Optional<RecordedEntry> decisions(long sequence, dev.macenv.v1.RecordedDecisions message) {
        int size = message.getLaneCount();
        if (size == 0 && message.getStepId() == 0) {
            return Optional.empty();
        }
        if (message.getSeatCount() != size || message.getActionCount() != size) {
            throw new IllegalArgumentException("decisions: " + size + " lanes, " + message.getSeatCount() + " seats, "
                    + message.getActionCount() + " actions (expected: as many of each)");
        }
        Decisions made = new Decisions().maxTicks(message.getMaxTicks());
        for (int i = 0; i < size; i++) {
            made.add(message.getLane(i), message.getSeat(i), message.getAction(i));
        }
        return Optional.of(new RecordedDecisions(
                sequence,
                message.getGrant(),
                message.getStepId(),
                made,
                message.getEpisodeList(),
                message.getTickList(),
                IntStream.range(0, size)
                        .mapToObj(i -> i < message.getAbsent().size()
                                && message.getAbsent().byteAt(i) != 0)
                        .toList(),
                message.getMinReady()));
    }

    private static Instant instant(com.google.protobuf.Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
