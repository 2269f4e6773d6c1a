package dev.macenv.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.testing.RelayProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Capacity is reserved before anything is built, and given back whatever happens. */
final class SessionsTest {
    private static final int LIMIT = 10;
    private final Catalog catalog = Catalog.of(new RelayProvider());
    private final Sessions sessions = new Sessions(
            SessionLimits.STANDARD.withSessions(LIMIT), Runnable::run, System::nanoTime, (nanos, work) -> {});

    private static SessionOptions options(int lanes) {
        return new SessionOptions(
                lanes,
                new long[] {1},
                1,
                ResetMode.AUTO,
                View.PLAIN,
                SeatingPlan.OWNER_ALONE,
                Optional.empty(),
                Optional.empty());
    }

    private MacDecPomdp relay() {
        return catalog.create("relay", Map.of());
    }

    @Test
    void concurrentCreationNeverOvershoots() throws InterruptedException, ExecutionException {
        AtomicInteger constructed = new AtomicInteger();
        Supplier<MacDecPomdp> counted = () -> {
            constructed.incrementAndGet();
            return relay();
        };
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> created = new ArrayList<>();
            for (int i = 0; i < 2 * LIMIT; i++) {
                created.add(threads.submit(() -> {
                    start.await();
                    try {
                        sessions.create("somebody", options(1), counted, "", "");
                        return true;
                    } catch (RefusedException refused) {
                        assertThat(refused.reason()).isEqualTo(Reason.CAPACITY_REACHED);
                        return false;
                    }
                }));
            }
            start.countDown();
            int successes = 0;
            for (Future<Boolean> one : created) {
                successes += one.get() ? 1 : 0;
            }
            assertThat(successes).isEqualTo(LIMIT);
            assertThat(constructed).hasValue(LIMIT);
            assertThat(sessions.count()).isEqualTo(LIMIT);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFailedConstructionGivesItsCapacityBack() {
        AtomicInteger lanes = new AtomicInteger();
        Supplier<MacDecPomdp> failsAtTheThird = () -> {
            if (lanes.incrementAndGet() == 3) {
                throw new IllegalStateException("made to fail");
            }
            return relay();
        };
        assertThatThrownBy(() -> sessions.create("somebody", options(5), failsAtTheThird, "id", ""))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.ENVIRONMENT_FAULT));
        assertThat(sessions.reserved()).isZero();
        assertThat(sessions.reservedLanes()).isZero();
        assertThat(sessions.principals()).isZero();
        assertThat(sessions.create("somebody", options(5), this::relay, "id", "")
                        .laneCount())
                .as("the request id is free again")
                .isEqualTo(5);
    }

    @Test
    void aPrincipalHasItsOwnQuotaAndGetsItBack() {
        Sessions shared = new Sessions(
                SessionLimits.STANDARD.withQuota(new SessionLimits.Room(2, 5)),
                Runnable::run,
                System::nanoTime,
                (nanos, work) -> {});
        Session first = shared.create("alice", options(2), this::relay, "", "");
        assertThatThrownBy(() -> shared.create("alice", options(4), this::relay, "", ""))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.QUOTA_REACHED);
                    assertThat(refused.metadata()).containsEntry("limit", "lanes_per_principal");
                    assertThat(refused.quota())
                            .get()
                            .extracting("subject")
                            .asString()
                            .contains("alice");
                    assertThat(refused.retryAfter()).isPresent();
                });
        shared.create("alice", options(3), this::relay, "", "");
        assertThatThrownBy(() -> shared.create("alice", options(1), this::relay, "", ""))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.metadata()).containsEntry("limit", "sessions_per_principal"));
        shared.create("bob", options(5), this::relay, "", "");
        shared.close(first.name(), first.owner().token());
        shared.create("alice", options(2), this::relay, "", "");
        shared.closeAll();
        assertThat(shared.principals()).isZero();
        assertThat(shared.reservedLanes()).isZero();
    }

    @Test
    void manyCyclesOfCreationAndClosingReturnToBase() {
        for (int cycle = 0; cycle < 500; cycle++) {
            Session session = sessions.create("somebody", options(3), this::relay, "id" + cycle, "");
            sessions.close(session.name(), session.owner().token());
        }
        assertThat(sessions.count()).isZero();
        assertThat(sessions.reserved()).isZero();
        assertThat(sessions.reservedLanes()).isZero();
    }

    @Test
    void tokensAreLongAndNeverRepeat() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            tokens.add(sessions.create("somebody", options(1), this::relay, "", "")
                    .owner()
                    .token());
        }
        assertThat(tokens).doesNotHaveDuplicates().allMatch(token -> token.matches("[0-9a-f]{32}"));
    }

    @Test
    void aSessionWhoseAnswersWouldBeTooLargeIsRefusedBeforeItsLanesAreBuilt() {
        SessionLimits narrow = new SessionLimits(
                new SessionLimits.Room(10, 1000),
                new SessionLimits.Room(10, 1000),
                1000,
                4,
                1,
                1,
                1,
                1,
                4096,
                4096,
                2,
                8,
                SessionLimits.STANDARD.recordings(),
                SessionLimits.STANDARD.leases());
        Sessions small = new Sessions(narrow, Runnable::run, System::nanoTime, (nanos, work) -> {});
        AtomicInteger constructed = new AtomicInteger();
        Supplier<MacDecPomdp> counted = () -> {
            constructed.incrementAndGet();
            return relay();
        };
        assertThatThrownBy(() -> small.create("somebody", options(1000), counted, "", ""))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(FieldProblem::field)
                                .containsExactly("lanes"));
        assertThat(constructed).hasValue(1);
        assertThat(small.reserved()).isZero();
    }

    @Test
    void codesAreThoseOfTheProtocol() {
        for (EventKind kind : EventKind.values()) {
            assertThat(dev.macenv.v1.EventKind.forNumber(kind.code()).name()).isEqualTo("EVENT_KIND_" + kind);
        }
        for (AgentStatus status : AgentStatus.values()) {
            assertThat(dev.macenv.v1.AgentStatus.forNumber(status.code()).name())
                    .isEqualTo("AGENT_STATUS_" + status);
        }
        for (LaneState state : LaneState.values()) {
            assertThat(dev.macenv.v1.LaneState.forNumber(state.code()).name()).isEqualTo("LANE_STATE_" + state);
        }
        for (Reason reason : Reason.values()) {
            assertThat(dev.macenv.v1.ErrorReason.valueOf("ERROR_REASON_" + reason)
                            .getNumber())
                    .isPositive();
        }
        for (CloseCause cause : CloseCause.values()) {
            assertThat(dev.macenv.v1.CloseReason.valueOf("CLOSE_REASON_" + cause)
                            .getNumber())
                    .isPositive();
        }
    }
}
