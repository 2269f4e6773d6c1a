package dev.macenv.avf.experiment;

import dev.macenv.avf.experience.TeamShape;
import dev.macenv.client.TeamSpec;
import java.util.stream.IntStream;

/** Turns what the server says about a team into what the learner needs to know. */
final class TeamShapes {

    private TeamShapes() {}

    static TeamShape of(TeamSpec spec) {
        return new TeamShape(
                IntStream.range(0, spec.size()).map(spec::observationSize).toArray(),
                IntStream.range(0, spec.size()).map(spec::actionCount).toArray(),
                spec.stateSize());
    }
}
