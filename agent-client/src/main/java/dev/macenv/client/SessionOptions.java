package dev.macenv.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The session wanted. The server checks it.
 *
 * @param environment "id" or "id@version"
 * @param settings the environment's settings by name: Number, Boolean or String; absent ones take their defaults
 * @param lanes copies of the environment, at least 1
 * @param seeds none (the server draws them), one (lane seeds are derived from it), or one for each lane
 * @param gamma discount per tick in the accumulated rewards, 0..1
 * @param resetMode what follows the end of an episode
 * @param view what to receive
 * @param openSeats seats that other programs play: nothing runs before all of them have been joined; the rest are the
 *     caller's own
 * @param spectators the most that others may see who only {@link Session#watch}, any number of them; empty for nobody
 * @param lease how long the session survives silence; empty for the server's default
 * @param start what every lane is to be a copy of; {@code seeds} must then be empty. Empty for fresh episodes
 * @param recording what the server records, see {@link Session#fetchRecording}; empty for nothing
 */
public record SessionOptions(
        String environment,
        Map<String, Object> settings,
        int lanes,
        List<Long> seeds,
        double gamma,
        ResetMode resetMode,
        View view,
        List<Integer> openSeats,
        Optional<View> spectators,
        Optional<Duration> lease,
        Optional<Snapshot> start,
        Optional<RecordingOptions> recording) {

    /** Copies the collections. */
    public SessionOptions {
        settings = Map.copyOf(settings);
        seeds = List.copyOf(seeds);
        openSeats = List.copyOf(openSeats);
    }

    /** One lane with default settings, a seed from the server, gamma 1, automatic reset, the ordinary view. */
    public static SessionOptions of(String environment) {
        return new SessionOptions(
                environment,
                Map.of(),
                1,
                List.of(),
                1.0,
                ResetMode.AUTO,
                View.ordinary(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same with other {@link #settings}. */
    public SessionOptions withSettings(Map<String, Object> value) {
        return new SessionOptions(
                environment,
                value,
                lanes,
                seeds,
                gamma,
                resetMode,
                view,
                openSeats,
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with another number of {@link #lanes}. */
    public SessionOptions withLanes(int value) {
        return new SessionOptions(
                environment,
                settings,
                value,
                seeds,
                gamma,
                resetMode,
                view,
                openSeats,
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with these {@link #seeds}. */
    public SessionOptions withSeeds(Long... values) {
        return withSeeds(List.of(values));
    }

    /** The same with these {@link #seeds}. */
    public SessionOptions withSeeds(List<Long> values) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                values,
                gamma,
                resetMode,
                view,
                openSeats,
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with another {@link #gamma}. */
    public SessionOptions withGamma(double value) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                value,
                resetMode,
                view,
                openSeats,
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with another {@link #resetMode}. */
    public SessionOptions withResetMode(ResetMode value) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                gamma,
                value,
                view,
                openSeats,
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with another {@link #view}. */
    public SessionOptions withView(View value) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                gamma,
                resetMode,
                value,
                openSeats,
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with these {@link #openSeats}. */
    public SessionOptions withOpenSeats(Integer... values) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                gamma,
                resetMode,
                view,
                List.of(values),
                spectators,
                lease,
                start,
                recording);
    }

    /** The same with {@link #spectators} who may see so much. */
    public SessionOptions withSpectators(View most) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                gamma,
                resetMode,
                view,
                openSeats,
                Optional.of(most),
                lease,
                start,
                recording);
    }

    /** The same with this {@link #lease}. */
    public SessionOptions withLease(Duration value) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                gamma,
                resetMode,
                view,
                openSeats,
                spectators,
                Optional.of(value),
                start,
                recording);
    }

    /** The same with lanes that are copies of a saved lane, with its seeds. Parent and copies share nothing. */
    public SessionOptions fromSnapshot(Snapshot value) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                List.of(),
                gamma,
                resetMode,
                view,
                openSeats,
                spectators,
                lease,
                Optional.of(value),
                recording);
    }

    /** The same with this {@link #recording}. */
    public SessionOptions withRecording(RecordingOptions value) {
        return new SessionOptions(
                environment,
                settings,
                lanes,
                seeds,
                gamma,
                resetMode,
                view,
                openSeats,
                spectators,
                lease,
                start,
                Optional.of(value));
    }
}
