package dev.macenv.avf.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where results come from: what was built from which sources, and the machine it ran on. */
final class Provenance {

    private Provenance() {}

    /** Facts about this process, by name; what cannot be found out is left out. */
    static Map<String, String> ofThisProcess() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("version", version());
        gitCommit().ifPresent(commit -> facts.put("git commit", commit));
        facts.put("java", System.getProperty("java.runtime.name") + " " + System.getProperty("java.runtime.version"));
        facts.put("virtual machine", System.getProperty("java.vm.name"));
        facts.put(
                "operating system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        cpu().ifPresent(cpu -> facts.put("cpu", cpu));
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("memory limit", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
        return facts;
    }

    /** The version that Maven built, or {@code unpackaged} when run from a class folder. */
    static String version() {
        try (InputStream in =
                Provenance.class.getResourceAsStream("/META-INF/maven/dev.macenv/macenv-trainer/pom.properties")) {
            if (in != null) {
                Properties properties = new Properties();
                properties.load(in);
                return properties.getProperty("version", "unknown");
            }
        } catch (IOException e) {
            return "unknown";
        }
        return "unpackaged";
    }

    /** The commit checked out where the code lies, if that is a Git working tree. Read from Git's files, without Git. */
    private static Optional<String> gitCommit() {
        try {
            CodeSource source = Provenance.class.getProtectionDomain().getCodeSource();
            if (source == null) {
                return Optional.empty();
            }
            Path place = Path.of(source.getLocation().toURI());
            for (@Nullable Path folder = place; folder != null; folder = folder.getParent()) {
                Path git = folder.resolve(".git");
                if (Files.isRegularFile(git.resolve("HEAD"))) {
                    return commit(git);
                }
            }
        } catch (URISyntaxException | IOException e) {
            return Optional.empty(); // provenance is a courtesy: never a reason to fail
        }
        return Optional.empty();
    }

    private static Optional<String> commit(Path git) throws IOException {
        String head = Files.readString(git.resolve("HEAD")).trim();
        if (!head.startsWith("ref: ")) {
            return Optional.of(head);
        }
        String reference = head.substring("ref: ".length());
        if (Files.isRegularFile(git.resolve(reference))) {
            return Optional.of(Files.readString(git.resolve(reference)).trim());
        }
        Path packed = git.resolve("packed-refs");
        if (!Files.isRegularFile(packed)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(packed)) {
            return lines.filter(line -> line.endsWith(" " + reference))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .findFirst();
        }
    }

    private static Optional<String> cpu() {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
