package dev.macenv.server.catalog;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Finds providers in jars. Each jar has a class loader of its own in front of this program's, so that jars cannot disturb each other, and whatever goes wrong is known to be the fault of one of them; what a jar needs beside itself, its
 * manifest names in {@code Class-Path}.
 */
final class Plugins {

    private static final String SERVICES = "META-INF/services/" + EnvironmentProvider.class.getName();

    /** A provider that works as far as it could be tried. */
    record Offer(Path jar, EnvironmentProvider provider, List<EnvironmentDescription> environments) {}

    private final List<Offer> offers = new ArrayList<>();
    private final List<PluginProblem> problems = new ArrayList<>();

    private Plugins() {}

    static Plugins in(List<Path> directories) {
        Plugins plugins = new Plugins();
        directories.stream()
                .map(directory -> directory.toAbsolutePath().normalize())
                .distinct()
                .filter(Files::exists)
                .forEach(plugins::open);
        return plugins;
    }

    List<Offer> offers() {
        return List.copyOf(offers);
    }

    List<PluginProblem> problems() {
        return List.copyOf(problems);
    }

    private void open(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(this::openJar);
        } catch (IOException e) {
            problems.add(new PluginProblem(directory, "cannot be read as a directory of jars (" + e + ")"));
        }
    }

    private void openJar(Path jar) {
        List<String> names;
        URL url;
        try {
            names = providerNames(jar);
            url = jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError("every path has a URL", e);
        } catch (IOException e) {
            problems.add(new PluginProblem(jar, "cannot be read as a jar (" + e.getMessage() + ")"));
            return;
        }
        if (names.isEmpty()) {
            problems.add(new PluginProblem(jar, "offers no environment (expected: a line in " + SERVICES + ")"));
            return;
        }
        // Never closed: its environments may need further classes for as long as the process runs.
        ClassLoader loader =
                new URLClassLoader(jar.getFileName().toString(), new URL[] {url}, Plugins.class.getClassLoader());
        names.forEach(name -> offer(jar, loader, name));
    }

    private static List<String> providerNames(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry services = file.getEntry(SERVICES);
            if (services == null) {
                return List.of();
            }
            String text = new String(file.getInputStream(services).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    /** The code of a stranger runs here: class initialisers, a constructor and {@code environments()}. */
    private void offer(Path jar, ClassLoader loader, String name) {
        try {
            Object made =
                    Class.forName(name, true, loader).getDeclaredConstructor().newInstance();
            if (made instanceof EnvironmentProvider provider) {
                offers.add(new Offer(jar, provider, List.copyOf(provider.environments())));
            } else {
                problems.add(new PluginProblem(
                        jar,
                        name + " is no provider (expected: it implements " + EnvironmentProvider.class.getName()
                                + ")"));
            }
        } catch (ClassNotFoundException e) {
            problems.add(new PluginProblem(jar, name + " is named in " + SERVICES + " but is not in the jar"));
        } catch (ReflectiveOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            problems.add(new PluginProblem(jar, name + " cannot be made (" + cause + ")"));
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            problems.add(new PluginProblem(
                    jar, name + " does not work (" + e + "); it may have been built for another version of macenv"));
        }
    }
}
