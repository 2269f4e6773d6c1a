package dev.macenv.conform;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.RecordedDecisions;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingEntry.EntryCase;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import io.grpc.Status.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32C;

/** Group 4: what is recorded is what the players were told and what they decided. */
final class RecordingChecks {
    private static final String FORMAT =
            "recording.proto: the 8 ASCII bytes MACENV01, then records with their checksums";
    private static final String HELD =
            "recording.proto: entries of a lane are in the order in which they took effect, rows as a grant with all seats"
                    + " sees them";
    private static final String PIECES =
            "session.proto, FetchRecordingResponse: consecutive pieces put together are the file from the offset asked for";
    private static final ByteString MAGIC = ByteString.copyFromUtf8("MACENV01");
    private static final int ANSWERS = 40;
    private static final int LARGEST_PIECE = 64 << 10;

    private RecordingChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("a recording holds what happened, and no secret", RecordingChecks::holds),
                Check.ofServer("a recording is read on from where a reader was cut", RecordingChecks::readOn),
                Check.ofServer("a recording is its owner's", RecordingChecks::owners));
    }

    /** What is there, and whether it is all that there will ever be. */
    private record Fetched(ByteString bytes, boolean complete) {}

    private static Player recorded(Trial trial) {
        trial.needs("recording");
        return trial.create(trial.session(2, trial.random().nextLong())
                .setRecording(RecordingOptions.newBuilder()
                        .setMode(RecordingMode.RECORDING_MODE_EVENTS)
                        .setPrivileged(true)));
    }

    private static void holds(Trial trial) throws InterruptedException {
        Player player = recorded(trial);
        List<String> told = new ArrayList<>();
        List<String> decided = new ArrayList<>();
        Rows rows = player.collect();
        for (int answer = 0; ; answer++) {
            for (int row = 0; row < rows.count(); row++) {
                told.add("lane " + rows.lane(row) + ' ' + rows.text(row));
            }
            if (answer == ANSWERS) {
                break;
            }
            for (int row = 0; row < rows.count(); row++) {
                for (Player.Decision one : player.decide(rows, row)) {
                    decided.add(decision(one.lane(), rows.episode(row), rows.tick(row), one.seat(), one.action()));
                }
            }
            rows = player.answer(rows);
        }
        Fetched open = fetch(trial, player, 0);
        Violation.unlessEqual(PIECES, "complete, of a session that goes on", false, open.complete());
        close(trial, player);
        Fetched closed = fetch(trial, player, 0);
        Violation.unlessEqual(PIECES, "complete, of a session that has closed", true, closed.complete());
        Violation.unless(
                closed.bytes().startsWith(open.bytes()),
                "session.proto, FetchRecording: the file so far",
                "what was there while the session was open",
                "the beginning of what is there now",
                "something else");
        Violation.unless(
                !closed.bytes().toString(StandardCharsets.ISO_8859_1).contains(player.token()),
                "recording.proto, RecordedGrant.token_sha256: secrets, and their hashes, are in journals only",
                "the file",
                "no token",
                "the owner's token");

        List<RecordingEntry> entries = entries(closed.bytes());
        Violation.unlessEqual(
                "recording.proto, RecordingEntry.header: first entry",
                "the first entry",
                EntryCase.HEADER,
                entries.get(0).getEntryCase());
        Violation.unlessEqual(
                "recording.proto, RecordingHeader.lane_seeds",
                "the seeds in the header",
                player.created().getSeedsList(),
                entries.get(0).getHeader().getLaneSeedsList());
        Violation.unlessEqual(
                "recording.proto, RecordingEntry.close: last entry",
                "the last entry",
                EntryCase.CLOSE,
                entries.get(entries.size() - 1).getEntryCase());
        for (int lane = 0; lane < player.lanes(); lane++) {
            String ofLane = "lane " + lane + ' ';
            Trajectory.unlessSame(
                    HELD, "rows recorded, " + ofLane, of(told, ofLane), of(rows(player, entries), ofLane));
            Trajectory.unlessSame(
                    HELD, "decisions recorded, " + ofLane, of(decided, ofLane), of(decisions(entries), ofLane));
        }
    }

    private static List<String> of(List<String> all, String lane) {
        return all.stream().filter(text -> text.startsWith(lane)).toList();
    }

    private static String decision(int lane, int episode, int tick, int seat, int action) {
        return "lane " + lane + " episode " + episode + " tick " + tick + " seat " + seat + " decides " + action;
    }

    private static List<String> rows(Player player, List<RecordingEntry> entries) {
        List<String> texts = new ArrayList<>();
        for (RecordingEntry entry : entries) {
            if (entry.hasEvents()) {
                Rows rows = new Rows(player.spec(), entry.getEvents());
                for (int row = 0; row < rows.count(); row++) {
                    texts.add("lane " + rows.lane(row) + ' ' + rows.text(row));
                }
            }
        }
        return texts;
    }

    private static List<String> decisions(List<RecordingEntry> entries) {
        List<String> texts = new ArrayList<>();
        for (RecordingEntry entry : entries) {
            RecordedDecisions some = entry.getDecisions();
            for (int row = 0; row < some.getLaneCount(); row++) {
                texts.add(decision(
                        some.getLane(row),
                        some.getEpisode(row),
                        some.getTick(row),
                        some.getSeat(row),
                        some.getAction(row)));
            }
        }
        return texts;
    }

    private static void readOn(Trial trial) throws InterruptedException {
        Player player = recorded(trial);
        Rows rows = player.collect();
        for (int answer = 0; answer < ANSWERS; answer++) {
            rows = player.answer(rows);
        }
        close(trial, player);
        ByteString whole = fetch(trial, player, 0).bytes();
        for (int offset : new int[] {1, MAGIC.size(), whole.size() / 2, whole.size() - 1, whole.size()}) {
            Fetched rest = fetch(trial, player, offset);
            Violation.unlessEqual(
                    PIECES,
                    "bytes from " + offset,
                    whole.size() - offset,
                    rest.bytes().size());
            Violation.unless(
                    rest.bytes().equals(whole.substring(offset)),
                    PIECES,
                    "the bytes from " + offset,
                    "those of the whole file",
                    "others");
            Violation.unlessEqual(PIECES, "complete, from " + offset, true, rest.complete());
        }
    }

    private static void owners(Trial trial) throws InterruptedException {
        Player player = recorded(trial);
        player.answer(player.collect());
        Refusal.by(() -> fetch(trial, player.session(), "x" + player.token(), 0))
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Player unrecorded = trial.create(trial.session(1, 1));
        Refusal.by(() -> fetch(trial, unrecorded.session(), player.token(), 0))
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Refusal.by(() -> fetch(trial, unrecorded, 0)).is(Code.NOT_FOUND, "RECORDING_NOT_FOUND");
    }

    // ------------------------------------------------------------------------------------------------ the file

    private static void close(Trial trial, Player player) {
        trial.sessions()
                .closeSession(trial.sending(CloseSessionRequest.newBuilder()
                        .setSession(player.session())
                        .setToken(player.token())
                        .build()));
    }

    private static Fetched fetch(Trial trial, Player player, int offset) {
        return fetch(trial, player.session(), player.token(), offset);
    }

    private static Fetched fetch(Trial trial, String session, String token, int offset) {
        Iterator<FetchRecordingResponse> pieces = trial.sessions()
                .fetchRecording(trial.sending(FetchRecordingRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .setOffset(offset)
                        .build()));
        ByteString bytes = ByteString.EMPTY;
        boolean complete = false;
        while (pieces.hasNext()) {
            FetchRecordingResponse piece = pieces.next();
            Violation.unlessEqual(PIECES, "nothing after the piece that is complete", false, complete);
            Violation.unlessEqual(PIECES, "offset of a piece", (long) offset + bytes.size(), piece.getOffset());
            Violation.unless(
                    piece.getData().size() <= LARGEST_PIECE,
                    "session.proto, FetchRecordingResponse.data: at most 64 KiB",
                    "bytes of a piece",
                    "at most " + LARGEST_PIECE,
                    piece.getData().size());
            bytes = bytes.concat(piece.getData());
            complete = piece.getComplete();
        }
        return new Fetched(bytes, complete);
    }

    private static List<RecordingEntry> entries(ByteString file) {
        Violation.unless(file.startsWith(MAGIC), FORMAT, "the file's beginning", MAGIC.toStringUtf8(), "other bytes");
        List<RecordingEntry> entries = new ArrayList<>();
        ByteBuffer in =
                file.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.size());
        while (in.hasRemaining()) {
            String which = "record " + entries.size();
            Violation.unless(in.remaining() >= 8, FORMAT, which, "length and checksum", in.remaining() + " bytes");
            int length = in.getInt();
            int checksum = in.getInt();
            Violation.unless(
                    length >= 0 && length <= in.remaining(),
                    FORMAT,
                    "length of " + which,
                    in.remaining() + " at most",
                    length);
            ByteBuffer payload = in.slice(in.position(), length);
            CRC32C crc = new CRC32C();
            crc.update(payload.duplicate());
            Violation.unlessEqual(FORMAT, "CRC-32C of " + which, (int) crc.getValue(), checksum);
            try {
                entries.add(RecordingEntry.parseFrom(payload));
            } catch (InvalidProtocolBufferException e) {
                throw new Violation(FORMAT, which, "a RecordingEntry", e);
            }
            Violation.unlessEqual(
                    "recording.proto, RecordingEntry.sequence: counts the entries",
                    "sequence of " + which,
                    entries.size() - 1L,
                    entries.get(entries.size() - 1).getSequence());
            in.position(in.position() + length);
        }
        return entries;
    }
}
