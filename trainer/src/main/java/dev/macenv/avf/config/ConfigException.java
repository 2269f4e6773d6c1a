package dev.macenv.avf.config;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown with <em>all</em> problems of a configuration at once; the message holds one problem per line. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /** @param problems one or more problems, in the order in which they are to be shown */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The problems, in the order found. */
    public List<Problem> problems() {
        return problems;
    }
}
