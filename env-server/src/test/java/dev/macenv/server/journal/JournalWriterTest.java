package dev.macenv.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.recording.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class JournalWriterTest {

    private static final Duration LOSS = Duration.ofMillis(50);
    private static final Journal.Shortening NEVER = new Journal.Shortening(0, (from, to) -> {
        throw new IOException("nothing is to be shortened");
    });

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void withALossAllowedWhoeverWantsTheAnswerWritesTheJournalAndNobodyHasToWakeUp()
            throws IOException, InterruptedException {
        Notepad file = new Notepad();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        List<Thread> answeredBy = new CopyOnWriteArrayList<>();
        Semaphore answers = new Semaphore(0);
        try (JournalWriter writer = new JournalWriter(LOSS, 1 << 20, nanos::get)) {
            Journal journal = writer.journal("a session", file, 0, NEVER);
            for (int i = 0; i < 1000; i++) {
                long before = file.length();
                byte[] payload = {(byte) i, (byte) (i >> 8)};
                told.writeBytes(Frames.frame(payload));
                journal.append(payload);
                journal.whenSafe(
                        () -> {
                            assertThat(file.length()).isGreaterThan(before);
                            answeredBy.add(Thread.currentThread());
                            answers.release();
                        },
                        JournalWriterTest::fail);
                answers.acquire();
            }
        }
        // The writer takes note once that there is something to force, and may be in the way then.
        assertThat(answeredBy).filteredOn(Thread.currentThread()::equals).hasSizeGreaterThan(900);
        assertThat(file.content()).isEqualTo(told.toByteArray());
    }

    @Test
    void whatIsWrittenIsNotAnsweredForWhileMoreThanAllowedCouldBeLost()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch mend = new CountDownLatch(1);
        Notepad file = new Notepad() {
            @Override
            public void force() {
                await(mend);
            }
        };
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        try (JournalWriter writer = new JournalWriter(LOSS, 1 << 20, nanos::get)) {
            Journal journal = writer.journal("a session", file, 0, NEVER);
            journal.append(new byte[10]);
            nanos.addAndGet(LOSS.toNanos() - 1);
            journal.whenSafe(() -> first.complete(null), first::completeExceptionally);
            first.get(30, TimeUnit.SECONDS);

            journal.append(new byte[10]);
            nanos.addAndGet(1);
            journal.whenSafe(() -> second.complete(null), second::completeExceptionally);
            assertThat(second).isNotDone();
            mend.countDown();
            second.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasAnsweredForWhileTheDiskWasSlowIsForcedBeforeTheNextAnswer()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch mend = new CountDownLatch(1);
        AtomicLong forced = new AtomicLong();
        Notepad file = new Notepad() {
            @Override
            public void force() {
                long length = length();
                forcing.countDown();
                await(mend);
                forced.set(length);
            }
        };
        CompletableFuture<Void> meanwhile = new CompletableFuture<>();
        CompletableFuture<Long> late = new CompletableFuture<>();
        try (JournalWriter writer = new JournalWriter(LOSS, 1 << 20, nanos::get)) {
            Journal journal = writer.journal("a session", file, 0, NEVER);
            journal.append(new byte[10]);
            nanos.set(LOSS.toNanos() / 2);
            await(forcing);

            journal.append(new byte[10]);
            journal.whenSafe(() -> meanwhile.complete(null), meanwhile::completeExceptionally);
            meanwhile.get(30, TimeUnit.SECONDS);
            long answeredFor = file.length();

            nanos.set(2 * LOSS.toNanos());
            journal.append(new byte[10]);
            journal.whenSafe(() -> late.complete(forced.get()), late::completeExceptionally);
            assertThat(late).isNotDone();
            mend.countDown();
            assertThat(late.get(30, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(answeredFor);
        }
    }

    /** The clock stands between writing and looking how much could be lost. */
    @Test
    void timeThatPassesWhileItIsWrittenCounts()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch mend = new CountDownLatch(1);
        Notepad file = new Notepad() {
            @Override
            public synchronized void append(ByteBuffer bytes) {
                super.append(bytes);
                nanos.addAndGet(LOSS.toNanos());
            }

            @Override
            public void force() {
                await(mend);
            }
        };
        CompletableFuture<Void> answer = new CompletableFuture<>();
        try (JournalWriter writer = new JournalWriter(LOSS, 1 << 20, nanos::get)) {
            Journal journal = writer.journal("a session", file, 0, NEVER);
            journal.append(new byte[10]);
            journal.whenSafe(() -> answer.complete(null), answer::completeExceptionally);
            assertThat(answer).isNotDone();
            mend.countDown();
            answer.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void withALossAllowedAJournalIsShortenedThoughSomethingIsWrittenWheneverItIsForced()
            throws IOException, InterruptedException {
        Semaphore appended = new Semaphore(0);
        Notepad busy = new Notepad() {
            @Override
            public synchronized void append(ByteBuffer bytes) {
                super.append(bytes);
                appended.release();
            }

            @Override
            public void force() throws IOException {
                appended.drainPermits();
                try {
                    var unused = appended.tryAcquire(20, TimeUnit.MILLISECONDS); // not if that is held back
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        CountDownLatch shortened = new CountDownLatch(1);
        Semaphore answers = new Semaphore(0);
        try (JournalWriter writer = new JournalWriter(Duration.ofMillis(200), 1000, System::nanoTime)) {
            Journal journal = writer.journal("a session", busy, 0, new Journal.Shortening(0, (from, to) -> {
                shortened.countDown();
                return new Notepad();
            }));
            while (shortened.getCount() > 0) {
                if (journal.tooLong(true)) {
                    journal.shorten(new byte[5]);
                } else {
                    journal.append(new byte[10]);
                }
                journal.whenSafe(answers::release, JournalWriterTest::fail);
                answers.acquire();
            }
        }
    }

    private static void fail(IOException problem) {
        throw new AssertionError("nothing fails here", problem);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while it waited", e);
        }
    }

    /** A file that takes everything. */
    private static class Notepad implements AppendFile {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        synchronized long length() {
            return content.size();
        }

        synchronized byte[] content() {
            return content.toByteArray();
        }

        @Override
        public synchronized void append(ByteBuffer bytes) {
            byte[] taken = new byte[bytes.remaining()];
            bytes.get(taken);
            content.writeBytes(taken);
        }

        @Override
        public void force() throws IOException {}

        @Override
        public void truncate(long length) {}

        @Override
        public void takeNameOf(Path other) {}

        @Override
        public void close(boolean remove) {}
    }
}
