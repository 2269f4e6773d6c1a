package dev.macenv.avf.mixer;

import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Tape;

/**
 * Combines the agents' utilities of a row into one joint value Q_tot.
 *
 * <p>A mixer must let each agent choose greedily for itself: the joint greedy choice, with ongoing agents fixed at their macro-actions, must be the
 * agents' own greedy choices (Mac-IGM, Def. 3.1 of the AVF paper).
 */
public interface Mixer {
    /** Which reference value v_i the mixer compares a utility q_i with; the learner supplies it. */
    enum References {
        /** None: {@link MixerInput#references} is not read and may hold anything of its shape. */
        NONE,
        /**
         * The largest utility over the macro-actions that the agent could have chosen at that joint decision: all legal ones if it was free, its
         * ongoing one otherwise. Without gradient.
         */
        CONDITIONAL_MAX,
        /** The largest utility over all legal macro-actions, ongoing agent or not. Without gradient. */
        FULL_MAX,
        /** The value head of a dueling network, with its gradient. */
        VALUE_HEAD
    }

    /** The reference values this mixer wants. */
    default References references() {
        return References.NONE;
    }

    /** Q_tot {@code [N, 1]} of N rows. */
    Node mix(Tape tape, MixerInput in);
}
