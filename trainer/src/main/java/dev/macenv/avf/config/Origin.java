package dev.macenv.avf.config;

/**
 * Where a value was written: a file and a line, or a command-line option.
 *
 * @param source file name as shown to the user, or the option's own text
 * @param line line number from 1; 0 where lines mean nothing (options)
 */
public record Origin(String source, int line) {

    /** The origin of a value given on the command line, for example {@code --set discount=0.9}. */
    public static Origin option(String text) {
        return new Origin(text, 0);
    }

    @Override
    public String toString() {
        return line > 0 ? source + ":" + line : source;
    }
}
