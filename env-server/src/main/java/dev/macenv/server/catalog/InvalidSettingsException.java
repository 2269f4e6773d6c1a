package dev.macenv.server.catalog;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that an environment does not accept, with everything that is wrong with them. */
public final class InvalidSettingsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    InvalidSettingsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** In the order of the names; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
