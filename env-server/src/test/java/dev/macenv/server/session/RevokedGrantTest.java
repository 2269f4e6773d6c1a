package dev.macenv.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.testing.RelayProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Calls that were let in while their grant was good, and reach the session when it is not. */
final class RevokedGrantTest {
    private final Catalog catalog = Catalog.of(new RelayProvider());
    private final Sessions sessions =
            new Sessions(SessionLimits.STANDARD, Runnable::run, System::nanoTime, (nanos, work) -> {});
    private final Session session = sessions.create(
            "somebody",
            new SessionOptions(
                    1,
                    new long[] {3},
                    1,
                    ResetMode.AUTO,
                    View.PLAIN,
                    new SeatingPlan(
                            List.of(new SeatingPlan.Entry(1, new SeatPolicy(true, true, AbsencePolicy.WAIT))),
                            AbsencePolicy.WAIT,
                            List.of()),
                    Optional.empty(),
                    Optional.empty()),
            () -> catalog.create("relay", Map.of()),
            "",
            "");
    private final Grant guest = session.join(new JoinRequest(
            session.invites().get(0).token(),
            List.of(),
            Optional.empty(),
            View.PLAIN,
            "",
            Optional.of(Duration.ofMinutes(1))));

    /** Remembers what was told. */
    private static final class Told implements StepAnswer {
        final List<Object> told = new ArrayList<>();

        @Override
        public void answered(StepResult result) {
            told.add(result);
        }

        @Override
        public void refused(Throwable why) {
            told.add(why);
        }

        @Override
        public boolean gone() {
            return false;
        }
    }

    private static Decisions decision(long stepId, int seat) {
        return new Decisions(stepId, new int[] {0}, new int[] {seat}, new int[] {0}, 0, 0, 0);
    }

    @Test
    void aStepThatWaitsForOthersIsRefusedWhenTheGrantIsGivenBack() {
        Told waiting = new Told();
        session.step(guest, new Decisions(1, new int[0], new int[0], new int[0], 0, 0, 0), new Told());
        session.step(guest, decision(2, 1), waiting);
        assertThat(waiting.told).isEmpty();
        session.leave(guest);
        assertThat(waiting.told)
                .singleElement()
                .isInstanceOfSatisfying(RefusedException.class, RevokedGrantTest::unknown);
    }

    @Test
    void aCallThatComesTooLateIsRefusedAndDecidesNothing() {
        session.leave(guest);
        Told late = new Told();
        session.step(guest, decision(1, 1), late);
        assertThat(late.told).singleElement().isInstanceOfSatisfying(RefusedException.class, RevokedGrantTest::unknown);
        assertThat(session.lanes(session.owner()).get(0).pending()).containsExactly(0, 1, 2);
        List<ThrowingCallable> calls = List.of(
                () -> session.lanes(guest),
                () -> session.macroObservations(guest, List.of()),
                () -> session.macroStates(guest, List.of()));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOfSatisfying(RefusedException.class, RevokedGrantTest::unknown);
        }
    }

    private static void unknown(RefusedException refused) {
        assertThat(refused.reason()).isEqualTo(Reason.UNAUTHENTICATED);
    }
}
