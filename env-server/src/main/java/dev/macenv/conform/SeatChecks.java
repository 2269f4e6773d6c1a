package dev.macenv.conform;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.AgentStatus;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GroupSlab;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.SeatAssignment;
import dev.macenv.v1.SeatPolicy;
import dev.macenv.v1.View;
import io.grpc.Status.Code;
import java.util.List;

/** Group 8: nobody sees or does what is another's. Needs an environment of two agents or more. */
final class SeatChecks {
    private static final String HIDDEN = "event.proto, EventBatch: what belongs to agents outside the grant is zero";
    private static final int ANSWERS = 30;

    private SeatChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("a player's rows hold nothing of the others", SeatChecks::privacy),
                Check.ofServer("a player's specification does not describe the state", SeatChecks::specification),
                Check.ofServer("privileges need the invite", SeatChecks::privileges),
                Check.ofServer("a seat has one holder", SeatChecks::taken),
                Check.ofServer("an invite is used as often as it says", SeatChecks::singleUse),
                Check.ofServer("nobody decides before the required seats are taken", SeatChecks::missing),
                Check.ofServer("who does not hold a seat does not decide for it", SeatChecks::foreignSeat),
                Check.ofServer("a spectator takes no steps", SeatChecks::spectator),
                Check.ofServer("the owner's calls are the owner's", SeatChecks::ownerOnly),
                Check.ofServer("joining is safe to retry", SeatChecks::joinAgain),
                Check.ofServer("a grant given back decides nothing more", SeatChecks::givenBack),
                Check.ofServer("an absent seat plays its fallback", SeatChecks::fallback),
                Check.ofServer("an absent seat plays by the lot that is written", SeatChecks::randomLegal),
                Check.ofServer("an absent seat may end the episode", SeatChecks::truncate),
                Check.ofServer(
                        "a player is absent once its lease has run out, and back with its next call",
                        SeatChecks::lapses));
    }

    private static void needsTeam(Trial trial) {
        trial.needs("seats");
        if (trial.agents() < 2) {
            throw new SkippedException("needs two agents, and " + trial.environment() + " has one");
        }
    }

    /** These seats are open; one invite for each. */
    static CreateSessionRequest.Builder openSeats(CreateSessionRequest.Builder request, List<Integer> seats) {
        for (int seat : seats) {
            request.addSeats(open(seat));
        }
        return request.setOwnerView(View.newBuilder().setCurrentActions(true));
    }

    private static SeatPolicy.Builder open(int seat) {
        return SeatPolicy.newBuilder().setSeat(seat).setAssignment(SeatAssignment.SEAT_ASSIGNMENT_OPEN);
    }

    // ------------------------------------------------------------------------------------------------ privacy

    private static void privacy(Trial trial) throws InterruptedException {
        needsTeam(trial);
        trial.needs("play");
        Player owner = trial.create(openSeats(trial.session(2, trial.random().nextLong()), List.of(1)));
        Player guest = owner.join(JoinRequest.newBuilder()
                        .setInvite(owner.created().getInvites(0).getToken())
                        .setView(View.newBuilder().setCurrentActions(true)))
                .onStream();
        List<Player> players = List.of(owner.onStream(), guest);
        int[] answers = new int[2];
        Together.play(
                players,
                (player, rows) -> {
                    answers[player]++;
                    hidden(players.get(player), rows);
                    observation(trial, guest);
                },
                () -> Math.min(answers[0], answers[1]) >= ANSWERS);
    }

    /** Every byte that belongs to a seat outside the grant is 0, or -1 where that means nothing. */
    private static void hidden(Player player, Rows rows) {
        EventBatch events = rows.message();
        Violation.unless(
                events.getState().isEmpty()
                        && events.getMacroState().isEmpty()
                        && events.getRewardTrace().isEmpty(),
                "session.proto, View: everything here is off by default",
                "state, macro_state and reward_trace of seats " + player.seats(),
                "empty",
                "bytes");
        if (player.seats().size() < rows.agents() && !isOwner(player)) {
            events.getStartedList()
                    .forEach(start -> Violation.unlessEqual(
                            "event.proto, EpisodeStart.seed: 0 unless the grant is the owner",
                            "a seed",
                            0L,
                            start.getSeed()));
            events.getEndedList()
                    .forEach(end -> Violation.unless(
                            end.getSeed() == 0 && end.getDecisions() == 0 && end.getMetricsCount() == 0,
                            "event.proto, EpisodeSummary: seed, decisions and metrics are not everybody's",
                            "a summary for seats " + player.seats(),
                            "0, 0 and no metrics",
                            end));
        }
        for (int row = 0; row < rows.count(); row++) {
            for (int seat = 0; seat < rows.agents(); seat++) {
                if (player.seats().contains(seat)) {
                    continue;
                }
                String who = " of seat " + seat + " for the player of " + player.seats() + ", tick " + rows.tick(row);
                Violation.unlessEqual(
                        HIDDEN, "status" + who, AgentStatus.AGENT_STATUS_UNSPECIFIED, rows.status(row, seat));
                zero("observation" + who, rows.observation(row, seat));
                zero("legal" + who, rows.legal(row, seat));
                Violation.unlessEqual(HIDDEN, "agent_tau" + who, 0, rows.agentTau(row, seat));
                Violation.unlessEqual(HIDDEN, "agent_reward" + who, 0.0, rows.agentReward(row, seat));
                Violation.unlessEqual(HIDDEN, "current_action" + who, -1, rows.currentAction(row, seat));
                Violation.unless(!rows.absent(row, seat), HIDDEN, "absent" + who, 0, 1);
            }
        }
    }

    private static boolean isOwner(Player player) {
        return player.seats().contains(0);
    }

    private static void observation(Trial trial, Player guest) {
        GetMacroObservationResponse seen = trial.sessions()
                .getMacroObservation(trial.sending(GetMacroObservationRequest.newBuilder()
                        .setSession(guest.session())
                        .setToken(guest.token())
                        .build()));
        EnvSpec spec = guest.spec();
        for (int row = 0; row < seen.getRows(); row++) {
            for (int seat = 0; seat < spec.getAgentsCount(); seat++) {
                if (guest.seats().contains(seat)) {
                    continue;
                }
                int group = spec.getAgents(seat).getGroup();
                GroupSlab slab = seen.getGroups(group);
                int place = Rows.place(spec, row, seat);
                int width = Rows.bytes(spec.getGroups(group).getObservation());
                int actions = spec.getGroups(group).getNumActions();
                zero(
                        "observation of seat " + seat + " in GetMacroObservation",
                        slab.getObservation().substring(place * width, (place + 1) * width));
                zero(
                        "legal of seat " + seat + " in GetMacroObservation",
                        slab.getLegal().substring(place * actions, (place + 1) * actions));
            }
        }
    }

    private static void zero(String what, ByteString bytes) {
        for (byte one : bytes) {
            Violation.unless(one == 0, HIDDEN, what, "bytes of 0", Rows.hex(bytes));
        }
    }

    private static void specification(Trial trial) {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1)));
        EnvSpec seen = owner.join(owner.created().getInvites(0)).spec();
        String rule = "session.proto, JoinResponse.spec: without the views of the state it has no labels and bounds";
        Violation.unlessEqual(rule, "labels of the state", 0, seen.getState().getLabelsCount());
        Violation.unless(
                seen.getState().getLow().isEmpty() && seen.getState().getHigh().isEmpty(),
                rule,
                "bounds of the state",
                "none",
                "some");
        Violation.unlessEqual(
                rule,
                "shape of the state",
                owner.spec().getState().getShapeList(),
                seen.getState().getShapeList());
        Violation.unlessEqual(rule, "fingerprint", owner.spec().getFingerprint(), seen.getFingerprint());
    }

    private static void privileges(Trial trial) {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1)));
        String invite = owner.created().getInvites(0).getToken();
        List<View.Builder> wishes = List.of(
                View.newBuilder().setState(true),
                View.newBuilder().setMacroState(true),
                View.newBuilder().setOtherAgents(true));
        for (View.Builder wish : wishes) {
            refusedJoin(trial, owner, JoinRequest.newBuilder().setInvite(invite).setView(wish))
                    .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        }
        refusedJoin(trial, owner, JoinRequest.newBuilder().setInvite(invite).addSeats(0))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        owner.join(owner.created().getInvites(0)); // and nothing of that has used it up
    }

    private static Refusal refusedJoin(Trial trial, Player owner, JoinRequest.Builder request) {
        return Refusal.by(() -> trial.sessions()
                .join(trial.sending(request.setSession(owner.session()).build())));
    }

    // ------------------------------------------------------------------------------------------------ holding

    private static void taken(Trial trial) {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1))
                .addInvites(InviteOptions.newBuilder().addSeats(1))
                .addInvites(InviteOptions.newBuilder().addSeats(1)));
        Violation.unlessEqual(
                "session.proto, JoinResponse.seats",
                "the guest's seats",
                List.of(1),
                owner.join(owner.created().getInvites(0)).seats());
        refusedJoin(
                        trial,
                        owner,
                        JoinRequest.newBuilder()
                                .setInvite(owner.created().getInvites(1).getToken()))
                .is(Code.ALREADY_EXISTS, "SEAT_TAKEN")
                .says("seat", "1");
    }

    private static void singleUse(Trial trial) {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1))
                .addInvites(InviteOptions.newBuilder().setMaxUses(2)));
        owner.join(owner.created().getInvites(0));
        owner.join(owner.created().getInvites(0));
        refusedJoin(
                        trial,
                        owner,
                        JoinRequest.newBuilder()
                                .setInvite(owner.created().getInvites(0).getToken()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
    }

    private static void missing(Trial trial) throws InterruptedException {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1)));
        Rows rows = owner.collect();
        owner.refusal(owner.decisions(rows))
                .is(Code.FAILED_PRECONDITION, "SEATS_MISSING")
                .says("seats", "1");
        Player guest = owner.join(owner.created().getInvites(0));
        Violation.unlessEqual(
                "event.proto, StepRequest",
                "rows for the guest",
                1,
                guest.collect().count());
    }

    private static void foreignSeat(Trial trial) throws InterruptedException {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1)));
        Player guest = owner.join(owner.created().getInvites(0));
        guest.collect();
        owner.collect();
        guest.refusal(guest.request().addLane(0).addSeat(0).addAction(0))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .says("seat", "0");
        owner.refusal(owner.request().addLane(0).addSeat(1).addAction(0))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .says("seat", "1");
    }

    private static void spectator(Trial trial) throws InterruptedException {
        trial.needs("seats");
        Player owner = trial.create(trial.session(1, 1).addInvites(InviteOptions.getDefaultInstance()));
        Player spectator = owner.join(owner.created().getInvites(0));
        Violation.unlessEqual("session.proto, ROLE_SPECTATOR: only watches", "its seats", List.of(), spectator.seats());
        spectator.refusal(spectator.request()).is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        Violation.unlessEqual(
                "session.proto, GetSession",
                "lanes that it sees",
                1,
                spectator.lanesNow().size());
    }

    private static void ownerOnly(Trial trial) throws InterruptedException {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1)));
        Player guest = owner.join(owner.created().getInvites(0));
        Refusal.by(() -> trial.sessions()
                        .reset(trial.sending(ResetRequest.newBuilder()
                                .setSession(guest.session())
                                .setToken(guest.token())
                                .build())))
                .is(Code.PERMISSION_DENIED, "OWNER_ONLY");
        Violation.unlessEqual(
                "session.proto, LaneInfo.lane_seed, episode_seed: 0 unless the grant is the owner",
                "seeds that the guest sees",
                0L,
                guest.lanesNow().get(0).getLaneSeed() | guest.lanesNow().get(0).getEpisodeSeed());
        Violation.unlessEqual(
                "error.proto", "rows for the guest", 1, guest.collect().count());
    }

    private static void joinAgain(Trial trial) {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1)));
        String rule = "session.proto, JoinRequest.request_id: the same id with the same content returns the same grant";
        JoinRequest.Builder request = JoinRequest.newBuilder()
                .setInvite(owner.created().getInvites(0).getToken())
                .setRequestId("once");
        Player guest = owner.join(request.clone());
        Violation.unlessEqual(
                rule, "the token", guest.token(), owner.join(request.clone()).token());
        refusedJoin(trial, owner, request.clone().addSeats(1)).is(Code.ABORTED, "REQUEST_ID_REUSED");
    }

    private static void givenBack(Trial trial) throws InterruptedException {
        needsTeam(trial);
        Player owner = trial.create(openSeats(trial.session(1, 1), List.of(1))
                .addInvites(InviteOptions.newBuilder().addSeats(1)));
        Player guest = owner.join(owner.created().getInvites(0));
        guest.collect();
        trial.sessions()
                .closeSession(trial.sending(CloseSessionRequest.newBuilder()
                        .setSession(guest.session())
                        .setToken(guest.token())
                        .build()));
        guest.refusal(guest.request()).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Violation.unlessEqual(
                "session.proto, CloseSession: gives the grant back, and the seat is free",
                "the next guest's seats",
                List.of(1),
                owner.join(owner.created().getInvites(0)).seats());
    }

    // ------------------------------------------------------------------------------------------------ absence

    /** Seat 1 is open and nobody takes it; this is what the owner of the others sees. */
    private static Player alone(Trial trial, AbsencePolicy.Builder policy) {
        needsTeam(trial);
        trial.needs("absence");
        CreateSessionRequest.Builder request = trial.session(1, trial.random().nextLong())
                .setOwnerView(View.newBuilder().setCurrentActions(true).setOtherAgents(true))
                .addSeats(open(1).setOptionalAtStart(true).setAbsence(policy));
        return trial.create(request);
    }

    private static void fallback(Trial trial) throws InterruptedException {
        int action = trial.spec().getAgents(1).getMacroActionsCount() - 1;
        Player owner = alone(
                trial,
                AbsencePolicy.newBuilder()
                        .setKind(AbsenceKind.ABSENCE_KIND_FALLBACK_ACTION)
                        .setAction(action));
        absentPlays(owner, (legal, chosen) -> legal.byteAt(action) == 1 ? action : lowest(legal));
    }

    private static int lowest(ByteString legal) {
        int action = 0;
        while (legal.byteAt(action) == 0) {
            action++;
        }
        return action;
    }

    private static void randomLegal(Trial trial) throws InterruptedException {
        Player owner = alone(trial, AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL));
        absentPlays(owner, (legal, moment) -> {
            int count = 0;
            for (byte one : legal) {
                count += one;
            }
            int number = Seeds.lot(moment.episodeSeed(), 1, moment.tick(), count);
            int action = -1;
            for (int passed = -1; passed < number; ) {
                action++;
                passed += legal.byteAt(action);
            }
            return action;
        });
    }

    private record Moment(long episodeSeed, int tick) {}

    private interface Choice {
        int of(ByteString legal, Moment moment);
    }

    /** Follows what seat 1 begins at each of its decisions that the owner sees, and which the server took for it. */
    private static void absentPlays(Player owner, Choice choice) throws InterruptedException {
        Rows rows = owner.collect();
        int expected = -1;
        int compared = 0;
        long episodeSeed = 0;
        for (int i = 0; i < 4 * ANSWERS; i++) {
            for (int row = 0; row < rows.count(); row++) {
                if (rows.starts(row)) {
                    episodeSeed = rows.message().getStarted(0).getSeed();
                    expected = -1;
                }
                // A row after a decision that was seen, with one tick between, or none of the agent's own in between.
                if (expected >= 0 && rows.agentTau(row, 1) == rows.jointTau(row)) {
                    Violation.unlessEqual(
                            "session.proto, AbsencePolicy: what the server chooses",
                            "current_action of the absent seat 1, tick " + rows.tick(row),
                            expected,
                            rows.currentAction(row, 1));
                    Violation.unless(
                            rows.absent(row, 1),
                            "event.proto, EventBatch.absent: 1 if the server chose the macro-action in force",
                            "absent of seat 1, tick " + rows.tick(row),
                            1,
                            0);
                    compared++;
                }
                boolean asked = rows.pending(row, 1);
                expected = asked ? choice.of(rows.legal(row, 1), new Moment(episodeSeed, rows.tick(row))) : -1;
            }
            rows = owner.answer(rows);
        }
        if (compared == 0) {
            throw new SkippedException("the owner was never asked together with the absent seat");
        }
    }

    private static void truncate(Trial trial) throws InterruptedException {
        Player owner = alone(trial, AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_TRUNCATE));
        Rows rows = owner.answer(owner.collect());
        Violation.unless(
                rows.count() > 0 && rows.is(0, EventKind.EVENT_KIND_END_TRUNCATED),
                "session.proto, ABSENCE_KIND_TRUNCATE: the lane's episode ends with END_TRUNCATED",
                "the next row",
                EventKind.EVENT_KIND_END_TRUNCATED,
                rows.count() == 0 ? "none" : rows.kind(0));
    }

    private static void lapses(Trial trial) throws InterruptedException {
        needsTeam(trial);
        trial.needs("absence");
        trial.needs("play");
        Duration lease = LeaseChecks.shortLease(trial);
        Player owner = trial.create(trial.session(1, trial.random().nextLong())
                .addSeats(
                        open(1).setAbsence(AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL))));
        JoinRequest.Builder wish = JoinRequest.newBuilder()
                .setInvite(owner.created().getInvites(0).getToken())
                .setLease(lease);
        Player guest = owner.join(wish);
        guest.collect();
        Rows rows = owner.collect();
        owner.onStream().ahead(owner.decisions(rows));
        long most = Durations.toMillis(lease) + LeaseChecks.REAPING_MILLIS;
        Violation.unless(
                owner.line().poll(most).isPresent(),
                "session.proto, AbsencePolicy: a seat is absent if its grant has lapsed, and then the server decides",
                "the owner's answer, with the guest silent for its lease of " + Durations.toString(lease),
                "within " + most + " ms",
                "none");
        Violation.unlessEqual(
                "session.proto, Join: any call with its token revives a lapsed grant",
                "seats of a grant that calls again",
                guest.seats(),
                guest.look().getGrant().getSeatsList());
    }
}
