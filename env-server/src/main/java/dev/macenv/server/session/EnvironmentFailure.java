package dev.macenv.server.session;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller is told whose wish an environment failed to grant; the lane goes on. */
final class EnvironmentFailure {
    private static final Logger log = LoggerFactory.getLogger(EnvironmentFailure.class);

    private EnvironmentFailure() {}

    /**
     * @param feature of the protocol that is then absent, if the environment says that it does not support it
     * @param what was to be done with the environment
     */
    static RefusedException refusal(String feature, String what, Throwable cause) {
        if (cause instanceof UnsupportedOperationException) {
            return RefusedException.featureAbsent(feature, "this environment cannot be " + what);
        }
        String trace = UUID.randomUUID().toString();
        log.warn("an environment could not be {}, trace {}", what, trace, cause);
        return new RefusedException(
                        Reason.ENVIRONMENT_FAULT,
                        "the environment could not be " + what + " (look for trace " + trace + " in the server's log)")
                .with("trace", trace);
    }
}
