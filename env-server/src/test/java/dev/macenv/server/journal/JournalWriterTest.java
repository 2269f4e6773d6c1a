package dev.macenv.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class JournalWriterTest {

    /** The clock is what the writer looks at to see how much could be lost; here it stands between writing and that. */
    @Test
    void whatIsWrittenIsAnsweredForOnlyOnceItIsKnownHowMuchCouldBeLost()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch looks = new CountDownLatch(1);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        try (JournalWriter writer = new JournalWriter(Duration.ofMillis(2), 1 << 20, () -> {
            written.countDown();
            await(looks);
            return 0;
        })) {
            Journal journal = writer.journal("a session", new Nowhere(), 0, new Journal.Shortening(0, (from, to) -> {
                throw new IOException("nothing is to be shortened");
            }));
            journal.append(new byte[10]);
            await(written);
            journal.whenSafe(() -> answer.complete(null), answer::completeExceptionally);
            assertThat(answer).isNotDone();
            looks.countDown();
            answer.get(30, TimeUnit.SECONDS);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while it waited", e);
        }
    }

    /** A file that takes everything. */
    private static final class Nowhere implements AppendFile {
        @Override
        public void append(ByteBuffer bytes) {}

        @Override
        public void force() {}

        @Override
        public void truncate(long length) {}

        @Override
        public void takeNameOf(Path other) {}

        @Override
        public void close(boolean remove) {}
    }
}
