package dev.macenv.server.rpc;

import com.google.protobuf.util.Durations;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.Settings;
import dev.macenv.server.session.FieldProblem;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.ResetMode;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.session.SessionOptions;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A checked request for a session. What is wrong is reported all at once; what this server does not serve is refused by
 * the name of the feature and never ignored.
 */
record CreationRequest(
        EnvironmentDescription environment,
        Settings settings,
        SessionOptions options,
        Optional<RecordingOptions> recording) {
    /** @param kept finds a snapshot that is kept for the caller, or refuses to */
    static CreationRequest read(
            CreateSessionRequest request,
            Environments environments,
            SessionLimits limits,
            Function<String, byte[]> kept) {
        EnvironmentDescription environment = environments.find(request.getEnvironment());
        List<FieldProblem> problems = new ArrayList<>();
        environments.check(environment, request.getConfig(), problems);
        SessionOptions options = new SessionOptions(
                request.getLanes(),
                request.getSeedsList().stream().mapToLong(Long::longValue).toArray(),
                request.hasGamma() ? request.getGamma() : 1.0,
                resetMode(request, problems),
                Messages.view(request.getOwnerView()),
                Wishes.seating(request, limits, problems),
                lease(request, problems),
                start(request, kept));
        problems.addAll(options.problems(limits));
        Wishes.checkRequestId(request.getRequestId(), problems);
        checkRecording(request, problems);
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        return new CreationRequest(
                environment,
                environments.settings(environment, request.getConfig()),
                options,
                recording(request.getRecording(), limits));
    }

    private static ResetMode resetMode(CreateSessionRequest request, List<FieldProblem> problems) {
        return switch (request.getResetMode()) {
            case RESET_MODE_UNSPECIFIED, RESET_MODE_AUTO -> ResetMode.AUTO;
            case RESET_MODE_MANUAL -> ResetMode.MANUAL;
            case UNRECOGNIZED -> {
                problems.add(new FieldProblem(
                        "reset_mode", request.getResetModeValue() + " (expected: a value of enum ResetMode)"));
                yield ResetMode.AUTO;
            }
        };
    }

    private static Optional<Supplier<byte[]>> start(CreateSessionRequest request, Function<String, byte[]> kept) {
        return switch (request.getStartCase()) {
            case SNAPSHOT -> Optional.of(() -> request.getSnapshot().toByteArray());
            case SNAPSHOT_ID -> Optional.of(() -> kept.apply(request.getSnapshotId()));
            case START_NOT_SET -> Optional.empty();
        };
    }

    private static Optional<Duration> lease(CreateSessionRequest request, List<FieldProblem> problems) {
        if (!request.hasLease()) {
            return Optional.empty();
        }
        com.google.protobuf.Duration asked = request.getLease();
        if (!Durations.isValid(asked)) {
            problems.add(new FieldProblem("lease", "malformed (expected: a valid google.protobuf.Duration)"));
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(asked.getSeconds(), asked.getNanos()));
    }

    private static void checkRecording(CreateSessionRequest request, List<FieldProblem> problems) {
        if (request.getRecording().getMode() == RecordingMode.UNRECOGNIZED) {
            problems.add(new FieldProblem(
                    "recording.mode",
                    request.getRecording().getModeValue() + " (expected: a value of enum RecordingMode)"));
        }
    }

    /** The options in force; empty for no recording. */
    private static Optional<RecordingOptions> recording(RecordingOptions asked, SessionLimits limits) {
        if (!records(asked)) {
            return Optional.empty();
        }
        long most = limits.recordings().bytes();
        boolean fewer = asked.getMaxBytes() != 0 && Long.compareUnsigned(asked.getMaxBytes(), most) < 0;
        boolean events = asked.getMode() == RecordingMode.RECORDING_MODE_EVENTS;
        return Optional.of(asked.toBuilder()
                .setMaxBytes(fewer ? asked.getMaxBytes() : most)
                .setPrivileged(asked.getPrivileged() && events)
                .build());
    }

    private static boolean records(RecordingOptions recording) {
        return recording.getMode() != RecordingMode.RECORDING_MODE_UNSPECIFIED
                && recording.getMode() != RecordingMode.RECORDING_MODE_NONE;
    }
}
