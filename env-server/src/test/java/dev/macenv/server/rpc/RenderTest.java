package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.Table.Guest;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.RenderRequest;
import dev.macenv.v1.RenderResponse;
import dev.macenv.v1.View;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever may see lanes is sent pictures of them, in letters or in colours. */
@ParameterizedClass
@EnumSource(Transports.class)
final class RenderTest {
    private static final View SEEING = View.newBuilder().setRender(true).build();

    private final EnvironmentServer server;
    private final ManagedChannel channel;

    RenderTest(Transports transport) {
        server = transport.start(Catalog.of(new RelayProvider(), new BoxPushingProvider()), ServerOptions.standard());
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    private Player boxes() {
        return Player.create(
                channel,
                CreateSessionRequest.newBuilder()
                        .setEnvironment("bp-10")
                        .setLanes(2)
                        .addSeeds(1)
                        .setOwnerView(SEEING));
    }

    private static RenderRequest.Builder wish(Player player, int lane) {
        return RenderRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setLane(lane);
    }

    @Test
    void aLaneIsDrawnInLettersUnlessSomethingElseIsAskedFor() {
        Player player = boxes();
        Rows rows = player.rows(player.collect());
        RenderResponse start = player.stub.render(wish(player, 1).build());
        assertThat(start.getFormat()).isEqualTo("text/plain");
        assertThat(start.getData().toStringUtf8()).startsWith("bp-10   tick 0").contains("agent0");
        player.answer(rows);
        RenderResponse later = player.stub.render(wish(player, 1).build());
        assertThat(later.getTick()).isPositive();
        assertThat(later.getData().toStringUtf8()).startsWith("bp-10   tick " + later.getTick());
        assertThat(player.stub.render(wish(player, 1).build()))
                .as("it changes nothing")
                .isEqualTo(later);
    }

    @Test
    void everyFormatOfTheSpecIsDrawn() throws IOException {
        Player player = boxes();
        assertThat(player.spec().getFeatures().getRenderFormatsList()).containsExactly("text/plain", "image/png");
        RenderResponse drawn =
                player.stub.render(wish(player, 0).setFormat("image/png").build());
        assertThat(drawn.getFormat()).isEqualTo("image/png");
        BufferedImage picture = ImageIO.read(drawn.getData().newInput());
        assertThat(picture.getWidth()).isGreaterThan(400);
        assertThat(ImageIO.read(player.stub
                                .render(wish(player, 1).setFormat("image/png").build())
                                .getData()
                                .newInput())
                        .getWidth())
                .isEqualTo(picture.getWidth());
    }

    @Test
    void anEnvironmentWithoutASceneIsDrawnByItsNumbers() {
        Player player = Player.create(channel, Player.relay(1, 7).setOwnerView(SEEING));
        ByteString text = player.stub.render(wish(player, 0).build()).getData();
        assertThat(text.toStringUtf8()).contains("relay   tick 0").contains("tick");
    }

    @Test
    void whatIsWrongIsRefusedByFieldAndByRight() {
        Player player = boxes();
        Refused.by(() -> player.stub.render(
                        wish(player, 0).setFormat("image/gif").build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("format");
        Refused.by(() -> player.stub.render(wish(player, 2).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lane");
        Refused.by(() -> player.stub.render(wish(player, 0).setToken("x").build()))
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Player plain = Player.create(channel, Player.relay(1, 7));
        Refused.by(() -> plain.stub.render(wish(plain, 0).build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("view", "render");
        player.stub.closeSession(Table.close(player));
        Refused.by(() -> player.stub.render(wish(player, 0).build())).is(Code.NOT_FOUND, "SESSION_CLOSED");
        assertThat(plain.collect().getEvents().getRows()).isEqualTo(1);
    }

    @Test
    void whoWasInvitedSeesPicturesOnlyIfTheInviteSaysSo() {
        Table table = new Table(
                channel,
                Player.relay(1, 3)
                        .addInvites(InviteOptions.newBuilder())
                        .addInvites(InviteOptions.newBuilder().setMaxView(SEEING)));
        Guest blind = table.seat(table.join(0));
        Guest seeing = table.seat(table.join(1).setView(SEEING));
        Refused.by(() -> table.owner.stub.render(
                        wish(table.owner, 0).setToken(blind.joined.getToken()).build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("view", "render");
        assertThat(table.owner
                        .stub
                        .render(wish(table.owner, 0)
                                .setToken(seeing.joined.getToken())
                                .build())
                        .getData())
                .isNotEmpty();
    }

    @Test
    void aLaneThatHasFailedIsNotDrawn() {
        Player player = Player.create(channel, Player.faulty("step", 1).setOwnerView(SEEING));
        Rows rows = player.rows(player.collect());
        while (rows.kind(0) != EventKind.EVENT_KIND_FAULT) {
            rows = player.rows(player.step(player.request()
                    .addLane(0)
                    .addSeat(0)
                    .addAction(1)
                    .addLane(0)
                    .addSeat(1)
                    .addAction(0)
                    .addLane(0)
                    .addSeat(2)
                    .addAction(0)));
        }
        Refused.by(() -> player.stub.render(wish(player, 0).build()))
                .is(Code.FAILED_PRECONDITION, "LANE_FAULTED")
                .metadata("lane", "0");
    }

    @Test
    void whatCannotBeDrawnSaysSoAndGoesOn() {
        Player failing = Player.create(channel, Player.faulty("inspect", 1).setOwnerView(SEEING));
        Refused.by(() -> failing.stub.render(wish(failing, 0).build())).is(Code.INTERNAL, "ENVIRONMENT_FAULT");
        Player unseen = Player.create(channel, Player.faulty("unseen", 1).setOwnerView(SEEING));
        Refused.by(() -> unseen.stub.render(wish(unseen, 0).build()))
                .is(Code.UNIMPLEMENTED, "FEATURE_ABSENT")
                .metadata("feature", "render");
        Player endless = Player.create(channel, Player.faulty("endlessFloor", 1).setOwnerView(SEEING));
        Refused.by(() -> endless.stub.render(
                        wish(endless, 0).setFormat("image/png").build()))
                .is(Code.RESOURCE_EXHAUSTED, "RESPONSE_TOO_LARGE")
                .quota();
        assertThat(failing.collect().getEvents().getRows()).isEqualTo(1);
        assertThat(endless.collect().getEvents().getRows()).isEqualTo(1);
    }
}
