package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeteredPoolTest {
    private final Metrics metrics = new Metrics();
    private final AtomicLong nanos = new AtomicLong();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

    @Test
    void workIsCountedWhileItWaitsAndWhileItRunsAndItsWaitIsMeasured() {
        MeteredPool pool = new MeteredPool(queue::add, metrics, nanos::get);
        pool.execute(() -> assertThat(metrics.text()).contains("macenv_work_waiting 1\n", "macenv_work_running 1\n"));
        pool.execute(() -> {});
        assertThat(metrics.text()).contains("macenv_work_waiting 2\n", "macenv_work_running 0\n");
        nanos.addAndGet(3_000_000);
        queue.remove().run();
        queue.remove().run();
        assertThat(metrics.text())
                .contains("macenv_work_waiting 0\n", "macenv_work_running 0\n")
                .contains("macenv_queue_seconds_count 2\n", "macenv_queue_seconds_sum 0.006");
    }

    @Test
    void workThatThePoolRefusesDoesNotWait() {
        MeteredPool pool = new MeteredPool(
                work -> {
                    throw new RejectedExecutionException("closed");
                },
                metrics,
                nanos::get);
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(metrics.text()).contains("macenv_work_waiting 0\n");
    }
}
