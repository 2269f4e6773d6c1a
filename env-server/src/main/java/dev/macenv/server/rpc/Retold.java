package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.macenv.server.session.Decisions;
import dev.macenv.server.session.JoinRequest;
import dev.macenv.server.session.Replay;
import dev.macenv.server.session.ReplayException;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.session.Standing;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EpisodeStart;
import dev.macenv.v1.GrantState;
import dev.macenv.v1.RecordedDecisions;
import dev.macenv.v1.RecordedGrant;
import dev.macenv.v1.RecordedLane;
import dev.macenv.v1.RecordedReset;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The entries of a recording file, as {@link Scribe} writes them, and how to do again what they say. */
final class Retold {
    private final List<RecordingEntry> entries;

    private Retold(List<RecordingEntry> entries) {
        this.entries = entries;
    }

    /** @throws IOException if they are no recording */
    static Retold of(List<byte[]> records) throws IOException {
        List<RecordingEntry> entries = new ArrayList<>();
        for (byte[] record : records) {
            try {
                entries.add(RecordingEntry.parseFrom(record));
            } catch (InvalidProtocolBufferException e) {
                throw new IOException("entry " + entries.size() + ": " + e.getMessage(), e);
            }
        }
        if (entries.isEmpty() || !entries.get(0).hasHeader()) {
            throw new IOException("no header (expected: a recording that begins with one)");
        }
        long expected = 0;
        for (RecordingEntry entry : entries) {
            // What a sum of the session says too has been left out before it.
            if (entry.getSequence() != expected && !(isSum(entry, entries) && entry.getSequence() > expected)) {
                throw new IOException(
                        "entry " + expected + ": has number " + Long.toUnsignedString(entry.getSequence()));
            }
            expected = entry.getSequence() + 1;
        }
        return new Retold(entries);
    }

    /** Whether the entry is all of the session, see {@link Scribe#sumUp}. */
    private static boolean isSum(RecordingEntry entry, List<RecordingEntry> entries) {
        return entry.hasLane()
                && entry.getLane().getCause().isEmpty()
                && entry.getLane().getLane() == entries.get(0).getHeader().getLanes();
    }

    /** How many entries the file was begun with. */
    int first() {
        return 1 + startLanes().size();
    }

    long nextSequence() {
        return entries.get(entries.size() - 1).getSequence() + 1;
    }

    RecordingHeader header() {
        return entries.get(0).getHeader();
    }

    List<RecordingEntry> entries() {
        return entries;
    }

    /** The request that created the session. */
    CreateSessionRequest creation() throws IOException {
        return CreateSessionRequest.parseFrom(header().getCreateRequest());
    }

    long[] laneSeeds() {
        return header().getLaneSeedsList().stream().mapToLong(Long::longValue).toArray();
    }

    boolean closed() {
        return entries.get(entries.size() - 1).hasClose();
    }

    /** The snapshot that every lane is a copy of; empty if they began afresh. */
    Optional<byte[]> start() {
        if (header().getLaneSeedsCount() > 0
                || entries.size() < 2
                || !entries.get(1).hasLane()) {
            return Optional.empty();
        }
        return Optional.of(entries.get(1).getLane().getSnapshot().toByteArray());
    }

    /** The entries that say so, which come right behind the header; later ones put a lane back, whatever they call it. */
    List<RecordedLane> startLanes() {
        List<RecordedLane> lanes = new ArrayList<>();
        int most = start().isPresent() ? header().getLanes() : 0;
        while (lanes.size() < most
                && lanes.size() + 1 < entries.size()
                && entries.get(1 + lanes.size()).hasLane()) {
            lanes.add(entries.get(1 + lanes.size()).getLane());
        }
        return lanes;
    }

    /**
     * That there is what the file was begun with, which was on the disk before anybody heard of the session, and what stands
     * behind it since the file was shortened. Without the one or the other the session would come back as another.
     *
     * @throws IOException if it is damaged
     */
    void requireBeginning(boolean shortened) throws IOException {
        int copies = header().getLaneSeedsCount() > 0 ? 0 : header().getLanes();
        if (startLanes().size() < copies) {
            throw new IOException(
                    "the snapshot that its lanes are copies of is damaged (bring back the journal there was)");
        }
        if (shortened && (entries.size() <= first() || !isSum(entries.get(first()), entries))) {
            throw new IOException(
                    "what it had come to when its journal was shortened is damaged (bring back the journal there was)");
        }
    }

    /** What the request comes to here and now. */
    CreationRequest wanted(Environments environments, SessionLimits limits) throws IOException {
        CreateSessionRequest.Builder request = creation().toBuilder();
        start().ifPresent(snapshot -> request.setSnapshot(ByteString.copyFrom(snapshot)));
        return CreationRequest.read(request.build(), environments, limits, id -> new byte[0]);
    }

