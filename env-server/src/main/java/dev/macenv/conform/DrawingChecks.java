package dev.macenv.conform;

import dev.macenv.v1.RenderRequest;
import dev.macenv.v1.RenderResponse;
import dev.macenv.v1.View;
import io.grpc.Status.Code;
import java.util.List;

/** What groups 2 and 6 have about drawings: one shows where its lane stands, to whoever may see it, and changes nothing. */
final class DrawingChecks {
    private static final View SEEING =
            Trial.EVERYTHING.toBuilder().setRender(true).build();
    private static final int ANSWERS = 8;
    private static final int LANES = 2;

    private DrawingChecks() {}

    private static List<String> formats(Trial trial) {
        trial.needs("render");
        List<String> formats = trial.spec().getFeatures().getRenderFormatsList();
        if (formats.isEmpty()) {
            throw new SkippedException(trial.environment() + " says that it cannot be drawn");
        }
        return formats;
    }

    private static RenderRequest.Builder wish(Player player) {
        return RenderRequest.newBuilder().setSession(player.session()).setToken(player.token());
    }

    private static RenderResponse drawn(Trial trial, RenderRequest.Builder wish) {
        return trial.sessions().render(trial.sending(wish.build()));
    }

    /** Plays two sessions alike, one of which is drawn. */
    static void shows(Trial trial) throws InterruptedException {
        List<String> formats = formats(trial);
        long seed = trial.random().nextLong();
        Player undrawn = trial.create(trial.session(LANES, seed));
        Player player = trial.create(trial.session(LANES, seed).setOwnerView(SEEING));
        Rows expected = undrawn.collect();
        Rows rows = player.collect();
        for (int answers = 0; answers < ANSWERS; answers++) {
            for (int lane = 0; lane < LANES; lane++) {
                RenderRequest.Builder wish = wish(player).setLane(lane);
                Violation.unlessEqual(
                        "session.proto, RenderRequest.format: empty: the first of render_formats",
                        "the format where none is asked for",
                        formats.get(0),
                        drawn(trial, wish).getFormat());
                for (String format : formats) {
                    shows(drawn(trial, wish.setFormat(format)), format, rows, EventAlgebraChecks.lastOf(rows, lane));
                }
            }
            rows = player.answer(rows);
            expected = undrawn.answer(expected);
            Violation.unlessEqual(
                    "session.proto, Render: a picture at the last event, which changes nothing",
                    "rows of a session that was drawn, after " + (answers + 1) + " answers",
                    ResumptionChecks.texts(expected),
                    ResumptionChecks.texts(rows));
        }
    }

    private static void shows(RenderResponse drawing, String format, Rows rows, int row) {
        String rule = "session.proto, RenderResponse: a picture of a lane at its last event";
        Violation.unlessEqual(rule, "format", format, drawing.getFormat());
        Violation.unlessEqual(rule, "episode of a drawing in " + format, rows.episode(row), drawing.getEpisode());
        Violation.unlessEqual(rule, "tick of a drawing in " + format, rows.tick(row), drawing.getTick());
        boolean sound = switch (format) {
            case "text/plain" ->
                !drawing.getData().isEmpty() && drawing.getData().isValidUtf8();
            case "image/png" ->
                drawing.getData().size() > 8
                        && drawing.getData().byteAt(0) == (byte) 0x89
                        && drawing.getData().substring(1, 4).toStringUtf8().equals("PNG");
            default -> !drawing.getData().isEmpty();
        };
        Violation.unless(
                sound,
                rule,
                "data of a drawing in " + format,
                "data in this format",
                drawing.getData().size() + " bytes that are none");
    }

    static void refused(Trial trial) throws InterruptedException {
        var unused = formats(trial);
        Player blind = trial.create(trial.session(1, 1));
        Refusal.by(() -> drawn(trial, wish(blind)))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .says("view", "render");
        Player player = trial.create(trial.session(1, 1).setOwnerView(SEEING));
        Refusal.by(() -> drawn(trial, wish(player).setFormat("image/none")))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("format");
        Refusal.by(() -> drawn(trial, wish(player).setLane(1)))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lane");
        Refusal.by(() -> drawn(trial, wish(player).setToken("x"))).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Violation.unlessEqual(
                "session.proto, Render: changes nothing",
                "rows after drawings that were refused",
                1,
                player.collect().count());
    }
}
