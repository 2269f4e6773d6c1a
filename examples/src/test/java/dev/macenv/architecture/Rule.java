package dev.macenv.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An architecture rule beside an offence against it.
 *
 * @param rule what the project's classes keep
 * @param offence source text by qualified class name: classes that must break the rule, or the rule is worthless
 */
record Rule(ArchRule rule, Map<String, String> offence) {
    /** A rule broken by one class with the given members. */
    static Rule brokenBy(ArchRule rule, String className, String members) {
        return new Rule(rule, Map.of(className, source(className, members)));
    }

    /** The same rule, broken only together with one more class. */
    Rule and(String className, String members) {
        Map<String, String> both = new LinkedHashMap<>(offence);
        both.put(className, source(className, members));
        return new Rule(rule, both);
    }

    private static String source(String className, String members) {
        int dot = className.lastIndexOf('.');
        return "package " + className.substring(0, dot) + "; public class " + className.substring(dot + 1) + " { "
                + members + " }";
    }

    @Override
    public String toString() {
        return rule.getDescription();
    }
}
