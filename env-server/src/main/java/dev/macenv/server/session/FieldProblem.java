package dev.macenv.server.session;

/**
 * One thing wrong with one field of a request.
 *
 * @param field path of the field, such as {@code action[3]} or {@code config.grid}
 * @param description what is wrong, what was expected, and how to mend it
 */
public record FieldProblem(String field, String description) {}
