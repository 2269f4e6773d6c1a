package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.JoinResponse;
import dev.macenv.v1.SeatAssignment;
import dev.macenv.v1.SeatPolicy;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.View;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A session in which some seats are for others, and the players who have joined. */
final class Table {
    final Channel channel;
    final Player owner;

    Table(Channel channel, CreateSessionRequest.Builder request) {
        this.channel = channel;
        this.owner = Player.create(channel, request);
    }

    /** Three single seats, all of them open. */
    static CreateSessionRequest.Builder open(CreateSessionRequest.Builder request) {
        for (int seat = 0; seat < 3; seat++) {
            request.addSeats(openSeat(seat));
        }
        return request;
    }

    static SeatPolicy.Builder openSeat(int seat) {
        return SeatPolicy.newBuilder().setSeat(seat).setAssignment(SeatAssignment.SEAT_ASSIGNMENT_OPEN);
    }

    static SeatPolicy.Builder optionalSeat(int seat, AbsencePolicy.Builder absence) {
        return openSeat(seat).setOptionalAtStart(true).setAbsence(absence);
    }

    String invite(int index) {
        return owner.session.getInvites(index).getToken();
    }

    JoinRequest.Builder join(int invite) {
        return JoinRequest.newBuilder().setSession(owner.session.getSession()).setInvite(invite(invite));
    }

    Guest seat(int invite) {
        return seat(join(invite).setView(View.newBuilder().setRewardTrace(true).setCurrentActions(true)));
    }

    Guest seat(JoinRequest.Builder request) {
        JoinResponse joined = SessionServiceGrpc.newBlockingStub(channel).join(request.build());
        return new Guest(joined);
    }

    GetSessionResponse look(String token) {
        return SessionServiceGrpc.newBlockingStub(channel)
                .getSession(look(owner).toBuilder().setToken(token).build());
    }

    /** What the owner sends to look at its session. */
    static GetSessionRequest look(Player owner) {
        return GetSessionRequest.newBuilder()
                .setSession(owner.session.getSession())
                .setToken(owner.session.getToken())
                .build();
    }

    /** What the owner sends to end its session. */
    static CloseSessionRequest close(Player owner) {
        return CloseSessionRequest.newBuilder()
                .setSession(owner.session.getSession())
                .setToken(owner.session.getToken())
                .build();
    }

    /** How to ask; what happens must not depend on it. */
    record Way(int minReady, int maxTicks, boolean unary, boolean reconnecting) {
        static final Way PLAIN = new Way(0, 0, false, false);

        static final List<Way> ALL = List.of(
                PLAIN,
                new Way(1, 0, false, false),
                new Way(2, 0, true, false),
                new Way(0, 2, false, false),
                new Way(0, 1, true, false),
                new Way(0, 0, false, true));
    }

    /** A player who has joined; its steps travel on a stream, so that several may wait in one thread. */
    final class Guest {
        final JoinResponse joined;
        private PlayLine line = new PlayLine(channel);
        private long nextStepId = 1;

        Guest(JoinResponse joined) {
            this.joined = joined;
        }

        StepRequest.Builder request() {
            return StepRequest.newBuilder()
                    .setSession(owner.session.getSession())
                    .setToken(joined.getToken())
                    .setStepId(nextStepId);
        }

        /** Sends the request, which is to be accepted, and does not wait. */
        Guest send(StepRequest.Builder request) {
            line.send(request.build());
            nextStepId++;
            return this;
        }

        Rows await() {
            StepResponse response = line.await();
            if (response.hasError()) {
                throw new AssertionError("refused: " + response.getError());
            }
            return new Rows(joined.getSpec(), response.getEvents());
        }

        Rows collect() {
            return send(request()).await();
        }

        /** The next answer, which is a refusal. */
        Refused refusalDue() {
            return Refused.in(line.await());
        }

        /** The refusal of a request that is not accepted. */
        Refused refusal(StepRequest.Builder request) {
            return Refused.in(line.send(request.build()).await());
        }

        /** Sends the same request over another stream, which takes over while the answer is due, or has come. */
        private Guest sendAgain(StepRequest request) {
            line = new PlayLine(channel);
            line.send(request);
            return this;
        }

        /** The random policy's decisions for the grant's own pending agents. */
        StepRequest.Builder decisions(Rows rows) {
            StepRequest.Builder request = request();
            for (int row = 0; row < rows.count(); row++) {
                for (int[] decision : Player.decide(rows, row)) {
                    request.addLane(decision[0]).addSeat(decision[1]).addAction(decision[2]);
                }
            }
            return request;
        }

        Rows step(StepRequest.Builder request, Way way) {
            StepRequest whole = request.setMinReady(way.minReady())
                    .setMaxTicks(way.maxTicks())
                    .build();
            if (way.unary()) {
                nextStepId++;
                StepResponse response =
                        SessionServiceGrpc.newBlockingStub(channel).step(whole);
                return new Rows(joined.getSpec(), response.getEvents());
            }
            send(request);
            return (way.reconnecting() ? sendAgain(whole) : this).await();
        }

        /** Plays until this many episodes have ended in every lane. */
        List<List<String>> play(int lanes, int episodes, Way way) {
            List<List<String>> seen = new ArrayList<>();
            int[] ended = new int[lanes];
            for (int lane = 0; lane < lanes; lane++) {
                seen.add(new ArrayList<>());
            }
            StepRequest.Builder request = request();
            while (true) {
                Rows rows = step(request, way);
                boolean all = true;
                for (int row = 0; row < rows.count(); row++) {
                    ended[rows.lane(row)] += rows.ends(row) ? 1 : 0;
                    if (rows.episode(row) < episodes && rows.kind(row) != EventKind.EVENT_KIND_TICK_LIMIT) {
                        seen.get(rows.lane(row)).add(Sight.text(rows, row, joined.getSeatsList()));
                    }
                }
                for (int count : ended) {
                    all &= count >= episodes;
                }
                if (all) {
                    return seen;
                }
                request = decisions(rows);
            }
        }
    }

    /** What a player of some seats sees of a row, bit for bit, apart from the clock that depends on where it looked in. */
    static final class Sight {
        private Sight() {}

        static String text(Rows rows, int row, List<Integer> seats) {
            StringBuilder text = new StringBuilder()
                    .append(rows.episode(row))
                    .append(' ')
                    .append(rows.tick(row))
                    .append(' ')
                    .append(rows.kind(row));
            for (int seat : seats) {
                text.append(" | ")
                        .append(rows.status(row, seat))
                        .append(' ')
                        .append(hex(rows.observation(row, seat)))
                        .append(' ')
                        .append(hex(rows.legal(row, seat)))
                        .append(' ')
                        .append(Double.toHexString(rows.agentReward(row, seat)))
                        .append('/')
                        .append(rows.agentTau(row, seat));
            }
            return text.toString();
        }

        private static String hex(ByteString bytes) {
            return HexFormat.of().formatHex(bytes.toByteArray());
        }

        /** Whether a player of these seats alone receives such a row. */
        static boolean concerns(Rows rows, int row, List<Integer> seats) {
            boolean asked = rows.kind(row) != EventKind.EVENT_KIND_DECISION;
            for (int seat : seats) {
                asked |= rows.pending(row, seat);
            }
            return asked;
        }
    }
}
