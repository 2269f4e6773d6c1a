package dev.macenv.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of the calling thread: on an idle machine the wall clock's, on a shared one without what others took. */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ProcessorTime() {}

    /** Nanoseconds since some time. */
    static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
