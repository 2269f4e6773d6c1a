package dev.macenv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a page in docs/algorithms calls by its name exists: types, members, fields of the protocol, keys and values of
 * YAML files, environments, other pages. Inline code is for such names only, so a word in it that nothing here recognises
 * is a mistake.
 */
final class AlgorithmPagesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGES = ROOT.resolve("docs/algorithms");
    private static final Path ALGORITHMS = ROOT.resolve("trainer/src/main/resources/algorithms");
    private static final Path EXPERIMENTS = ROOT.resolve("trainer/src/main/resources/experiments");
    private static final Path PLAYTHROUGHS = ROOT.resolve("env-server/src/test/resources/playthroughs");

    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|enum|interface) (\\w+)");
    private static final Pattern MESSAGE = Pattern.compile("(?m)^message (\\w+) \\{(.*?)^\\}", Pattern.DOTALL);
    private static final Pattern YAML_LINE = Pattern.compile("^( *)(\\w+):(?: +([^#]*?))?\\s*(?:#.*)?$");

    /** Simple name of a type, or of a message of the protocol, to the texts that declare one of that name. */
    private static final Map<String, List<String>> TYPES = types();

    private static final String SOURCES =
            TYPES.values().stream().flatMap(List::stream).distinct().collect(Collectors.joining());

    static List<Path> pages() {
        return files(PAGES, ".md");
    }

    @Test
    void thereIsAPageForEveryAlgorithm() throws IOException {
        String index = Files.readString(PAGES.resolve("README.md"));
        assertThat(files(ALGORITHMS, ".yaml"))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(index).contains("`" + file.getFileName() + "`"));
        assertThat(pages())
                .hasSizeGreaterThan(8)
                .filteredOn(page -> !page.endsWith("README.md"))
                .allSatisfy(page -> assertThat(index).contains("](" + page.getFileName()));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void whatItNamesExists(Path page) throws IOException {
        Set<String> keys = new HashSet<>();
        Set<String> words = new HashSet<>();
        for (Path file : Stream.of(ALGORITHMS, EXPERIMENTS)
                .flatMap(folder -> files(folder, ".yaml").stream())
                .toList()) {
            words.add(file.getFileName().toString());
            values(file).forEach((key, value) -> {
                keys.add(key);
                words.addAll(List.of(key.split("\\.")));
                words.add(value);
            });
        }
        files(PLAYTHROUGHS, ".txt")
                .forEach(file -> words.add(file.getFileName().toString().replace(".txt", "")));

        assertThat(CODE.matcher(Files.readString(page)).results().map(code -> code.group(1)))
                .allSatisfy(
                        name -> assertThat(exists(name, keys, words)).as(name).isTrue());
    }

    private static boolean exists(String name, Set<String> keys, Set<String> words) {
        if (name.startsWith("bin/")) {
            return Pattern.compile("--set (\\S+?)=")
                    .matcher(name)
                    .results()
                    .allMatch(set -> keys.contains(set.group(1)));
        }
        if (name.matches("\\w+(\\.\\w+)*: \\S+")) {
            String value = name.substring(name.indexOf(": ") + 2);
            String key = name.substring(0, name.indexOf(": "));
            return (keys.contains(key) || words.contains(key)) && (!value.matches("[A-Z_]+") || isConstant(value));
        }
        if (name.matches("[A-Z][A-Z0-9_]+") && !TYPES.containsKey(name)) {
            return isConstant(name);
        }
        if (name.matches("[A-Z]\\w+(\\.\\w+)?")) {
            String[] parts = name.split("\\.");
            return TYPES.getOrDefault(parts[0], List.of()).stream()
                    .anyMatch(text -> parts.length == 1 || hasWord(text, parts[1]));
        }
        return keys.contains(name) || words.contains(name);
    }

    private static boolean isConstant(String name) {
        return hasWord(SOURCES, name);
    }

    private static boolean hasWord(String text, String word) {
        return Pattern.compile("\\b" + Pattern.quote(word) + "\\b")
                .matcher(text)
                .find();
    }

    /** Tables whose second column is called "default", or after algorithms, tell what those algorithms' files say. */
    @ParameterizedTest
    @MethodSource("pages")
    void itsDefaultsAreThoseOfTheFiles(Path page) throws IOException {
        List<String> algorithms = List.of();
        for (String line : Files.readAllLines(page)) {
            List<String> cells = Stream.of(line.split("\\|")).map(String::strip).toList();
            if (line.startsWith("| key | ")) {
                algorithms = cells.subList(2, cells.size());
            }
            algorithms = line.startsWith("|") ? algorithms : List.of();
            for (int c = 0;
                    c < algorithms.size() && cells.size() > 2 && cells.get(1).startsWith("`");
                    c++) {
                String name = algorithms.get(c).equals("default")
                        ? page.getFileName().toString().replace(".md", "")
                        : algorithms.get(c);
                Path file = ALGORITHMS.resolve(name + ".yaml");
                String told = cells.get(c + 2);
                if (Files.exists(file) && !told.equals("-")) {
                    assertThat(values(file))
                            .as(line)
                            .hasEntrySatisfying(
                                    cells.get(1).replace("`", ""),
                                    value -> assertThat(number(told)).isEqualTo(number(value)));
                }
            }
        }
    }

    private static Object number(String value) {
        return value.matches("-?[0-9][0-9.e-]*") ? (Object) Double.valueOf(value) : value.strip();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsLinksLeadSomewhere(Path page) throws IOException {
        for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
            Path target = link.group(1).isEmpty() ? page : PAGES.resolve(link.group(1));
            assertThat(target).exists();
            if (link.group(2) != null) {
                assertThat(HEADING.matcher(Files.readString(target)).results().map(found -> anchor(found.group(1))))
                        .as(target.toString())
                        .contains(link.group(2));
            }
        }
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static Map<String, List<String>> types() {
        Map<String, List<String>> types = new HashMap<>();
        for (String module : List.of("agent-client", "env-server", "trainer", "examples", "bench")) {
            for (Path file : files(ROOT.resolve(module).resolve("src"), ".java")) {
                String text = read(file);
                TYPE.matcher(text).results().forEach(type -> add(types, type.group(1), text));
            }
        }
        for (Path file : files(ROOT.resolve("proto/src/main/protobuf"), ".proto")) {
            String text = read(file);
            MESSAGE.matcher(text).results().forEach(message -> add(types, message.group(1), message.group(2)));
            Pattern.compile("(?m)^enum (\\w+) \\{").matcher(text).results().forEach(e -> add(types, e.group(1), text));
        }
        return types;
    }

    private static void add(Map<String, List<String>> types, String name, String text) {
        types.computeIfAbsent(name, any -> new ArrayList<>()).add(text);
    }

    /** A file's values by their dotted keys. Reads what the files in this repository are written in: two spaces a level. */
    private static Map<String, String> values(Path file) {
        Map<String, String> values = new HashMap<>();
        List<String> path = new ArrayList<>();
        for (String line : read(file).split("\n")) {
            Matcher matcher = YAML_LINE.matcher(line);
            if (matcher.matches()) {
                int depth = matcher.group(1).length() / 2;
                path.subList(Math.min(depth, path.size()), path.size()).clear();
                path.add(matcher.group(2));
                values.put(
                        String.join(".", path),
                        matcher.group(3) == null ? "" : matcher.group(3).strip());
            }
        }
        return values;
    }

    private static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
