package dev.macenv.client.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.client.AgentStatus;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.ClientOptions.StepTransport;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EnvironmentEntry;
import dev.macenv.client.EpisodeStart;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.ErrorCode;
import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import dev.macenv.client.FeatureAbsentException;
import dev.macenv.client.LaneState;
import dev.macenv.client.MacenvException;
import dev.macenv.client.MacenvException.FieldViolation;
import dev.macenv.client.MacroObservations;
import dev.macenv.client.MacroStates;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.ServerFailureException;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionKey;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.Watch;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import dev.macenv.client.policy.RandomPolicy;
import dev.macenv.client.rpc.ToyServer.Mishap;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetServerInfoResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GrpcSessionTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final SessionOptions TOY =
            SessionOptions.of("toy").withLanes(2).withSeeds(7L, 8L);

    private final ToyServer toy = new ToyServer();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeEverything() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void everyWayGivesTheSameTrajectories(Wire wire, StepTransport transport) throws IOException {
        Session session = client(wire, options(transport)).createSession(TOY);

        assertThat(digestOfFiveEpisodes(session)).isEqualTo(undisturbed());
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void everyStepIsExecutedOnceWhateverBreaks(Wire wire, StepTransport transport, Mishap mishap) throws IOException {
        ClientOptions options =
                options(transport).withAttemptTimeout(mishap == Mishap.SILENCE ? SHORT : Duration.ofSeconds(20));
        Session session = client(wire, options).createSession(TOY);
        toy.prepare(mishap, mishap, mishap);

        String digest = digestOfFiveEpisodes(session);

        assertThat(digest).isEqualTo(undisturbed());
        List<Long> executed = toy.executed();
        assertThat(executed)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, executed.size()).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource(StepTransport.class)
    void aRefusedStepChangesNothingAndTheSessionGoesOn(StepTransport transport) throws IOException {
        Session session = client(Wire.TCP, options(transport)).createSession(TOY);
        session.step(new Decisions());

        assertThatExceptionOfType(RequestRefusedException.class)
                .isThrownBy(() -> session.step(new Decisions().add(0, 0, 1).add(0, 1, 99)))
                .satisfies(refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                    assertThat(refused.reason()).isEqualTo("ACTION_OUT_OF_RANGE");
                    assertThat(refused.violations())
                            .containsExactly(new FieldViolation("action[1]", "99 (expected: 0..2)"));
                    assertThat(refused.metadata()).containsEntry("action[1]", "99 (expected: 0..2)");
                });
        assertThat(toy.refusals()).isOne();

        Events events = session.step(new Decisions().add(0, 0, 1).add(0, 1, 0));
        assertThat(events.rows()).isOne();
        assertThat(events.kind(0)).isEqualTo(EventKind.DECISION);
        assertThat(events.status(0, 0)).isEqualTo(AgentStatus.ONGOING);
        assertThat(events.pending(0, 0)).isFalse();
        assertThat(events.status(0, 1)).isEqualTo(AgentStatus.DONE);
        assertThat(events.pending(0, 1)).isTrue();
        assertThat(events.jointReward(0)).isEqualTo(1);
        assertThat(toy.executed()).containsExactly(1L, 2L);
    }

    /** In process the toy executes a request while it is being sent. */
    @ParameterizedTest
    @CsvSource({"STREAM,1", "UNARY,0"})
    void aStepThatHasBegunIsOnItsWayBeforeAnybodyWaits(StepTransport transport, int executed) throws IOException {
        Session session = client(Wire.IN_PROCESS, options(transport)).createSession(TOY);

        Supplier<Events> events = session.begin(new Decisions());

        assertThat(toy.executed()).hasSize(executed);
        assertThat(events.get().rows()).isEqualTo(2);
        assertThat(toy.executed()).containsExactly(1L);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void aStepThatHasBegunIsExecutedOnceWhateverBreaksMeanwhile(Wire wire, StepTransport transport, Mishap mishap)
            throws IOException {
        ClientOptions options =
                options(transport).withAttemptTimeout(mishap == Mishap.SILENCE ? SHORT : Duration.ofSeconds(20));
        Session session = client(wire, options).createSession(TOY);
        toy.prepare(mishap, mishap);

        Supplier<Events> events = session.begin(new Decisions());

        assertThat(events.get().rows()).isEqualTo(2);
        assertThat(session.step(new Decisions().add(0, 0, 1).add(0, 1, 0)).rows())
                .isOne();
        assertThat(toy.executed()).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @EnumSource(StepTransport.class)
    void oneStepIsUnderWayAtATime(StepTransport transport) throws IOException {
        Session session = client(Wire.TCP, options(transport)).createSession(TOY);
        Supplier<Events> events = session.begin(new Decisions());

        assertThatThrownBy(() -> session.begin(new Decisions()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("under way");

        assertThat(events.get().rows()).isEqualTo(2);
    }

    @Test
    void aSessionIsCreatedOnceThoughTheAnswerIsLost() throws IOException {
        toy.loseCreation();

        Session session = client(Wire.TCP, options(StepTransport.STREAM)).createSession(TOY);

        assertThat(session.seeds()).containsExactly(7L, 8L);
        assertThat(toy.sessionsCreated()).isOne();
    }

    @Test
    void whatTheServerDoesNotKnowIsRefused() throws IOException {
        EnvironmentClient client = client(Wire.IN_PROCESS, ClientOptions.defaults());

        assertThatThrownBy(() -> client.createSession(SessionOptions.of("chess")))
                .isInstanceOf(RequestRefusedException.class)
                .hasMessageContaining("NOT_FOUND ENVIRONMENT_NOT_FOUND")
                .hasMessageContaining("no such environment");
    }

    @Test
    void aServerThatIsNotThereEndsPatience() {
        ClientOptions options = ClientOptions.defaults().withPatience(SHORT);
        EnvironmentClient client = EnvironmentClient.connect("inprocess:nobody", options);
        open.add(client);

        assertThatThrownBy(client::serverInfo)
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("check that a server runs at the target");
    }

    @Test
    void aServerOfAnotherProtocolIsToldApart() throws IOException {
        Wire.Running future = Wire.TCP.serve(new CatalogServiceGrpc.CatalogServiceImplBase() {
            @Override
            public void getServerInfo(GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> response) {
                response.onNext(GetServerInfoResponse.newBuilder()
                        .addProtocols("macenv.v9")
                        .setServer("future")
                        .setVersion("9")
                        .build());
                response.onCompleted();
            }
        });
        open.add(future);
        EnvironmentClient client = EnvironmentClient.connect(future.target());
        open.add(client);

        assertThatExceptionOfType(FeatureAbsentException.class)
                .isThrownBy(client::serverInfo)
                .withMessageContaining("future 9 speaks: macenv.v9 (expected: macenv.v1;");
        assertThatExceptionOfType(FeatureAbsentException.class)
                .isThrownBy(() -> client.createSession(TOY))
                .withMessageContaining("does not know this call of macenv.v1: check the target");
    }

    @ParameterizedTest
    @EnumSource(StepTransport.class)
    void aServerThatNeverAnswersEndsTheStep(StepTransport transport) throws IOException {
        ClientOptions options =
                options(transport).withAttemptTimeout(Duration.ofMillis(10)).withStepTimeout(Duration.ofMillis(30));
        Session session = client(Wire.IN_PROCESS, options).createSession(TOY);
        for (int i = 0; i < 50; i++) {
            toy.prepare(Mishap.SILENCE);
        }

        assertThatExceptionOfType(ServerUnavailableException.class)
                .isThrownBy(() -> session.step(new Decisions()))
                .satisfies(failed -> assertThat(failed.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    }

    @ParameterizedTest
    @EnumSource(StepTransport.class)
    void aStepThatFailedCanBeMadeAgain(StepTransport transport) throws IOException {
        ClientOptions options = options(transport).withPatience(Duration.ZERO);
        Session session = client(Wire.IN_PROCESS, options).createSession(TOY);
        toy.prepare(Mishap.ANSWER_LOST);

        assertThatThrownBy(() -> session.step(new Decisions())).isInstanceOf(ServerUnavailableException.class);
        Events events = session.step(new Decisions());

        assertThat(events.rows()).isEqualTo(2);
        assertThat(toy.executed()).containsExactly(1L);
    }

    @Test
    void anotherClientGoesOnWithTheSession() throws IOException {
        EnvironmentClient client = client(Wire.TCP, options(StepTransport.STREAM));
        Session first = client.createSession(TOY);
        first.step(new Decisions());

        Session second = client.attach(first.key());
        second.step(new Decisions().add(1, 0, 0).add(1, 1, 0));

        assertThat(second.spec()).isEqualTo(first.spec());
        assertThat(second.lanes()).isEqualTo(2);
        assertThat(second.seats()).containsExactly(0, 1);
        assertThat(toy.executed()).containsExactly(1L, 2L);
    }

    /** A program that is killed does not know whether its last step arrived; its successor need not know either. */
    @ParameterizedTest
    @CsvSource({"STREAM,true", "STREAM,false", "UNARY,true", "UNARY,false"})
    void aSuccessorRepeatsTheStepThatItsPredecessorSentLast(StepTransport transport, boolean arrived)
            throws IOException {
        EnvironmentClient client = client(Wire.TCP, options(transport));
        Session first = client.createSession(TOY);
        first.step(new Decisions());
        Decisions sent = new Decisions().add(1, 0, 0).add(1, 1, 0);
        long sentStepId = first.lastStepId() + 1;
        Events unseen = arrived ? first.step(sent) : null;

        Session second = client.attach(first.key(), sentStepId);
        assertThat(second.lastStepId()).isEqualTo(1);
        assertThat(second.nextStepTaken()).isEqualTo(arrived);
        Events events = second.step(sent);

        assertThat(events.rows()).isOne();
        if (unseen != null) {
            assertThat(events).hasToString(unseen.toString());
        }
        assertThat(second.lastStepId()).isEqualTo(2);
        assertThat(second.nextStepTaken()).isFalse();
        assertThat(toy.executed()).containsExactly(1L, 2L);
    }

    @Test
    void aSuccessorIsToldThatTheSessionHasGoneOn() throws IOException {
        EnvironmentClient client = client(Wire.TCP, options(StepTransport.STREAM));
        Session session = client.createSession(TOY);
        assertThat(client.attach(session.key(), 0).lastStepId()).isZero();
        for (int step = 0; step < 3; step++) {
            session.step(new Decisions());
        }

        for (long sent : new long[] {2, 5}) {
            assertThatExceptionOfType(RequestRefusedException.class)
                    .isThrownBy(() -> client.attach(session.key(), sent))
                    .withMessageContaining("sentStepId: " + sent + " (expected: 3,")
                    .satisfies(refused -> assertThat(refused.reason()).isEqualTo("STEP_ID_MISMATCH"));
        }
    }

    /** Its stream has been answered before, so whoever has taken over is another client, and is not fought. */
    @Test
    void aClientThatIsDisplacedByAnotherIsToldSo() throws IOException {
        Session session = client(Wire.TCP, options(StepTransport.STREAM)).createSession(TOY);
        session.step(new Decisions());
        toy.prepare(Mishap.DISPLACED);

        assertThatThrownBy(() -> session.step(new Decisions()))
                .isInstanceOfSatisfying(
                        MacenvException.class,
                        displaced -> assertThat(displaced.reason()).isEqualTo("SUPERSEDED"));
    }

    @ParameterizedTest
    @EnumSource(StepTransport.class)
    void anAnswerThatBreaksTheProtocolIsADefectOfTheServer(StepTransport transport) throws IOException {
        Session session = client(Wire.TCP, options(transport)).createSession(TOY);
        toy.prepare(Mishap.ANSWER_WITHOUT_GROUPS);

        assertThatExceptionOfType(ServerFailureException.class)
                .isThrownBy(() -> session.step(new Decisions()))
                .withMessageContaining("groups: slabs of 0 (expected: of 1)");

        assertThat(session.step(new Decisions()).rows()).isZero();
        assertThat(toy.executed()).containsExactly(1L, 2L);
    }

    @Test
    void aWrongTokenIsRefusedAndNotTriedAgain() throws IOException {
        EnvironmentClient client = client(Wire.TCP, options(StepTransport.STREAM));
        SessionKey key = client.createSession(TOY).key();
        Session intruder = client.attach(new SessionKey(key.session(), "guess"));

        assertThatThrownBy(() -> intruder.step(new Decisions()))
                .hasMessageStartingWith("UNAUTHENTICATED UNAUTHENTICATED: token: wrong token");
    }

    @Test
    void resetNamesTheNewEpisodes() throws IOException {
        Session session = client(Wire.TCP, options(StepTransport.STREAM)).createSession(TOY);
        session.step(new Decisions());

        assertThat(session.reset(List.of(1), List.of())).containsExactly(new EpisodeStart(1, 1, 0));

        Events events = session.step(new Decisions());
        assertThat(events.lane(0)).isOne();
        assertThat(events.episode(0)).isOne();
        assertThat(events.kind(0)).isEqualTo(EventKind.START);
        assertThat(toy.resets()).isOne();
    }

    @Test
    void macroObservationsAndMacroStates() throws IOException {
        Session session = client(Wire.UNIX, options(StepTransport.STREAM)).createSession(TOY);

        MacroObservations held = session.macroObservation(1);
        float[] observation = new float[3];
        held.observation(0, 1, observation, 1);
        assertThat(observation).containsExactly(0, 3, 4);
        assertThat(held.rows()).isOne();
        assertThat(held.lane(0)).isOne();
        assertThat(held.laneState(0)).isEqualTo(LaneState.AWAITING);
        assertThat(held.pending(0, 0)).isTrue();
        assertThat(held.pending(0, 1)).isFalse();
        assertThat(held.currentAction(0, 0)).isEqualTo(-1);
        assertThat(held.currentAction(0, 1)).isEqualTo(2);
        assertThat(held.legal(0, 1, 2)).isFalse();

        MacroStates states = session.macroState(0);
        float[] joint = new float[2];
        states.jointMacroState(0, joint, 0);
        assertThat(joint).containsExactly(5, 6);
        assertThat(states.tick(0)).isEqualTo(7);
        assertThatThrownBy(() -> states.state(0, joint, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theCatalogIsReadToItsLastPage() throws IOException {
        assertThat(client(Wire.IN_PROCESS, ClientOptions.defaults()).environments())
                .extracting(EnvironmentEntry::id)
                .containsExactly("toy-0", "toy-1", "toy-2");
    }

    @Test
    void closingEndsTheSessionOnTheServerAndNeverThrows() throws IOException {
        Wire.Running server = Wire.TCP.serve(toy);
        EnvironmentClient client = EnvironmentClient.connect(server.target());
        Session session = client.createSession(TOY);
        session.step(new Decisions());
        assertThat(toy.isOpen()).isTrue();

        session.close();
        session.close();

        assertThat(toy.isOpen()).isFalse();
        Session orphan = client.createSession(TOY);
        server.close();
        orphan.close();
        client.close();
    }

    /** Plays at least five episodes at random and returns the digest of everything that happened. */
    private static String digestOfFiveEpisodes(Session session) {
        TrajectoryDigest digest = new TrajectoryDigest(session.lanes());
        List<EpisodeSummary> episodes =
                new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(3)), digest).play(5);
        assertThat(episodes).allSatisfy(episode -> assertThat(episode.ticks()).isEqualTo(ToyServer.HORIZON));
        return digest.all();
    }

    private static String undisturbed() throws IOException {
        try (Wire.Running server = Wire.IN_PROCESS.serve(new ToyServer());
                EnvironmentClient client = EnvironmentClient.connect(server.target());
                Session session = client.createSession(TOY)) {
            return digestOfFiveEpisodes(session);
        }
    }

    @Test
    void aWatchThatHasBroughtSomethingIsOpenedAgainHoweverLittlePatienceThereIs() throws IOException {
        EnvironmentClient client =
                client(Wire.IN_PROCESS, ClientOptions.defaults().withPatience(Duration.ZERO));
        Session session = client.createSession(TOY);
        Events last = session.step(new Decisions());
        Watch watch = session.watch();

        for (int stream = 1; stream <= 3; stream++) {
            assertThat(watch.next().rows()).isEqualTo(last.rows());
            assertThat(toy.watched()).isEqualTo(stream);
        }
    }

    @Test
    void aWatchEndsWhenTheSessionHasClosedBetweenTwoStreams() throws IOException {
        Session session = client(Wire.IN_PROCESS, ClientOptions.defaults()).createSession(TOY);
        session.step(new Decisions());
        Watch watch = session.watch();
        watch.next();
        Watch late = session.watch();
        session.close();

        assertThat(watch.hasNext()).isFalse();
        assertThat(toy.watched()).isEqualTo(2);
        assertThatExceptionOfType(RequestRefusedException.class)
                .as("one that never began")
                .isThrownBy(late::hasNext)
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo("SESSION_CLOSED"));
    }

    private EnvironmentClient client(Wire wire, ClientOptions options) throws IOException {
        Wire.Running server = wire.serve(toy, ToyServer.catalog());
        open.add(server);
        EnvironmentClient client = EnvironmentClient.connect(server.target(), options);
        open.add(client);
        return client;
    }

    private static ClientOptions options(StepTransport transport) {
        return ClientOptions.defaults().withTransport(transport);
    }

    private static Stream<Arguments> ways() {
        return Stream.of(Wire.values())
                .flatMap(wire -> Stream.of(StepTransport.values()).map(transport -> Arguments.of(wire, transport)));
    }

    /** Those that another attempt mends. */
    private static Stream<Arguments> mishaps() {
        return Stream.of(Wire.IN_PROCESS, Wire.TCP)
                .flatMap(wire -> Stream.of(StepTransport.values())
                        .flatMap(transport -> Stream.of(Mishap.values())
                                .filter(mishap -> mishap != Mishap.ANSWER_WITHOUT_GROUPS)
                                .map(mishap -> Arguments.of(wire, transport, mishap))));
    }
}
