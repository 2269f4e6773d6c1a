package dev.macenv.server.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Stands between a client and a server, and cuts every connection after some bytes: wherever that happens to be, in the
 * middle of a request, of an answer, or between the two.
 */
final class CuttingProxy implements AutoCloseable {

    private final ServerSocket entrance;
    private final int serverPort;
    private final RandomGenerator random;
    private final int leastBytes;
    private final int mostBytes;
    private final AtomicInteger cuts = new AtomicInteger();

    /**
     * A proxy to a server on this machine; each connection carries between {@code leastBytes} and {@code mostBytes} in
     * all.
     */
    CuttingProxy(int serverPort, RandomGenerator random, int leastBytes, int mostBytes) throws IOException {
        this.serverPort = serverPort;
        this.random = random;
        this.leastBytes = leastBytes;
        this.mostBytes = mostBytes;
        entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon("proxy", this::accept);
    }

    String target() {
        return "localhost:" + entrance.getLocalPort();
    }

    /** How many connections were cut. */
    int cuts() {
        return cuts.get();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
    }

    /** One connection after the other: the next one waits until the last is cut. */
    private void accept() {
        while (!entrance.isClosed()) {
            try (Socket client = entrance.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                AtomicInteger left = new AtomicInteger(random.nextInt(leastBytes, mostBytes));
                Thread back = daemon("proxy-back", () -> copy(server, client, left));
                copy(client, server, left);
                back.join();
            } catch (IOException e) {
                // The next connection.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Copies until either direction has used up what is left for both; then cuts the connection. */
    private void copy(Socket from, Socket to, AtomicInteger left) {
        byte[] buffer = new byte[64];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (left.get() > 0) {
                int read = in.read(buffer);
                if (read < 0) {
                    break;
                }
                out.write(buffer, 0, read);
                int before = left.getAndAdd(-read);
                if (before > 0 && before <= read) {
                    cuts.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // Cut from the other side.
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
