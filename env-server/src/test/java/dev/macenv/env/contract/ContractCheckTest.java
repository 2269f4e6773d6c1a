package dev.macenv.env.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.env.scene.Scene;
import dev.macenv.server.catalog.Catalog;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks against environments with one defect each: every check must find its own. */
class ContractCheckTest {

    /** What is wrong, and which check must say so. */
    enum Defect {
        SPEC_DIFFERS_BETWEEN_INSTANCES(ContractCheck.SPEC_IS_STABLE),
        RESET_LEAVES_THE_REWARD(ContractCheck.RESET_IS_REPEATABLE),
        REWARD_DEPENDS_ON_THE_INSTANCE(ContractCheck.SAME_SEED_SAME_EPISODE),
        REWARD_DEPENDS_ON_THE_SEED(ContractCheck.DETERMINISTIC_MEANS_SO),
        OBSERVATION_IS_FRESH(ContractCheck.OBSERVATIONS_ARE_HELD),
        ONGOING_AGENTS_ARE_ASKED(ContractCheck.ONGOING_AGENTS_ARE_NOT_ASKED),
        STATE_IS_SCALED(ContractCheck.BOUNDS_ARE_KEPT),
        AGENTS_END_LATE(ContractCheck.DURATIONS_ARE_KEPT),
        NOTHING_IS_LEGAL_LATER(ContractCheck.SOMETHING_IS_LEGAL),
        TERMINATION_IS_TRUNCATION_TOO(ContractCheck.ENDINGS_ARE_CLEAR),
        STEPS_AFTER_THE_END(ContractCheck.ENDINGS_ARE_CLEAR),
        BAD_REQUESTS_ARE_BENT(ContractCheck.BAD_REQUESTS_CHANGE_NOTHING),
        BAD_REQUESTS_COUNT(ContractCheck.BAD_REQUESTS_CHANGE_NOTHING),
        RESTORE_FORGETS_THE_REWARD(ContractCheck.SNAPSHOTS_CONTINUE),
        SNAPSHOTS_ARE_NUMBERED(ContractCheck.SNAPSHOTS_ARE_STABLE),
        DAMAGE_IS_OVERLOOKED(ContractCheck.DAMAGED_SNAPSHOTS_ARE_REFUSED),
        SCENES_LACK_AN_AGENT(ContractCheck.SCENES_CHANGE_NOTHING),
        SCENES_RESET_THE_WORLD(ContractCheck.SCENES_CHANGE_NOTHING),
        STEPS_ALLOCATE(ContractCheck.STEPS_ALLOCATE_NOTHING);

        final ContractCheck check;

