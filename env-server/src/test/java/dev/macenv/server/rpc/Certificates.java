package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Certificates for tests, made by the JDK's keytool: an authority, and what it vouches for. Files are PEM, as servers and
 * clients want them.
 */
final class Certificates {
    private static final String PASSWORD = "for-tests";

    private final Path directory;
    private final String authority;

    /** An authority with files in this directory. */
    Certificates(Path directory, String authority) {
        this.directory = directory;
        this.authority = authority;
        generate(authority, "-ext", "bc:c");
    }

    /** The authority's own certificate. */
    Path authority() {
        return write(authority + ".pem", certificates(authority));
    }

    /** A certificate of this subject with its key, vouched for by the authority; every machine is called localhost. */
    Identity identity(String name) {
        generate(name, "-signer", authority, "-ext", "san=dns:localhost,ip:127.0.0.1");
        return new Identity(write(name + ".pem", certificates(name)), write(name + ".key", key(name)));
    }

    record Identity(Path certificate, Path key) {}

    private Path store() {
        return directory.resolve(authority + ".p12");
    }

    private void generate(String alias, String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-validity", "2"));
        line.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        line.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
        line.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            process.getInputStream().transferTo(said);
            assertThat(process.waitFor())
                    .as("%s: %s", line, said.toString(StandardCharsets.UTF_8))
                    .isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private KeyStore open() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private String certificates(String alias) {
        try {
            StringBuilder text = new StringBuilder();
            for (Certificate one : open().getCertificateChain(alias)) {
                text.append(pem("CERTIFICATE", one.getEncoded()));
            }
            return text.toString();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private String key(String alias) {
        try {
            Key key = Objects.requireNonNull(open().getKey(alias, PASSWORD.toCharArray()));
            return pem("PRIVATE KEY", key.getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String kind, byte[] encoded) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }
}