    /** @throws ReplayException if the session is another environment's than the one recorded */
    void requireFingerprint(Session session) {
        String recorded = header().getSpec().getFingerprint();
        if (!recorded.equals(session.spec().fingerprint())) {
            throw new ReplayException("environment " + header().getSpec().getId() + " has another fingerprint: "
                    + session.spec().fingerprint() + " (recorded: " + recorded + ")");
        }
    }

    /** Does it all again, from the newest sum on. */
    void tell(Replay replay, Session session) {
        int from = entries.size();
        do {
            from--;
        } while (from > first() && !isSum(entries.get(from), entries));
        from = Math.max(from, first());
        for (RecordingEntry entry : entries.subList(from, entries.size())) {
            switch (entry.getEntryCase()) {
                case GRANT -> grant(entry.getGrant(), replay, session);
                case DECISIONS -> decisions(entry.getDecisions(), replay);
                case RESET -> reset(entry.getReset(), replay);
                case LANE -> {
                    if (isSum(entry, entries)) {
                        replay.cameTo(entry.getLane().getSnapshot().toByteArray());
                    } else {
                        RecordedLane lane = entry.getLane();
                        replay.restored(lane.getLane(), lane.getSnapshot().toByteArray(), lane.getCause());
                    }
                }
                case TRUNCATION ->
                    replay.decidedForAbsent(
                            entry.getTruncation().getLane(),
                            entry.getTruncation().getEpisode(),
                            entry.getTruncation().getTick());
                case HEADER, EVENTS, ANSWER, CLOSE, ENTRY_NOT_SET -> {} // follow from the others
            }
        }
    }

    private static void grant(RecordedGrant grant, Replay replay, Session session) {
        boolean ofToken = !grant.getTokenSha256().isEmpty();
        if (!grant.getJoinRequest().isEmpty()) {
            JoinRequest request;
            try {
                request = Wishes.join(dev.macenv.v1.JoinRequest.parseFrom(grant.getJoinRequest()), session.invites());
            } catch (InvalidProtocolBufferException e) {
                throw new ReplayException("grant " + grant.getGrant() + ": " + e.getMessage(), e);
            }
            replay.joined(grant.getGrant(), request, grant.getSeatsList(), Messages.duration(grant.getLease()));
        } else if (grant.getGrant() != 0) {
            replay.stands(grant.getGrant(), standing(grant.getGrantState()));
        }
        if (ofToken) {
            String written = HexFormat.of().formatHex(grant.getTokenSha256().toByteArray());
            if (!written.equals(replay.tokenDigest(grant.getGrant()))) {
                throw new ReplayException("grant " + grant.getGrant()
                        + ": its token cannot be drawn again (the key in this directory is not the one there was)");
            }
        }
    }

    private static Standing standing(int state) {
        if (state == GrantState.GRANT_STATE_HELD_VALUE) {
            return Standing.HELD;
        }
        return state == GrantState.GRANT_STATE_LAPSED_VALUE ? Standing.LAPSED : Standing.GIVEN_BACK;
    }

    private static void decisions(RecordedDecisions recorded, Replay replay) {
        if (recorded.getStepId() == 0) {
            if (recorded.getLaneCount() == 0) {
                replay.lookedAround();
            } else {
                replay.decidedForAbsent(recorded.getLane(0), recorded.getEpisode(0), recorded.getTick(0));
            }
            return;
        }
        int[] action =
                recorded.getActionList().stream().mapToInt(Integer::intValue).toArray();
        for (int row = 0; row < Math.min(action.length, recorded.getAbsent().size()); row++) {
            if (recorded.getAbsent().byteAt(row) != 0) {
                action[row] = -1; // was left to the server, which chooses the same
            }
        }
        replay.decided(
                recorded.getGrant(),
                new Decisions(
                        recorded.getStepId(),
                        recorded.getLaneList().stream()
                                .mapToInt(Integer::intValue)
                                .toArray(),
                        recorded.getSeatList().stream()
                                .mapToInt(Integer::intValue)
                                .toArray(),
                        action,
                        0,
                        recorded.getMinReady(),
                        recorded.getMaxTicks()));
    }

    private static void reset(RecordedReset recorded, Replay replay) {
        List<Integer> lanes = new ArrayList<>();
        List<Long> seeds = new ArrayList<>();
        for (EpisodeStart start : recorded.getStartedList()) {
            lanes.add(start.getLane());
            seeds.add(start.getSeed());
        }
        replay.reset(lanes, recorded.getLaneSeedsList(), seeds, recorded.getRequestId());
    }
}
