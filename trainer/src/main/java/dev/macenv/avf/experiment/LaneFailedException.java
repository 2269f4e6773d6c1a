package dev.macenv.avf.experiment;

import dev.macenv.client.LaneFault;
import java.util.List;
import java.util.stream.Collectors;

/** The environment failed on the server, and training cannot go on. */
public final class LaneFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    LaneFailedException(List<LaneFault> faults) {
        super(faults.stream()
                .map(fault -> "environment failed in lane " + fault.lane() + ", episode " + fault.episode() + ", tick "
                        + fault.tick() + ": " + fault.message())
                .collect(Collectors.joining("\n")));
    }
}
