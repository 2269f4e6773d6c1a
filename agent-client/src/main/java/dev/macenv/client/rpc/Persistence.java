package dev.macenv.client.rpc;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.ErrorCode;
import dev.macenv.client.MacenvException;
import dev.macenv.client.ServerFailureException;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a call again until it succeeds, is refused, or has used up its time.
 *
 * <p>Only calls that are safe to repeat come here: those that read, and those whose request carries a number (step_id,
 * request_id) by which the server knows it again. Two clocks run: <em>patience</em> for a server that cannot be
 * reached, restarted by every sign of life, and a limit for the call as a whole, for a server that lives but does not
 * finish.
 */
final class Persistence {

    private static final Logger log = LoggerFactory.getLogger(Persistence.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * How often a failure of the transport's machinery, which may as well be a defect, is taken for a cut connection.
     */
    private static final int MAX_BROKEN_TRANSPORTS = 3;

    private final ManagedChannel channel;
    private final ClientOptions options;

    Persistence(ManagedChannel channel, ClientOptions options) {
        this.channel = channel;
        this.options = options;
    }

    /** One attempt at a call. */
    interface Attempt<T> {
        /** Returns by the deadline, or throws. */
        T run(Deadline deadline);
    }

    /** Tries a call that the server answers at once. */
    <T> T call(Attempt<T> attempt) {
        return call(attempt, options.patience().plus(options.attemptTimeout()));
    }

    /** Tries a step, which may have to wait for other players. */
    <T> T step(Attempt<T> attempt) {
        return call(attempt, options.stepTimeout());
    }

    private <T> T call(Attempt<T> attempt, Duration limit) {
        long begin = System.nanoTime();
        long lastSign = begin;
        long pause = FIRST_PAUSE_NANOS;
        int brokenTransports = 0;
        boolean warned = false;
        while (true) {
            long left = limit.toNanos() - (System.nanoTime() - begin);
            long forAttempt =
                    Math.max(1, Math.min(left, options.attemptTimeout().toNanos()));
            StatusRuntimeException failure;
            try {
                return attempt.run(Deadline.after(forAttempt, TimeUnit.NANOSECONDS));
            } catch (StatusRuntimeException e) {
                failure = e;
            }
            MacenvException translated = Failures.translate(failure);
            boolean worthwhile = switch (Failures.kind(failure)) {
                case UNREACHABLE ->
                    System.nanoTime() - lastSign < options.patience().toNanos();
                case SLOW -> {
                    lastSign = System.nanoTime();
                    pause = FIRST_PAUSE_NANOS;
                    yield true;
                }
                case BROKEN_TRANSPORT -> ++brokenTransports <= MAX_BROKEN_TRANSPORTS;
                case ANSWER -> false;
            };
            if (!worthwhile || System.nanoTime() - begin >= limit.toNanos()) {
                throw translated;
            }
            log.debug("trying again: {}", failure.getStatus());
            if (pause == LONGEST_PAUSE_NANOS && !warned) {
                warned = true;
                log.warn(
                        "{} not reachable, trying again for up to {} seconds: {}",
                        channel.authority(),
                        options.patience().toSeconds(),
                        translated.getMessage());
            }
            Optional<Duration> wish = translated.retryAfter();
            pause(wish.isPresent() ? Math.min(wish.get().toNanos(), LONGEST_PAUSE_NANOS) : pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            channel.resetConnectBackoff();
        }
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    /**
     * Translates an answer.
     *
     * @throws ServerFailureException if it breaks the protocol: a defect of the server, which another attempt would not mend
     */
    static <T> T understood(Supplier<T> translation) {
        try {
            return translation.get();
        } catch (IllegalArgumentException e) {
            throw MacenvException.of(
                    MacenvException.Failure.of(
                            ErrorCode.INTERNAL, "an answer that breaks the protocol: " + e.getMessage()),
                    e);
        }
    }

    static MacenvException interrupted(InterruptedException e) {
        return MacenvException.of(
                MacenvException.Failure.of(
                        ErrorCode.DEADLINE_EXCEEDED, "interrupted while waiting; the same call can be made again"),
                e);
    }

    /** An attempt that ran out of time without a word from the server. */
    static StatusRuntimeException timedOut() {
        return Status.DEADLINE_EXCEEDED.withDescription("no answer in time").asRuntimeException();
    }
}