        Defect(ContractCheck check) {
            this.check = check;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyDefectIsFound(Defect defect) {
        assertThatThrownBy(() -> defect.check.verify(new Workshop(defect))).isInstanceOf(AssertionError.class);
    }

    @Test
    void everyCheckHasADefectThatItMustFind() {
        Set<ContractCheck> controlled = new HashSet<>();
        for (Defect defect : Defect.values()) {
            controlled.add(defect.check);
        }
        assertThat(controlled).containsExactlyInAnyOrder(ContractCheck.values());
    }

    /** Makes environments with the same defect. */
    private static final class Workshop implements Supplier<MacDecPomdp> {

        private final Defect defect;
        private int made;

        Workshop(Defect defect) {
            this.defect = defect;
        }

        @Override
        public MacDecPomdp get() {
            return new Faulty(defect, made++);
        }
    }

    /** Box Pushing on a small grid, with a defect. */
    private static final class Faulty implements MacDecPomdp {

        private final MacDecPomdp sound;
        private final Defect defect;
        private final int instance;
        private long seed;
        private double extraReward;
        private int snapshots;
        private double[] litter = {};

        Faulty(Defect defect, int instance) {
            int horizon = defect == Defect.SPEC_DIFFERS_BETWEEN_INSTANCES ? 60 + instance : 60;
            this.sound = Catalog.of(new BoxPushingProvider()).create("bp-6", Map.of("horizon", horizon));
            this.defect = defect;
            this.instance = instance;
        }

        @Override
        public Optional<Scene> scene() {
            Optional<Scene> scene = sound.scene();
            if (defect == Defect.SCENES_RESET_THE_WORLD && sound.tick() > 0) {
                sound.reset(seed);
            }
            return defect == Defect.SCENES_LACK_AN_AGENT
                    ? scene.map(
                            whole -> new Scene(whole.width(), whole.height(), whole.cell(), whole.ground(), List.of()))
                    : scene;
        }

        @Override
        public EnvironmentSpec spec() {
            return sound.spec();
        }

        @Override
        public void reset(long newSeed) {
            seed = newSeed;
            extraReward = defect == Defect.RESET_LEAVES_THE_REWARD ? sound.reward() : 0;
            sound.reset(newSeed);
        }

        @Override
        public void step(int[] requests) {
            switch (defect) {
                case ONGOING_AGENTS_ARE_ASKED -> extraReward = requests[0] + requests[1];
                case BAD_REQUESTS_COUNT -> extraReward++;
                case REWARD_DEPENDS_ON_THE_INSTANCE -> extraReward = instance;
                case REWARD_DEPENDS_ON_THE_SEED -> extraReward = seed;
                case RESTORE_FORGETS_THE_REWARD -> extraReward++;
                case STEPS_ALLOCATE -> litter = new double[16];
                default -> {}
            }
            if (defect == Defect.STEPS_AFTER_THE_END && (sound.terminated() || sound.truncated())) {
                return;
            }
            if (defect == Defect.BAD_REQUESTS_ARE_BENT) {
                sound.step(new int[] {requests[0] & 7, requests[1] & 7});
                return;
            }
            sound.step(requests);
        }

        @Override
        public boolean ended(int agent) {
            return sound.ended(agent);
        }

        @Override
        public int macroAction(int agent) {
            // Stay lasts one tick, and most of what is passed off as it here does not.
            return defect == Defect.AGENTS_END_LATE && sound.macroAction(agent) >= 0 ? 7 : sound.macroAction(agent);
        }

        @Override
        public double reward() {
            return sound.reward() + extraReward;
        }

        @Override
        public boolean terminated() {
            return sound.terminated();
        }

        @Override
        public boolean truncated() {
            return sound.truncated() || (defect == Defect.TERMINATION_IS_TRUNCATION_TOO && sound.terminated());
        }

        @Override
        public int tick() {
            return sound.tick();
        }

        @Override
        public boolean legal(int agent, int macroAction) {
            return sound.legal(agent, macroAction) && !(defect == Defect.NOTHING_IS_LEGAL_LATER && sound.tick() > 5);
        }

        @Override
        public void macroObservation(int agent, double[] out, int offset) {
            sound.macroObservation(agent, out, offset);
            if (defect == Defect.OBSERVATION_IS_FRESH) {
                out[offset] = sound.tick();
            }
        }

        @Override
        public void state(double[] out, int offset) {
            sound.state(out, offset);
            if (defect == Defect.STATE_IS_SCALED) {
                out[offset] *= 10;
            }
        }

        @Override
        public byte[] snapshot() {
            byte[] snapshot = sound.snapshot();
            if (defect == Defect.SNAPSHOTS_ARE_NUMBERED) {
                snapshot = Arrays.copyOf(snapshot, snapshot.length + 1);
                snapshot[snapshot.length - 1] = (byte) snapshots++;
            }
            return snapshot;
        }

        @Override
        public void restore(byte[] snapshot) {
            if (defect == Defect.DAMAGE_IS_OVERLOOKED) {
                return;
            }
            boolean numbered = defect == Defect.SNAPSHOTS_ARE_NUMBERED;
            sound.restore(numbered ? Arrays.copyOf(snapshot, snapshot.length - 1) : snapshot);
        }

        @Override
        public Map<String, Object> inspect() {
            return Map.of("litter", litter.length);
        }
    }
}
