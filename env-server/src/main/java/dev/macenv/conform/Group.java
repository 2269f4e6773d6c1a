package dev.macenv.conform;

import java.util.List;
import java.util.function.Supplier;

/** What a server is held to, in twelve parts. */
public enum Group {
    /** Shapes, bounds and names say what is sent. */
    SPECIFICATIONS(1, "specifications", SpecificationChecks::checks),
    /** Every row follows from the ones before. */
    EVENT_ALGEBRA(2, "event algebra", EventAlgebraChecks::checks),
    /** Looking in on the way changes nothing. */
    SKIPPING(3, "skipping", SkippingChecks::checks),
    /** Trajectories are functions of seeds and decisions. */
    DETERMINISM(4, "determinism", DeterminismChecks::checks),
    /** From a snapshot everything goes on as it did. */
    SNAPSHOTS(5, "snapshots", SnapshotChecks::checks),
    /** A mistake is told exactly, and costs nothing. */
    ERRORS(6, "errors", ErrorChecks::checks),
    /** A lost connection costs nothing either. */
    RESUMPTION(7, "exactly once and resumption", ResumptionChecks::checks),
    /** Nobody sees or does what is another's. */
    SEATS(8, "seats and privacy", SeatChecks::checks),
    /** What is left behind is cleared away; what is full says so. */
    LEASES(9, "leases and capacity", LeaseChecks::checks),
    /** Nonsense harms nobody. */
    ROBUSTNESS(10, "robustness", RobustnessChecks::checks),
    /** Older and newer clients are served. */
    COMPATIBILITY(11, "compatibility", CompatibilityChecks::checks),
    /** An operator can see the server, and whom it lets in. */
    OPERATIONS(12, "operations", OperationChecks::checks);

    private final int number;
    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // always a static method, which has no state
    private final Supplier<List<Check>> checks;

    Group(int number, String title, Supplier<List<Check>> checks) {
        this.number = number;
        this.title = title;
        this.checks = checks;
    }

    /** 1 to 12. */
    public int number() {
        return number;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }

    /** The names of what it tries, in order. */
    public List<String> names() {
        return checks().stream().map(Check::name).toList();
    }

    List<Check> checks() {
        return checks.get();
    }
}
