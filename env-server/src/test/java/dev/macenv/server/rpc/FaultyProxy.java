package dev.macenv.server.rpc;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server, and does harm to the frames of HTTP/2 that pass, whichever way they go: handshakes,
 * requests, answers, acknowledgements. It counts frames and reads no clock, so faults are spread over what is done and not
 * over the time that it takes.
 */
public final class FaultyProxy implements AutoCloseable {

    /** What happens to a frame. */
    public enum Fault {
        /** The connection ends before it. */
        CUT,
        /** The connection ends in the middle of it. */
        TRUNCATE,
        /** It is late by some milliseconds. */
        DELAY,
        /** It arrives twice; a message of a stream that has had others before, since whoever repeats one call's only message breaks HTTP/2. */
        DUPLICATE,
        /** The server dies before it, or just after it, and another one is started. */
        KILL
    }

    private static final int PREFACE_BYTES = 24; // with which a client begins
    private static final int HEAD_BYTES = 9;
    private static final int TYPE = 3;
    private static final int DATA = 0;
    private static final int STREAM = 5;
    private static final long LONGEST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ServerSocket entrance;
    private final int serverPort;
    private final Runnable kill;
    private final ReentrantLock door = new ReentrantLock(); // held while there is no server: who comes waits

    // All below is guarded by this.
    private final Random random;
    private final List<Fault> left;
    private final int meanGap;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private int gap;
    private long frames;
    private long requests;
    private @Nullable Throwable broken;

    /** A proxy that does no harm and counts. */
    public FaultyProxy(int serverPort) throws IOException {
        this(serverPort, 0, Map.of(), 1, () -> {});
    }

    /**
     * @param serverPort of this machine
     * @param seed of everything random here
     * @param faults how many of each; in random order
     * @param meanGap frames from one to the next, on average
     * @param kill kills the server and returns when another one serves on the same port
     */
    public FaultyProxy(int serverPort, long seed, Map<Fault, Integer> faults, int meanGap, Runnable kill)
            throws IOException {
        this.serverPort = serverPort;
        this.kill = kill;
        this.random = new Random(seed);
        this.meanGap = meanGap;
        this.left = new ArrayList<>();
        new TreeMap<>(faults).forEach((fault, count) -> left.addAll(Collections.nCopies(count, fault)));
        Collections.shuffle(left, random);
        this.gap = drawGap();
        entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon("proxy", this::accept);
    }

    /** What a client connects to. */
    public String target() {
        return "localhost:" + entrance.getLocalPort();
    }

    /** How often each fault has happened. */
    public synchronized Map<Fault, Integer> done() {
        return new EnumMap<>(done);
    }

    /** Faults that have not happened yet. */
    public synchronized int left() {
        return left.size();
    }

    /** Frames that came here, of all kinds and both ways. */
    public synchronized long frames() {
        return frames;
    }

    /** Of them those that carry a client's request. */
    public synchronized long requests() {
        return requests;
    }

    /** @throws AssertionError if a server could not be started again */
    @Override
    public void close() throws IOException {
        entrance.close();
        synchronized (this) {
            if (broken != null) {
                throw new AssertionError("the server is not there again", broken);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ connections

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                Socket server = null;
                door.lock();
                try {
                    server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                } finally {
                    door.unlock();
                    if (server == null) {
                        client.close();
                    }
                }
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Socket there = server;
                daemon("proxy-request", () -> carry(client, there, true));
                daemon("proxy-answer", () -> carry(there, client, false));
            } catch (IOException e) {
                // The next connection.
            }
        }
    }

    private void carry(Socket from, Socket to, boolean requests) {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
            OutputStream out = to.getOutputStream();
            if (requests) {
                byte[] preface = new byte[PREFACE_BYTES];
                in.readFully(preface);
                out.write(preface);
            }
            Set<Integer> spoken = new HashSet<>(); // streams that have carried a message
            boolean whole = true;
            while (whole) {
                byte[] frame = frame(in);
                boolean message = frame[TYPE] == DATA && frame.length > HEAD_BYTES;
                boolean further = message && !spoken.add(stream(frame));
                whole = pass(frame, out, next(message && requests, further));
            }
        } catch (IOException e) {
            // The connection ends.
        }
        end(from);
        end(to);
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        in.readFully(head);
        int length = ((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff);
        byte[] frame = new byte[HEAD_BYTES + length];
        System.arraycopy(head, 0, frame, 0, HEAD_BYTES);
        in.readFully(frame, HEAD_BYTES, length);
        return frame;
    }

    private static int stream(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(STREAM);
    }

    /** Returns whether the connection goes on. */
    private boolean pass(byte[] frame, OutputStream out, @Nullable Fault fault) throws IOException {
        if (fault == null) {
            out.write(frame);
            return true;
        }
        switch (fault) {
            case CUT -> {
                return false;
            }
            case TRUNCATE -> {
                out.write(frame, 0, 1 + draw(frame.length - 1));
                return false;
            }
            case DELAY -> {
                LockSupport.parkNanos(draw((int) LONGEST_DELAY_NANOS));
                out.write(frame);
                return true;
            }
            case DUPLICATE -> {
                out.write(frame);
                out.write(frame);
                return true;
            }
            case KILL -> {
                boolean before = draw(2) == 0;
                if (before) {
                    die();
                }
                out.write(frame);
                if (!before) {
                    die();
                }
                return false;
            }
        }
        throw new AssertionError(fault);
    }

    private void die() {
        door.lock();
        try {
            kill.run();
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                broken = e;
            }
        } finally {
            door.unlock();
        }
    }

    /** In order, or as a machine that has forgotten the connection does. */
    private void end(Socket socket) {
        try {
            if (draw(2) == 0) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            // It has ended.
        }
    }

    // ------------------------------------------------------------------------------------------------ what happens
    // when

    /** @param further whether it may be duplicated */
    private synchronized @Nullable Fault next(boolean request, boolean further) {
        frames++;
        if (request) {
            requests++;
        }
        if (left.isEmpty() || --gap > 0) {
            return null;
        }
        Fault fault = left.get(left.size() - 1);
        if (fault == Fault.DUPLICATE && !further) {
            return null; // the next frame, then
        }
        left.remove(left.size() - 1);
        done.merge(fault, 1, Integer::sum);
        gap = drawGap();
        return fault;
    }

    private synchronized int drawGap() {
        return 1 + random.nextInt(2 * meanGap - 1);
    }

    private synchronized int draw(int bound) {
        return random.nextInt(bound);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
