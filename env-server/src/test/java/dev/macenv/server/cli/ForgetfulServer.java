package dev.macenv.server.cli;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.AppendFile;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.rpc.Durability;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A server whose process keeps what it writes into journals to itself until it is forced to the disk. Killing it loses the
 * rest, as a machine does that loses its power.
 */
final class ForgetfulServer {
    private ForgetfulServer() {}

    /** @param arguments port, state directory */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Macenv.log(Serve.LogFormat.JSON);
        Durability durability = new Durability(
                Path.of(arguments[1]),
                Duration.ZERO,
                1 << 14,
                1 << 28,
                file -> new Unforced(StateDirectory.Opener.FILES.open(file)));
        try (EnvironmentServer server = EnvironmentServer.tcp(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])),
                Catalog.load(),
                ServerOptions.standard().withDurability(durability))) {
            System.out.println("macenv: served at " + server.target());
            server.awaitTermination();
        }
    }

    private static final class Unforced implements AppendFile {
        private final AppendFile disk;
        private final ByteArrayOutputStream unforced = new ByteArrayOutputStream();

        Unforced(AppendFile disk) {
            this.disk = disk;
        }

        @Override
        public void append(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                unforced.write(bytes.get());
            }
        }

        @Override
        public void force() throws IOException {
            disk.append(ByteBuffer.wrap(unforced.toByteArray()));
            unforced.reset();
            disk.force();
        }

        /** Only what is known to be on the disk is ever gone back to. */
        @Override
        public void truncate(long length) throws IOException {
            unforced.reset();
            disk.truncate(length);
        }

        @Override
        public void takeNameOf(Path other) throws IOException {
            disk.takeNameOf(other);
        }

        @Override
        public void close(boolean remove) throws IOException {
            disk.close(remove);
        }
    }
}
