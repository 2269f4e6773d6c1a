package dev.macenv.server.testing;

import dev.macenv.env.EnvironmentProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Makes jars of environments. */
public final class Plugin {

    private Plugin() {}

    /** Puts a jar that names these providers, from the class path, into a directory of its own; the directory. */
    public static Path jar(Path parent, String name, String... providers) throws IOException {
        Path directory = Files.createDirectories(parent.resolve("jars"));
        write(directory.resolve(name + ".jar"), parent.resolve("nothing"), providers);
        return directory;
    }

    /**
     * Compiles a provider and puts it into a jar.
     *
     * @param className without a package
     * @param body of the class, which implements EnvironmentProvider; {@code dev.macenv.env} and {@code java.util} are imported
     */
    public static void jarWithSource(Path jar, String className, String body) throws IOException {
        Path sources = Files.createDirectories(Path.of(jar + ".sources"));
        Path classes = Files.createDirectories(Path.of(jar + ".classes"));
        Path source = sources.resolve(className + ".java");
        Files.writeString(
                source,
                "import dev.macenv.env.*; import java.util.*; public final class " + className
                        + " implements EnvironmentProvider {" + body + "}");
        String classPath = System.getProperty("java.class.path");
        List<String> arguments =
                List.of("-proc:none", "-nowarn", "-cp", classPath, "-d", classes.toString(), source.toString());
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (status != 0) {
            throw new AssertionError("javac: " + status);
        }
        write(jar, classes, className);
    }

    private static void write(Path jar, Path classes, String... providers) throws IOException {
        try (OutputStream stream = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(stream)) {
            if (providers.length > 0) {
                out.putNextEntry(new ZipEntry("META-INF/services/" + EnvironmentProvider.class.getName()));
                out.write(("# ours\n" + String.join("\n", providers) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            if (Files.isDirectory(classes)) {
                try (Stream<Path> files = Files.list(classes)) {
                    for (Path file : files.toList()) {
                        out.putNextEntry(new ZipEntry(file.getFileName().toString()));
                        out.write(Files.readAllBytes(file));
                    }
                }
            }
        }
    }
}
