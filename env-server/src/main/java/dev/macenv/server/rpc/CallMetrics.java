package dev.macenv.server.rpc;

import dev.macenv.v1.ErrorReason;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.StepResponse;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Counts calls, and what the answers to steps hold. */
final class CallMetrics implements ServerInterceptor {
    private final LongSupplier nanoClock;
    private final Metrics.Labelled calls;
    private final Metrics.LabelledHistograms durations;
    private final Metrics.Labelled refusals;
    private final Metrics.Counter events;
    private final Metrics.Counter ticks;
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger watchers = new AtomicInteger();

    /** The series that are looked up for every call, by the method's name. */
    private final Map<String, Metrics.Histogram> durationOf = new ConcurrentHashMap<>();

    CallMetrics(Metrics metrics, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        calls = metrics.counters("macenv_calls_total", "Calls that ended, by method and status code.");
        durations = metrics.histograms("macenv_call_seconds", "How long unary calls took, by method.");
        refusals = metrics.counters("macenv_refusals_total", "Requests refused, by reason; those on streams included.");
        events = metrics.counter("macenv_events_total", "Rows of decision events sent to clients.");
        ticks = metrics.counter("macenv_event_ticks_total", "Ticks that the rows sent to clients cover.");
        metrics.gauge("macenv_play_streams", "Play streams open now.", streams::get);
        metrics.gauge("macenv_watchers", "Watch streams open now.", watchers::get);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Counting<Q, A> counting = new Counting<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(counting, headers)) {
            @Override
            public void onCancel() {
                counting.ended(Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    private final class Counting<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final long begun = nanoClock.getAsLong();
        private final AtomicBoolean ended = new AtomicBoolean();

        Counting(ServerCall<Q, A> call) {
            super(call);
            under(1);
        }

        private void under(int change) {
            String name = getMethodDescriptor().getBareMethodName();
            if ("Play".equals(name)) {
                streams.addAndGet(change);
            } else if ("Watch".equals(name)) {
                watchers.addAndGet(change);
            }
        }

        @Override
        public void sendMessage(A message) {
            if (message instanceof StepResponse response) {
                if (response.hasError()) {
                    refused(Refusals.reason(response.getError()));
                } else {
                    count(response.getEvents());
                }
            }
            super.sendMessage(message);
        }

        private void count(EventBatch batch) {
            int rows = batch.getRows();
            long covered = 0;
            for (int row = 0; row < rows; row++) {
                covered += batch.getJointTau(row);
            }
            events.add(rows);
            ticks.add(covered);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            String reason = trailers.get(Refusals.REASON_TRAILER);
            if (reason != null) {
                refused(reason);
            }
            ended(status.getCode());
            super.close(status, trailers);
        }

        void ended(Status.Code code) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            under(-1);
            MethodDescriptor<Q, A> method = getMethodDescriptor();
            String label = "method=\"" + method.getFullMethodName() + "\"";
            calls.of(label + ",code=\"" + code + "\"").add(1);
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                durationOf.computeIfAbsent(label, durations::of).took(nanoClock.getAsLong() - begun);
            }
        }
    }

    /** Only reasons of the protocol, so that the number of series is bounded. */
    private void refused(String reason) {
        boolean known = ErrorReason.getDescriptor().findValueByName("ERROR_REASON_" + reason) != null;
        refusals.of("reason=\"" + (known ? reason : "OTHER") + "\"").add(1);
    }
}
