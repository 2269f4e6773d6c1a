package dev.macenv.avf.export;

import dev.macenv.avf.algorithm.PolicyDescription;

/** What the inputs and outputs of exported networks are called. All are {@code [batch, size]}, in {@code float}. */
final class TensorNames {
    /** The hidden states before the decision; absent without a recurrent layer. */
    static final String HIDDEN = "hidden";

    /** The hidden states after it. */
    static final String NEXT_HIDDEN = "nextHidden";

    private TensorNames() {}

    static String of(PolicyDescription.Part part) {
        return switch (part) {
            case OBSERVATION -> "observation";
            case LAST_MACRO_ACTION -> "lastMacroAction";
            case AGENT -> "agent";
        };
    }

    static String of(PolicyDescription.Output output) {
        return switch (output) {
            case UTILITIES -> "utilities";
            case LOGITS -> "logits";
        };
    }
}
