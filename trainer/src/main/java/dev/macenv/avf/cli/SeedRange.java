package dev.macenv.avf.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Reads seeds written as {@code 0..4}, {@code 7} or {@code 0..4,10}. */
final class SeedRange {

    private static final Pattern PART = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");
    private static final long MOST = 100_000;

    private SeedRange() {}

    static List<Long> parse(String text) {
        List<Long> seeds = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part.trim());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("--seeds: " + text + " (expected: for example 0..4 or 0,3,7)");
            }
            long first = Long.parseLong(matcher.group(1));
            long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
            if (last < first || last - first >= MOST) {
                throw new IllegalArgumentException("--seeds: " + part + " (expected: first..last, ascending)");
            }
            LongStream.rangeClosed(first, last).forEach(seeds::add);
        }
        return seeds.stream().distinct().toList();
    }
}
