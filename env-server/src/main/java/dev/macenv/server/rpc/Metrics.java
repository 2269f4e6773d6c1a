package dev.macenv.server.rpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What a server counts, written in Prometheus' text format 0.0.4. Series are told apart by method, code and reason, of which
 * there are few, and never by session or principal. Thread-safe; counting neither waits nor allocates.
 */
final class Metrics {
    /** What is served over HTTP. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** One thing that is counted, with or without a label. */
    private record Family(String type, String help, Map<String, Series> series) {}

    private sealed interface Series permits Counter, Gauge, Histogram {}

    /** Only goes up. */
    static final class Counter implements Series {
        private final LongAdder count = new LongAdder();

        void add(long amount) {
            count.add(amount);
        }
    }

    private record Gauge(LongSupplier value) implements Series {}

    /** How long something took. */
    static final class Histogram implements Series {
        /** Upper bounds of the buckets: 10 microseconds to 40 seconds, each four times the one before. */
        private static final long[] BOUNDS_NANOS = bounds();

        private final LongAdder[] buckets = new LongAdder[BOUNDS_NANOS.length + 1];
        private final LongAdder sumNanos = new LongAdder();

        Histogram() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        private static long[] bounds() {
            long[] bounds = new long[12];
            long bound = 10_000;
            for (int i = 0; i < bounds.length; i++) {
                bounds[i] = bound;
                bound *= 4;
            }
            return bounds;
        }

        void took(long nanos) {
            int bucket = 0;
            while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
                bucket++;
            }
            buckets[bucket].increment();
            sumNanos.add(nanos);
        }
    }

    /** A counter that stands for itself. */
    Counter counter(String name, String help) {
        Counter counter = new Counter();
        family(name, "counter", help).put("", counter);
        return counter;
    }

    /** A gauge that is read when it is asked for. */
    void gauge(String name, String help, LongSupplier value) {
        family(name, "gauge", help).put("", new Gauge(value));
    }

    /** A histogram of durations. */
    Histogram histogram(String name, String help) {
        Histogram histogram = new Histogram();
        family(name, "histogram", help).put("", histogram);
        return histogram;
    }

    /** Counters of one family by their labels, such as {@code code="OK"}; made when first asked for. */
    Labelled counters(String name, String help) {
        return new Labelled(family(name, "counter", help));
    }

    /** Histograms of one family by their labels. */
    LabelledHistograms histograms(String name, String help) {
        return new LabelledHistograms(family(name, "histogram", help));
    }

    record Labelled(Map<String, Series> series) {
        Counter of(String labels) {
            return (Counter) series.computeIfAbsent(labels, missing -> new Counter());
        }
    }

    record LabelledHistograms(Map<String, Series> series) {
        Histogram of(String labels) {
            return (Histogram) series.computeIfAbsent(labels, missing -> new Histogram());
        }
    }

    private synchronized Map<String, Series> family(String name, String type, String help) {
        Family family = new Family(type, help, new ConcurrentSkipListMap<>());
        families.put(name, family);
        return family.series();
    }

    /** Everything, as it is now. */
    synchronized String text() {
        StringBuilder text = new StringBuilder();
        families.forEach((name, family) -> {
            text.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(family.help())
                    .append('\n');
            text.append("# TYPE ")
                    .append(name)
                    .append(' ')
                    .append(family.type())
                    .append('\n');
            family.series().forEach((labels, series) -> write(text, name, labels, series));
        });
        return text.toString();
    }

    private static void write(StringBuilder text, String name, String labels, Series series) {
        if (series instanceof Counter counter) {
            line(text, name, labels, Long.toString(counter.count.sum()));
        } else if (series instanceof Gauge gauge) {
            line(text, name, labels, Long.toString(gauge.value().getAsLong()));
        } else if (series instanceof Histogram histogram) {
            write(text, name, labels, histogram);
        }
    }

    private static void write(StringBuilder text, String name, String labels, Histogram histogram) {
        long count = 0;
        List<String> all = new ArrayList<>(labels.isEmpty() ? List.of() : List.of(labels));
        for (int i = 0; i < histogram.buckets.length; i++) {
            count += histogram.buckets[i].sum();
            String bound = i < Histogram.BOUNDS_NANOS.length ? seconds(Histogram.BOUNDS_NANOS[i]) : "+Inf";
            all.add("le=\"" + bound + "\"");
            line(text, name + "_bucket", String.join(",", all), Long.toString(count));
            all.remove(all.size() - 1);
        }
        line(text, name + "_sum", labels, seconds(histogram.sumNanos.sum()));
        line(text, name + "_count", labels, Long.toString(count));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.9f", nanos / 1e9).replaceFirst("\\.?0+$", "");
    }

    private static void line(StringBuilder text, String name, String labels, String value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value).append('\n');
    }
}
