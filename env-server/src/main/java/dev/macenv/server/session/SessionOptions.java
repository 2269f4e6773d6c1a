package dev.macenv.server.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a client asks of a new session.
 *
 * @param lanes number of environments, at least 1
 * @param seeds 0, 1 or {@code lanes} values; zero is a seed like any other
 * @param gamma discount per tick, in [0, 1]
 * @param resetMode what follows the end of an episode
 * @param view what the owner receives
 * @param seating who is to play which seat
 * @param lease how long the session lives without contact; empty for the server's default
 * @param start gives the snapshot that every lane is to be a copy of, or refuses to; empty for fresh episodes
 */
public record SessionOptions(
        int lanes,
        long[] seeds,
        double gamma,
        ResetMode resetMode,
        View view,
        SeatingPlan seating,
        Optional<Duration> lease,
        Optional<Supplier<byte[]>> start) {

    /** Everything wrong with these options under the limits of a server; empty if nothing is. */
    public List<FieldProblem> problems(SessionLimits limits) {
        List<FieldProblem> problems = new ArrayList<>();
        if (lanes < 1 || lanes > limits.lanes()) {
            problems.add(new FieldProblem(
                    "lanes", Integer.toUnsignedString(lanes) + " (expected: 1 .. " + limits.lanes() + ")"));
        }
        if (seeds.length > 1 && seeds.length != lanes) {
            problems.add(new FieldProblem(
                    "seeds",
                    seeds.length + " values (expected: none, one, or one for each of the "
                            + Integer.toUnsignedString(lanes) + " lanes)"));
        }
        if (seeds.length > 0 && start.isPresent()) {
            problems.add(new FieldProblem(
                    "seeds",
                    seeds.length + " values beside a snapshot (expected: none, since the lanes go on with its seeds)"));
        }
        if (!(gamma >= 0 && gamma <= 1)) {
            problems.add(new FieldProblem("gamma", gamma + " (expected: a discount per tick in [0, 1])"));
        }
        lease.filter(wish -> wish.isNegative() || wish.isZero())
                .ifPresent(wish -> problems.add(new FieldProblem(
                        "lease", wish + " (expected: a positive duration, or absent for the default)")));
        return problems;
    }
}
