package dev.macenv.conform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Stands between a client and a server and passes bytes on, until it is told to swallow them, hold them back or cut the
 * connection. Knows nothing of what the bytes mean, so it works through TLS as well.
 *
 * <p>All methods may be called by any thread.
 */
final class Relay implements AutoCloseable {
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final ServerSocketChannel entrance;
    private final SocketAddress server;
    private final Map<SocketChannel, Era> open = new ConcurrentHashMap<>();

    /** What is done to the connections made from now on, and to those since the last change of it. */
    private volatile Era era = new Era();

    /** What is done to some connections. */
    private static final class Era {
        final ReentrantLock lock = new ReentrantLock();
        final Condition changed = lock.newCondition();
        boolean swallowing;
        boolean holding;
        boolean cutAfterRequest;
        int answerBytesLeft = UNLIMITED;
    }

    /** A relay on a free port of this machine to the server's socket. */
    Relay(SocketAddress server) {
        this.server = server;
        try {
            entrance = ServerSocketChannel.open();
            entrance.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new AssertionError("the loopback interface has a free port", e);
        }
        daemon("relay", this::accept);
    }

    /** What a client connects to. */
    String address() {
        try {
            return "localhost:" + ((InetSocketAddress) entrance.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new AssertionError("it is bound", e);
        }
    }

    // ------------------------------------------------------------------------------------------------ faults

    /** From now on nothing reaches the server, which looks to the client as if it did. */
    void swallowRequests() {
        change(now -> now.swallowing = true);
    }

    /** From now on requests reach the server and answers stay here: to both sides the connection looks alive. */
    void holdAnswers() {
        change(now -> now.holding = true);
    }

    /** Cuts the connection as soon as the next bytes of a request have been passed on. */
    void cutAfterRequest() {
        change(now -> now.cutAfterRequest = true);
    }

    /** Passes on so many bytes of answers more, and cuts the connection in the middle of the next. */
    void truncateAnswers(int bytes) {
        change(now -> now.answerBytesLeft = bytes);
    }

    /** The connections there are stay as they are, hanging for example; the next ones are passed on in full. */
    void passTheNext() {
        era = new Era();
    }

    /** Cuts the connections there are, but for those left hanging; the next ones are passed on in full. */
    void cut() {
        Era before = era;
        era = new Era();
        end(before);
    }

    /** Not those of a later era: whoever has lost a connection may have made the next one before all others are closed. */
    private void end(Era past) {
        open.forEach((channel, itsEra) -> {
            if (itsEra == past) {
                closeQuietly(channel);
                open.remove(channel);
            }
        });
        change(past, now -> now.holding = false);
    }

    private void change(Consumer<Era> change) {
        change(era, change);
    }

    private static void change(Era which, Consumer<Era> change) {
        which.lock.lock();
        try {
            change.accept(which);
            which.changed.signalAll();
        } finally {
            which.lock.unlock();
        }
    }

    // ------------------------------------------------------------------------------------------------ bytes

    private void accept() {
        while (entrance.isOpen()) {
            try {
                SocketChannel client = entrance.accept();
                SocketChannel onward = connect();
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Era now = era;
                open.put(client, now);
                open.put(onward, now);
                daemon("relay-requests", () -> copy(client, onward, bytes -> passRequest(now, bytes, onward)));
                daemon("relay-answers", () -> copy(onward, client, bytes -> passAnswer(now, bytes, client)));
            } catch (IOException e) {
                // Closed, or the server accepts nobody, of which the client is told by its own connection's end.
            }
        }
    }

    private SocketChannel connect() throws IOException {
        if (server instanceof UnixDomainSocketAddress) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(server);
            return channel;
        }
        SocketChannel channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    /** Writes some bytes, or not; says whether the connection goes on. */
    private interface Passing {
        boolean pass(ByteBuffer bytes) throws IOException, InterruptedException;
    }

    private void copy(SocketChannel from, SocketChannel to, Passing passing) {
        ByteBuffer bytes = ByteBuffer.allocate(16 << 10);
        try {
            while (from.read(bytes.clear()) >= 0) {
                if (!passing.pass(bytes.flip())) {
                    break;
                }
            }
        } catch (IOException e) {
            // Cut from one side.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeQuietly(from);
        closeQuietly(to);
        open.remove(from);
        open.remove(to);
    }

    private boolean passRequest(Era now, ByteBuffer bytes, SocketChannel to) throws IOException {
        boolean pass;
        boolean cut;
        now.lock.lock();
        try {
            pass = !now.swallowing;
            cut = now.cutAfterRequest;
        } finally {
            now.lock.unlock();
        }
        if (pass) {
            write(bytes, to);
        }
        if (cut) {
            cut();
        }
        return !cut;
    }

    private boolean passAnswer(Era now, ByteBuffer bytes, SocketChannel to) throws IOException, InterruptedException {
        boolean cut = false;
        now.lock.lock();
        try {
            while (now.holding && to.isOpen()) {
                now.changed.await();
            }
            if (now.answerBytesLeft != UNLIMITED) {
                cut = bytes.remaining() >= now.answerBytesLeft;
                bytes.limit(bytes.position() + Math.min(bytes.remaining(), now.answerBytesLeft));
                now.answerBytesLeft -= bytes.remaining();
            }
        } finally {
            now.lock.unlock();
        }
        if (to.isOpen()) {
            write(bytes, to);
        }
        if (cut) {
            cut();
        }
        return !cut;
    }

    private static void write(ByteBuffer bytes, SocketChannel to) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    @Override
    public void close() {
        closeQuietly(entrance);
        Set.copyOf(open.values()).forEach(this::end);
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more, whatever came of it.
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
