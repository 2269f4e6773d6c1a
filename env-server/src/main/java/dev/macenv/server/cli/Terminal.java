package dev.macenv.server.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Whether a person is looking. */
final class Terminal {
    private Terminal() {}

    @SuppressWarnings("SystemConsoleNull") // what it means since JDK 22 is seen to below
    static boolean isInteractive() {
        @Nullable Console console = System.console();
        @Nullable String term = System.getenv("TERM");
        return console != null && isTerminal(console) && term != null && !term.equals("dumb");
    }

    /** Since JDK 22 there is always a console, which knows whether it is a terminal; before, there is one only if it is. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
