package dev.macenv.avf.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a configuration together with where it was written: the YAML tree without YAML's own types. Immutable. */
public sealed interface ConfigNode {

    /** Where the value starts. */
    Origin origin();

    /** What a plain scalar looks like; quoted scalars are always {@link #TEXT}. */
    enum ScalarKind {
        TEXT,
        INTEGER,
        NUMBER,
        FLAG,
        NOTHING
    }

    /** A scalar, as written. */
    record Scalar(String text, ScalarKind kind, Origin origin) implements ConfigNode {}

    /** A sequence. */
    record Sequence(List<ConfigNode> items, Origin origin) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** A mapping; entries keep the order in which their keys were first written. */
    record Mapping(Map<String, Entry> entries, Origin origin) implements ConfigNode {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The value of a key, if present. */
        public Optional<ConfigNode> get(String key) {
            return Optional.ofNullable(entries.get(key)).map(Entry::value);
        }

        /**
         * This mapping with another one laid over it: mappings merge key by key, everything else is replaced as a whole. The
         * replaced entry stays reachable through {@link Entry#replaced}.
         */
        public Mapping overlaidWith(Mapping upper) {
            Map<String, Entry> merged = new LinkedHashMap<>(entries);
            upper.entries().forEach((key, above) -> merged.merge(key, above, Entry::overlaidWith));
            return new Mapping(merged, origin);
        }
    }

    /**
     * A key of a mapping and its value.
     *
     * @param keyOrigin where the key stands
     * @param value its value
     * @param replaced the entry of a lower layer which this one replaced
     */
    record Entry(Origin keyOrigin, ConfigNode value, Optional<Entry> replaced) {

        Entry overlaidWith(Entry above) {
            return value instanceof Mapping lower && above.value() instanceof Mapping upper
                    ? new Entry(above.keyOrigin(), lower.overlaidWith(upper), above.replaced())
                    : new Entry(above.keyOrigin(), above.value(), Optional.of(this));
        }
    }
}
