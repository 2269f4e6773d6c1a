package dev.macenv.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** One piece of work at a time, in order; cheap work on the caller's thread. The pool runs when the test says so. */
final class MailboxTest {
    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final Mailbox mailbox = new Mailbox(pool::add, 2);
    private final List<String> done = new ArrayList<>();

    private void submit(String name, boolean cheap) {
        mailbox.submit(() -> done.add(name), cheap);
    }

    private void runPool() {
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
    }

    @Test
    void cheapWorkRunsAtOnceAndCostlyWorkOnThePool() {
        submit("cheap", true);
        assertThat(done).containsExactly("cheap");
        submit("costly", false);
        assertThat(done).containsExactly("cheap");
        runPool();
        assertThat(done).containsExactly("cheap", "costly");
    }

    @Test
    void orderIsKeptWhoeverRuns() {
        submit("costly", false);
        submit("cheap", true);
        submit("another", false);
        assertThat(done).isEmpty();
        runPool();
        assertThat(done).containsExactly("costly", "cheap", "another");
    }

    @Test
    void workMaySubmitWorkWhichThenComesNext() {
        mailbox.submit(
                () -> {
                    submit("inner", true);
                    done.add("outer");
                },
                true);
        assertThat(done).containsExactly("outer", "inner");
    }

    @Test
    void theCallersThreadDoesNotRunCostlyWorkThatCameMeanwhile() {
        mailbox.submit(() -> submit("costly", false), true);
        assertThat(done).isEmpty();
        submit("cheap", true);
        assertThat(done).isEmpty();
        runPool();
        assertThat(done).containsExactly("costly", "cheap");
    }

    @Test
    void workThatFailsDoesNotStopTheMailbox() {
        mailbox.submit(
                () -> {
                    throw new IllegalStateException("made to fail");
                },
                true);
        submit("next", true);
        assertThat(done).containsExactly("next");
    }

    @Test
    void whatWaitsIsBoundedExceptForStreamsWhichTakeNoRoom() {
        submit("first", false);
        mailbox.submitAlways(() -> done.add("stream"), true);
        mailbox.submitAlways(() -> done.add("stream"), true);
        submit("second", true);
        submit("third", true);
        assertThatThrownBy(() -> submit("fourth", true))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.QUOTA_REACHED));
        mailbox.submitAlways(() -> done.add("stream"), true);
        runPool();
        assertThat(done).containsExactly("first", "stream", "stream", "second", "third", "stream");
        submit("room again", false);
        submit("second", true);
        submit("third", true);
        runPool();
        assertThat(done).endsWith("room again", "second", "third");
    }
}
