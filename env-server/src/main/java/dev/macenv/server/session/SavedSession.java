package dev.macenv.server.session;

import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of which {@link Session#save} consists, as bytes, and out of bytes.
 *
 * <p>All of it is big-endian: magic number, format, then what the session, its lanes and its grants write one after the
 * other. Secrets are not part of it: invites are numbered, and of tokens there are digests. The bytes are this server's own
 * matter; another format is another server's, and is refused.
 */
final class SavedSession {
    private static final int MAGIC = 0x4D534553; // "MSES"
    private static final int FORMAT = 1;

    private SavedSession() {}

    static SnapshotWriter begin() {
        SnapshotWriter out = new SnapshotWriter();
        out.putInt(MAGIC);
        out.putInt(FORMAT);
        return out;
    }

    static SnapshotReader open(byte[] saved) {
        SnapshotReader in = new SnapshotReader(saved, 0, saved.length);
        if (in.getInt() != MAGIC) {
            throw corrupt("bytes of another kind");
        }
        int format = in.getInt();
        if (format != FORMAT) {
            throw corrupt("format " + format + " (expected: " + FORMAT + ", which this server writes)");
        }
        return in;
    }

    static void requireEnd(SnapshotReader in) {
        if (in.remaining() != 0) {
            throw corrupt(in.remaining() + " bytes too many");
        }
    }

    static SnapshotException corrupt(String why) {
        return new SnapshotException(SnapshotException.Reason.CORRUPT, "session: " + why);
    }

    /** The count, if so many elements of this size can follow. */
    static int count(SnapshotReader in, int count, int bytesOfOne) {
        if (count < 0 || count > in.remaining() / bytesOfOne) {
            throw corrupt("ends early");
        }
        return count;
    }

    // ------------------------------------------------------------------------------------------------ plain values

    static void put(SnapshotWriter out, byte[] bytes) {
        out.putInt(bytes.length);
        out.putBytes(bytes);
    }

    static byte[] bytes(SnapshotReader in) {
        byte[] bytes = new byte[count(in, in.getInt(), 1)];
        in.getBytes(bytes);
        return bytes;
    }

    static void put(SnapshotWriter out, String text) {
        put(out, text.getBytes(StandardCharsets.UTF_8));
    }

    static String string(SnapshotReader in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static void put(SnapshotWriter out, int[] values) {
        out.putInt(values.length);
        out.putInts(values);
    }

    private static int[] ints(SnapshotReader in) {
        int[] values = new int[count(in, in.getInt(), Integer.BYTES)];
        in.getInts(values);
        return values;
    }

    private static void putLongs(SnapshotWriter out, List<Long> values) {
        out.putInt(values.size());
        values.forEach(out::putLong);
    }

    private static List<Long> longs(SnapshotReader in) {
        List<Long> values = new ArrayList<>();
        for (int left = count(in, in.getInt(), Long.BYTES); left > 0; left--) {
            values.add(in.getLong());
        }
        return values;
    }

    private static void putInts(SnapshotWriter out, List<Integer> values) {
        out.putInt(values.size());
        values.forEach(out::putInt);
    }

    private static List<Integer> intList(SnapshotReader in) {
        List<Integer> values = new ArrayList<>();
        for (int left = count(in, in.getInt(), Integer.BYTES); left > 0; left--) {
            values.add(in.getInt());
        }
        return values;
    }

    private static void put(SnapshotWriter out, Duration duration) {
        out.putLong(duration.getSeconds());
        out.putInt(duration.getNano());
    }

    private static Duration duration(SnapshotReader in) {
        return Duration.ofSeconds(in.getLong(), in.getInt());
    }

    static EventKind kind(SnapshotReader in) {
        int code = in.getInt();
        EventKind kind = EventKind.ofCode(code);
        if (kind == null) {
            throw corrupt("event kind " + code);
        }
        return kind;
    }

    private static Role role(String name) {
        for (Role role : Role.values()) {
            if (role.name().equals(name)) {
                return role;
            }
        }
        throw corrupt("role " + name);
    }

    private static void put(SnapshotWriter out, View view) {
        out.putBoolean(view.state());
        out.putBoolean(view.macroState());
        out.putBoolean(view.currentActions());
        out.putBoolean(view.rewardTrace());
        out.putBoolean(view.otherAgents());
        out.putBoolean(view.render());
    }

    private static View view(SnapshotReader in) {
        return new View(
                in.getBoolean(), in.getBoolean(), in.getBoolean(), in.getBoolean(), in.getBoolean(), in.getBoolean());
    }

    // ------------------------------------------------------------------------------------------------ grants

    static void put(SnapshotWriter out, Grant.Terms terms) {
        put(out, terms.role().name());
        for (boolean held : terms.seats()) {
            out.putBoolean(held);
        }
        put(out, terms.view());
        put(out, terms.lease());
    }

    static Grant.Terms terms(SnapshotReader in, int agents) {
        Role role = role(string(in));
        boolean[] seats = new boolean[agents];
        for (int seat = 0; seat < agents; seat++) {
            seats[seat] = in.getBoolean();
        }
        return new Grant.Terms(role, seats, view(in), duration(in));
    }

    static void put(SnapshotWriter out, JoinRequest request, List<Invite> invites) {
        int position = 0;
        while (!invites.get(position).token().equals(request.invite())) { // nobody joins without one
            position++;
        }
        out.putInt(position);
        putInts(out, request.seats());
        put(out, request.role().map(Role::name).orElse(""));
        put(out, request.view());
        put(out, request.requestId());
        out.putBoolean(request.lease().isPresent());
        request.lease().ifPresent(lease -> put(out, lease));
    }

    static JoinRequest joinRequest(SnapshotReader in, List<Invite> invites) {
        int position = in.getInt();
        if (position < 0 || position >= invites.size()) {
            throw corrupt("invite " + position + " of " + invites.size());
        }
        List<Integer> seats = intList(in);
        String role = string(in);
        return new JoinRequest(
                invites.get(position).token(),
                seats,
                role.isEmpty() ? Optional.empty() : Optional.of(role(role)),
                view(in),
                string(in),
                in.getBoolean() ? Optional.of(duration(in)) : Optional.empty());
    }

    // ------------------------------------------------------------------------------------------------ steps

    static void put(SnapshotWriter out, Decisions decisions) {
        out.putLong(decisions.stepId());
        put(out, decisions.lane());
        put(out, decisions.seat());
        put(out, decisions.action());
        out.putInt(decisions.paramsLength());
        out.putInt(decisions.minReady());
        out.putInt(decisions.maxTicks());
    }

    static Decisions decisions(SnapshotReader in) {
        return new Decisions(in.getLong(), ints(in), ints(in), ints(in), in.getInt(), in.getInt(), in.getInt());
    }

    static void put(SnapshotWriter out, StepResult result) {
        out.putLong(result.stepId());
        put(out, result.events());
        out.putInt(result.lanesRunning());
        out.putInt(result.lanesWaitingForOthers());
    }

    static StepResult result(SnapshotReader in) {
        return new StepResult(in.getLong(), events(in), in.getInt(), in.getInt());
    }

    static void put(SnapshotWriter out, EventBatch events) {
        put(out, events.lane());
        put(out, events.episode());
        put(out, events.tick());
        put(out, events.kind());
        put(out, events.status());
        putSlabs(out, events.observations());
        putSlabs(out, events.legal());
        out.putDoubles(events.jointReward());
        put(out, events.jointTau());
        put(out, events.agentReward());
        put(out, events.agentTau());
        put(out, events.state());
        put(out, events.macroState());
        put(out, events.currentAction());
        put(out, events.rewardTrace());
        put(out, events.absent());
        out.putInt(events.ended().size());
        for (EpisodeSummary end : events.ended()) {
            out.putInt(end.lane());
            out.putInt(end.episode());
            out.putLong(end.seed());
            out.putInt(end.ticks());
            out.putInt(end.decisions());
            out.putDouble(end.totalReward());
            out.putDouble(end.discountedReward());
        }
        out.putInt(events.faults().size());
        for (LaneFault fault : events.faults()) {
            out.putInt(fault.lane());
            out.putInt(fault.episode());
            out.putInt(fault.tick());
            put(out, fault.message());
            put(out, fault.trace());
        }
        putStarts(out, events.started());
    }

    static EventBatch events(SnapshotReader in) {
        int[] lane = ints(in);
        int[] episode = ints(in);
        int[] tick = ints(in);
        byte[] kind = bytes(in);
        byte[] status = bytes(in);
        List<byte[]> observations = slabs(in);
        List<byte[]> legal = slabs(in);
        double[] jointReward = new double[lane.length];
        in.getDoubles(jointReward);
        return new EventBatch(
                lane.length,
                lane,
                episode,
                tick,
                kind,
                status,
                observations,
                legal,
                jointReward,
                ints(in),
                bytes(in),
                bytes(in),
                bytes(in),
                bytes(in),
                bytes(in),
                bytes(in),
                bytes(in),
                summaries(in),
                faults(in),
                starts(in));
    }

    private static void putSlabs(SnapshotWriter out, List<byte[]> slabs) {
        out.putInt(slabs.size());
        slabs.forEach(slab -> put(out, slab));
    }

    private static List<byte[]> slabs(SnapshotReader in) {
        List<byte[]> slabs = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            slabs.add(bytes(in));
        }
        return slabs;
    }

    private static List<EpisodeSummary> summaries(SnapshotReader in) {
        List<EpisodeSummary> ended = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            ended.add(new EpisodeSummary(
                    in.getInt(), in.getInt(), in.getLong(), in.getInt(), in.getInt(), in.getDouble(), in.getDouble()));
        }
        return ended;
    }

    private static List<LaneFault> faults(SnapshotReader in) {
        List<LaneFault> faults = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            faults.add(new LaneFault(in.getInt(), in.getInt(), in.getInt(), string(in), string(in)));
        }
        return faults;
    }

    // ------------------------------------------------------------------------------------------------ other verbs

    static void put(SnapshotWriter out, Session.@Nullable ResetRequest request, List<EpisodeStart> answer) {
        out.putBoolean(request != null);
        if (request != null) {
            putInts(out, request.lanes());
            putLongs(out, request.laneSeeds());
            putLongs(out, request.episodeSeeds());
            put(out, request.requestId());
        }
        putStarts(out, answer);
    }

    static Session.@Nullable ResetRequest resetRequest(SnapshotReader in) {
        return in.getBoolean() ? new Session.ResetRequest(intList(in), longs(in), longs(in), string(in)) : null;
    }

    private static void putStarts(SnapshotWriter out, List<EpisodeStart> starts) {
        out.putInt(starts.size());
        for (EpisodeStart start : starts) {
            out.putInt(start.lane());
            out.putInt(start.episode());
            out.putLong(start.seed());
        }
    }

    static List<EpisodeStart> starts(SnapshotReader in) {
        List<EpisodeStart> starts = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            starts.add(new EpisodeStart(in.getInt(), in.getInt(), in.getLong()));
        }
        return starts;
    }

    static void put(SnapshotWriter out, Session.@Nullable RestoreRequest request, LaneMoment answer) {
        out.putBoolean(request != null);
        if (request != null) {
            out.putInt(request.lane());
            put(out, request.content());
            put(out, request.requestId());
        }
        out.putInt(answer.episode());
        out.putInt(answer.tick());
    }

    static Session.@Nullable RestoreRequest restoreRequest(SnapshotReader in) {
        return in.getBoolean() ? new Session.RestoreRequest(in.getInt(), string(in), string(in)) : null;
    }

    static LaneMoment moment(SnapshotReader in) {
        return new LaneMoment(in.getInt(), in.getInt());
    }
}
