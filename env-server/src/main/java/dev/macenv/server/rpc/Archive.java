package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Timestamps;
import dev.macenv.server.journal.Journal;
import dev.macenv.server.journal.JournalWriter;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.session.Chronicle;
import dev.macenv.server.session.Keeping;
import dev.macenv.server.session.Replay;
import dev.macenv.server.session.ReplayException;
import dev.macenv.server.session.ResetMode;
import dev.macenv.server.session.Revival;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.Sessions;
import dev.macenv.server.session.View;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.RecordedLane;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingHeader;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of sessions: recordings that their owners have asked for, and journals, from which they come back when the
 * server is started again. Without a directory there are no journals, and a session that is not recorded is not listened to.
 *
 * <p>Tokens are in no file. They are drawn from the directory's key and the session's name, and drawn again when it comes
 * back; a journal has their hashes, so that one that is copied elsewhere opens nothing. Thread-safe.
 */
final class Archive implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Archive.class);
    private static final int TOKEN_BYTES = 16;
    private static final String PRINCIPAL = "principal";
    private static final String CONTENT = "content";

    private final Recordings recordings;
    private final Clock clock;
    private final @Nullable Files files;

    private record Files(StateDirectory directory, JournalWriter writer, long journalBytes) {}

    /** @throws IOException if the directory cannot be used */
    Archive(Recordings recordings, Optional<Durability> durability, Clock clock, LongSupplier nanoClock)
            throws IOException {
        this.recordings = recordings;
        this.clock = clock;
        if (durability.isEmpty()) {
            files = null;
            return;
        }
        Durability wanted = durability.get();
        StateDirectory directory = StateDirectory.open(wanted.directory(), wanted.opener());
        files = new Files(
                directory, new JournalWriter(wanted.loss(), wanted.shortenBytes(), nanoClock), wanted.journalBytes());
    }

    Recordings recordings() {
        return recordings;
    }

    /** The thread that writes journals; empty if there are none. */
    Optional<JournalWriter> writer() {
        return Optional.ofNullable(files).map(Files::writer);
    }

    // ------------------------------------------------------------------------------------------------ keeping

    /** How a session is kept that this request creates. */
    Keeping keeping(String principal, CreateSessionRequest request, CreationRequest wanted) {
        Files journals = files;
        if (journals == null && wanted.recording().isEmpty()) {
            return Keeping.NOTHING;
        }
        return new Keeping() {
            @Override
            public Optional<Supplier<String>> tokens(String session) {
                return journals == null
                        ? Optional.empty()
                        : Optional.of(secrets(journals.directory().key(), session));
            }

            @Override
            public Optional<Chronicle> chronicle(Session session) {
                RecordingHeader header = header(wanted, session, clock);
                List<RecordedLane> start = start(wanted, session);
                Optional<Chronicle> recording =
                        wanted.recording().map(options -> recording(session, options, header, request, start));
                if (journals == null) {
                    return recording;
                }
                RecordingHeader secret = header.toBuilder()
                        .setCreateRequest(withoutSnapshot(request).build().toByteString())
                        .setNotes(Struct.newBuilder()
                                .putFields(PRINCIPAL, text(principal))
                                .putFields(CONTENT, text(Contents.digest(request))))
                        .build();
                Chronicle journal;
                try {
                    journal = journal(journals, session, secret, start);
                } catch (IOException e) {
                    recordings.discard(session.name());
                    log.atError()
                            .addKeyValue("session", session.name())
                            .setCause(e)
                            .log("no journal can be begun");
                    throw JournalStore.unwritable(e);
                }
                return Optional.of(recording.isEmpty() ? journal : new TwoScribes(journal, recording.get()));
            }
        };
    }

    private static RecordingHeader header(CreationRequest wanted, Session session, Clock clock) {
        RecordingHeader.Builder header = RecordingHeader.newBuilder()
                .setSession(session.name())
                .setSpec(Specs.message(wanted.environment(), session.spec()))
                .setLanes(session.laneCount())
                .setGamma(session.gamma())
                .setAutoReset(session.resetMode() == ResetMode.AUTO)
                .setCreated(Timestamps.fromMillis(clock.millis()))
                .setServer("macenv " + ServerVersion.current());
        wanted.recording().ifPresent(header::setOptions);
        for (long seed : session.laneSeeds()) {
            header.addLaneSeeds(seed);
        }
        return header.build();
    }

    private static List<RecordedLane> start(CreationRequest wanted, Session session) {
        List<RecordedLane> lanes = new ArrayList<>();
        wanted.options().start().ifPresent(snapshot -> {
            ByteString bytes = ByteString.copyFrom(snapshot.get());
            for (int lane = 0; lane < session.laneCount(); lane++) {
                lanes.add(RecordedLane.newBuilder()
                        .setLane(lane)
                        .setSnapshot(bytes)
                        .setCause("start")
                        .build());
            }
        });
        return lanes;
    }

    /** The snapshot is in entries of its own. */
    private static CreateSessionRequest.Builder withoutSnapshot(CreateSessionRequest request) {
        return request.toBuilder().clearStart();
    }

    /** The recording of a session; it names nobody, and no request can be repeated with what is in it. */
    private Chronicle recording(
            Session session,
            RecordingOptions options,
            RecordingHeader header,
            CreateSessionRequest request,
            List<RecordedLane> start) {
        var recording = recordings.begin(session.name(), session.owner().digest(), options.getMaxBytes());
        Scribe scribe = new Scribe(
                new RecordingStore(recording, recordings), false, events(options), clock, session.laneCount(), 0);
        scribe.header(header.toBuilder()
                .clearNotes()
                .setCreateRequest(
                        withoutSnapshot(request).clearRequestId().build().toByteString())
                .build());
        start.forEach(scribe::start);
        return scribe;
    }

    /** The view in which rows are recorded; empty if they are not. */
    static Optional<View> events(RecordingOptions options) {
        boolean more = options.getPrivileged();
        return options.getMode() == RecordingMode.RECORDING_MODE_EVENTS
                ? Optional.of(new View(more, more, more, more, true, false))
                : Optional.empty();
    }

    private Chronicle journal(Files journals, Session session, RecordingHeader header, List<RecordedLane> start)
            throws IOException {
        List<byte[]> first = new ArrayList<>();
        first.add(RecordingEntry.newBuilder().setHeader(header).build().toByteArray());
        for (RecordedLane lane : start) {
            first.add(RecordingEntry.newBuilder()
                    .setSequence(first.size())
                    .setLane(lane)
                    .build()
                    .toByteArray());
        }
        Journal journal = journals.directory().create(journals.writer(), session.name(), first);
        return scribe(journals, journal, session, first.size());
    }

    private Scribe scribe(Files journals, Journal journal, Session session, long sequence) {
        return new Scribe(
                new JournalStore(journal, journals.journalBytes()),
                true,
                Optional.empty(),
                clock,
                session.laneCount(),
                sequence);
    }

    // ------------------------------------------------------------------------------------------------ coming back

    /** Brings back every session that has a journal; one that cannot be is left where it is, and the log says why. */
    void reviveAll(Sessions sessions, Environments environments, EnvironmentMaker maker) throws IOException {
        Files journals = files;
        if (journals == null) {
            return;
        }
        int revived = 0;
        List<String> names = journals.directory().sessions();
        for (String name : names) {
            try {
                revived += revive(name, journals, sessions, environments, maker) ? 1 : 0;
            } catch (IOException | RuntimeException e) {
                recordings.discard(name);
                log.atError()
                        .addKeyValue("session", name)
                        .setCause(e)
                        .log("session not brought back, its journal is left as it is: {}", e.getMessage());
            }
        }
        if (!names.isEmpty()) {
            log.info("{} of {} sessions brought back", revived, names.size());
        }
    }

    private boolean revive(
            String name, Files journals, Sessions sessions, Environments environments, EnvironmentMaker maker)
            throws IOException {
        StateDirectory.Found found = journals.directory().read(name);
        Retold retold = Retold.of(found.records());
        retold.requireBeginning(found.shortened());
        if (retold.closed()) { // and died before it could remove the file
            journals.directory().remove(name);
            return false;
        }
        if (!retold.header().getSession().equals(name)) {
            throw new IOException("the journal of session " + retold.header().getSession() + " under another name");
        }
        CreateSessionRequest request = retold.creation();
        CreationRequest wanted = retold.wanted(environments, sessions.limits());
        Struct notes = retold.header().getNotes();
        Session session = sessions.revive(
                notes.getFieldsOrDefault(PRINCIPAL, text("")).getStringValue(),
                wanted.options(),
                maker.maker(wanted.environment().id(), wanted.settings()),
                request.getRequestId(),
                notes.getFieldsOrDefault(CONTENT, text("")).getStringValue(),
                revival(journals, found, retold, request));
        if (found.bytes() > found.soundBytes()) {
            log.atWarn()
                    .addKeyValue("session", session.name())
                    .log(
                            "the last {} bytes of its journal were being written and are cut off",
                            found.bytes() - found.soundBytes());
        }
        return true;
    }

    private Revival revival(Files journals, StateDirectory.Found found, Retold retold, CreateSessionRequest request) {
        return new Revival() {
            private @Nullable Chronicle recording;

            @Override
            public String name() {
                return retold.header().getSession();
            }

            @Override
            public Supplier<String> tokens() {
                return secrets(journals.directory().key(), name());
            }

            @Override
            public long[] laneSeeds() {
                return retold.laneSeeds();
            }

            @Override
            public Optional<Chronicle> witness(Session session) {
                retold.requireFingerprint(session);
                RecordingHeader header = retold.header();
                if (header.hasOptions()) {
                    recording = recording(session, header.getOptions(), header, request, retold.startLanes());
                }
                return Optional.ofNullable(recording);
            }

            @Override
            public void tell(Replay replay, Session session) {
                retold.tell(replay, session);
            }

            @Override
            public Optional<Chronicle> chronicle(Session session) {
                Journal journal;
                try {
                    journal = journals.directory().resume(journals.writer(), name(), found, retold.first());
                } catch (IOException e) {
                    throw new ReplayException("the journal cannot be continued: " + e.getMessage(), e);
                }
                Chronicle scribe = scribe(journals, journal, session, retold.nextSequence());
                Chronicle other = recording;
                return Optional.of(other == null ? scribe : new TwoScribes(scribe, other));
            }
        };
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /** Draws the secrets of a session, the same in the same order whenever they are drawn. */
    private static Supplier<String> secrets(byte[] key, String session) {
        return new Supplier<>() {
            private int drawn;

            @Override
            public String get() {
                try {
                    Mac mac = Mac.getInstance("HmacSHA256");
                    mac.init(new SecretKeySpec(key, "HmacSHA256"));
                    mac.update(session.getBytes(StandardCharsets.UTF_8));
                    mac.update(ByteBuffer.allocate(1 + Integer.BYTES)
                            .putInt(1, drawn++)
                            .array());
                    return HexFormat.of().formatHex(Arrays.copyOf(mac.doFinal(), TOKEN_BYTES));
                } catch (GeneralSecurityException e) {
                    throw new AssertionError("every Java platform has HMAC with SHA-256", e);
                }
            }
        };
    }

    /** Writes what is to be written, and gives the directory up. */
    @Override
    public void close() {
        Files journals = files;
        if (journals == null) {
            return;
        }
        try {
            try {
                journals.writer().close();
            } finally {
                journals.directory().close();
            }
        } catch (IOException e) {
            log.error("the journals could not be closed", e);
        }
    }
}
