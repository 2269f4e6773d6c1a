package dev.macenv.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the session of a recording is.
 *
 * @param session its name
 * @param spec the environment
 * @param lanes the number of lanes, N
 * @param laneSeeds N seeds; empty after a start from a snapshot: then one {@link RecordedEntry.RecordedLane} for each lane follows
 * @param gamma the discount
 * @param resetMode what follows the end of an episode
 * @param options what is recorded; of {@code maxBytes}, what the server allowed
 * @param created when the session was
 * @param server name and version of the server, for people
 */
public record RecordingHeader(
        String session,
        TeamSpec spec,
        int lanes,
        List<Long> laneSeeds,
        double gamma,
        ResetMode resetMode,
        RecordingOptions options,
        Instant created,
        String server) {

    /** Copies the list. */
    public RecordingHeader {
        laneSeeds = List.copyOf(laneSeeds);
    }

    /** A session that plays the recording again, with all seats. */
    public SessionOptions sessionOptions() {
        return new SessionOptions(
                spec.environment() + "@" + spec.version(),
                spec.settings(),
                lanes,
                laneSeeds,
                gamma,
                resetMode,
                View.ordinary(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
