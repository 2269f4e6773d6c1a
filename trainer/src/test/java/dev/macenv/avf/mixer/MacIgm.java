package dev.macenv.avf.mixer;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Mac-IGM by brute force: with any set of agents in the middle of macro-actions, the best admissible joint macro-action must be the agents' own best.
 * Three agents, random utilities, random mixers, every set of ongoing agents.
 */
public final class MacIgm {
    /** How many random mixers are tried. */
    public static final int MIXERS = 300;

    static final int AGENTS = 3;
    private static final List<Integer> ACTIONS = List.of(3, 4, 3);
    private static final int STATE = 5;

    /** The sizes that mixers must be made for. */
    public static final MixerShape SHAPE = new MixerShape(ACTIONS, STATE);

    private final Engine engine = EngineType.REFERENCE.create();

    private MacIgm() {}

    /** Makes one random mixer for {@link #SHAPE}. */
    public interface Maker {
        Mixer make(Parameters parameters, RandomGenerator random);
    }

    /**
     * How many of the mixers err.
     *
     * @param allFree with all agents free
     * @param someOngoing for some set of ongoing agents
     */
    public record Violations(int allFree, int someOngoing) {}

    /** Tries {@link #MIXERS} mixers. */
    public static Violations of(Maker maker) {
        return new MacIgm().violations(maker);
    }

    private Violations violations(Maker maker) {
        int allFree = 0;
        int someOngoing = 0;
        for (int seed = 0; seed < MIXERS; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            Team team = new Team(maker.make(new Parameters(engine), random), random);
            allFree += team.errs(0) ? 1 : 0;
            boolean errs = false;
            for (int ongoing = 1; ongoing < 1 << AGENTS; ongoing++) {
                errs |= team.errs(ongoing);
            }
            someOngoing += errs ? 1 : 0;
        }
        return new Violations(allFree, someOngoing);
    }

    /** Random utilities of three agents in one state, their macro-actions in force, and a mixer. */
    private final class Team {
        private final Mixer mixer;
        private final double[][] utilities = new double[AGENTS][];
        private final double[] values = new double[AGENTS];
        private final int[] inForce = new int[AGENTS];
        private final Matrix state;
        private final Tape tape = Tape.evaluating(engine);

        Team(Mixer mixer, RandomGenerator random) {
            this.mixer = mixer;
            for (int i = 0; i < AGENTS; i++) {
                values[i] = random.nextGaussian();
                utilities[i] = random.doubles(ACTIONS.get(i), -2, 2).toArray();
                inForce[i] = random.nextInt(ACTIONS.get(i));
            }
            state = engine.matrix(1, STATE);
            for (int c = 0; c < STATE; c++) {
                state.set(0, c, random.nextGaussian());
            }
        }

        /** Whether the joint value of the agents' own choices is less than the largest among the admissible joint macro-actions. */
        boolean errs(int ongoing) {
            List<int[]> admissible = admissible(ongoing);
            Matrix q = engine.matrix(admissible.size(), AGENTS);
            Matrix v = engine.matrix(admissible.size(), AGENTS);
            Matrix states = engine.matrix(admissible.size(), STATE);
            Matrix actions = engine.matrix(admissible.size(), SHAPE.jointActionSize());
            int own = -1;
            for (int k = 0; k < admissible.size(); k++) {
                int first = 0;
                boolean allOwn = true;
                for (int i = 0; i < AGENTS; i++) {
                    int m = admissible.get(k)[i];
                    q.set(k, i, utilities[i][m]);
                    v.set(k, i, reference(i, isOngoing(ongoing, i)));
                    actions.set(k, first + m, 1);
                    first += ACTIONS.get(i);
                    allOwn &= m == choice(i, isOngoing(ongoing, i));
                }
                engine.copy(state, states.rowsFrom(k, 1));
                own = allOwn ? k : own;
            }
            tape.reset();
            Matrix total = mixer.mix(
                            tape,
                            new MixerInput(
                                    tape.constant(q), tape.constant(v), tape.constant(states), tape.constant(actions)))
                    .value();
            for (int k = 0; k < admissible.size(); k++) {
                if (total.get(k, 0) > total.get(own, 0) + 1e-9) {
                    return true;
                }
            }
            return false;
        }

        private List<int[]> admissible(int ongoing) {
            ArrayList<int[]> all = new ArrayList<>();
            for (int a = 0; a < ACTIONS.get(0); a++) {
                for (int b = 0; b < ACTIONS.get(1); b++) {
                    for (int c = 0; c < ACTIONS.get(2); c++) {
                        int[] joint = {a, b, c};
                        boolean keeps = true;
                        for (int i = 0; i < AGENTS; i++) {
                            keeps &= !isOngoing(ongoing, i) || joint[i] == inForce[i];
                        }
                        if (keeps) {
                            all.add(joint);
                        }
                    }
                }
            }
            return all;
        }

        private double reference(int agent, boolean ongoing) {
            return switch (mixer.references()) {
                case NONE -> 0;
                case CONDITIONAL_MAX -> utilities[agent][choice(agent, ongoing)];
                case FULL_MAX -> utilities[agent][choice(agent, false)];
                case VALUE_HEAD -> values[agent];
            };
        }

        private int choice(int agent, boolean ongoing) {
            if (ongoing) {
                return inForce[agent];
            }
            int best = 0;
            for (int m = 1; m < ACTIONS.get(agent); m++) {
                best = utilities[agent][m] > utilities[agent][best] ? m : best;
            }
            return best;
        }
    }

    private static boolean isOngoing(int set, int agent) {
        return (set >> agent & 1) != 0;
    }
}
