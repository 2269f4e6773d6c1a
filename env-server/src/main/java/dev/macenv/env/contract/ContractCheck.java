package dev.macenv.env.contract;

import dev.macenv.env.AnnouncedEnvironment;
import dev.macenv.env.MacDecPomdp;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One promise of {@link MacDecPomdp} each, tried out by random play. */
public enum ContractCheck {
    /** Two environments made alike have one spec, with one fingerprint, and unique names in it. */
    SPEC_IS_STABLE(SpecChecks::specIsStable),
    /** A reset gives the same first situation whatever was played before: tick 0, all pending, nothing paid. */
    RESET_IS_REPEATABLE(PlayChecks::resetIsRepeatable),
    /** The same seed and requests give the same episode, in any instance, beside any other instance. */
    SAME_SEED_SAME_EPISODE(PlayChecks::sameSeedSameEpisode),
    /** Where the spec says deterministic, the seed makes no difference. */
    DETERMINISTIC_MEANS_SO(PlayChecks::deterministicMeansSo),
    /** A macro-observation changes only on a tick on which the agent's macro-action ended. */
    OBSERVATIONS_ARE_HELD(PlayChecks::observationsAreHeld),
    /** What is requested of an agent amid a macro-action makes no difference. */
    ONGOING_AGENTS_ARE_NOT_ASKED(PlayChecks::ongoingAgentsAreNotAsked),
    /** Observations and states stay within the bounds of their specs. */
    BOUNDS_ARE_KEPT(PlayChecks::boundsAreKept),
    /** Macro-actions that end lasted from minTicks to maxTicks. */
    DURATIONS_ARE_KEPT(PlayChecks::durationsAreKept),
    /** A pending agent always has a legal macro-action. */
    SOMETHING_IS_LEGAL(PlayChecks::somethingIsLegal),
    /** An episode ends by termination or at the horizon, never both, and then takes no step. */
    ENDINGS_ARE_CLEAR(PlayChecks::endingsAreClear),
    /** A request out of range, or illegal, is refused and changes nothing. */
    BAD_REQUESTS_CHANGE_NOTHING(PlayChecks::badRequestsChangeNothing),
    /** From a snapshot the episode goes on exactly as it did, in the same environment and in a new one. */
    SNAPSHOTS_CONTINUE(SnapshotChecks::snapshotsContinue),
    /** Taking or restoring a snapshot and taking it again gives the same bytes. */
    SNAPSHOTS_ARE_STABLE(SnapshotChecks::snapshotsAreStable),
    /** A damaged snapshot is refused and changes nothing. */
    DAMAGED_SNAPSHOTS_ARE_REFUSED(SnapshotChecks::damagedSnapshotsAreRefused),
    /** Describing a scene changes nothing, and every agent of the team is in it once. */
    SCENES_CHANGE_NOTHING(SceneChecks::scenesChangeNothing),
    /** Stepping and reading allocate nothing. */
    STEPS_ALLOCATE_NOTHING(SpecChecks::stepsAllocateNothing);

    @SuppressWarnings("ImmutableEnumChecker") // always a static method, which has no state
    private final Consumer<Supplier<MacDecPomdp>> check;

    ContractCheck(Consumer<Supplier<MacDecPomdp>> check) {
        this.check = check;
    }

    /** Whether an environment gives the promise at all. One that works elsewhere sends messages, which cannot be had for nothing. */
    public boolean concerns(MacDecPomdp environment) {
        return this != STEPS_ALLOCATE_NOTHING || !(environment instanceof AnnouncedEnvironment);
    }

    /**
     * Tries the promise.
     *
     * @param environments makes a new environment, always with the same settings
     * @throws AssertionError if the promise is broken; the message says where
     */
    public void verify(Supplier<MacDecPomdp> environments) {
        check.accept(environments);
    }
}
