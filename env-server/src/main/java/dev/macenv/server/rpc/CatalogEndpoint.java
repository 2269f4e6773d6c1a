package dev.macenv.server.rpc;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.session.FieldProblem;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.session.TeamShape;
import dev.macenv.server.session.View;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.EnvironmentEntry;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetEnvironmentResponse;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetServerInfoResponse;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.ServerLimits;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Says what the server is and which environments it has. */
final class CatalogEndpoint extends CatalogServiceGrpc.CatalogServiceImplBase {
    private static final int LARGEST_PAGE = 100;
    private static final View EVERYTHING = new View(true, true, true, true, true, true);

    private final Catalog catalog;
    private final Environments environments;
    private final SessionLimits limits;
    private final EnvironmentMaker maker;
    private final Clock clock;
    private final boolean durable;

    CatalogEndpoint(Catalog catalog, SessionLimits limits, EnvironmentMaker maker, Clock clock, boolean durable) {
        this.catalog = catalog;
        this.environments = new Environments(catalog);
        this.limits = limits;
        this.maker = maker;
        this.clock = clock;
        this.durable = durable;
    }

    @Override
    public void getServerInfo(GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> answer) {
        Answers.give(
                answer,
                () -> GetServerInfoResponse.newBuilder()
                        .addProtocols("macenv.v1")
                        .setServer("macenv")
                        .setVersion(ServerVersion.current())
                        .addFeatures("play")
                        .addFeatures("seats")
                        .addFeatures("absence")
                        .addFeatures("watch")
                        .addFeatures("snapshot")
                        .addFeatures("restore")
                        .addFeatures("render")
                        .addFeatures("recording")
                        .addAllFeatures(durable ? List.of("journal") : List.of())
                        .setLimits(ServerLimits.newBuilder()
                                .setMaxSessions(limits.server().sessions())
                                .setMaxSessionsPerPrincipal(limits.principal().sessions())
                                .setMaxLanes(limits.lanes())
                                .setMaxMessageBytes(limits.messageBytes())
                                .setMaxResponseBytes(limits.responseBytes())
                                .setMaxOutstanding(limits.outstanding())
                                .setMinLease(Durations.fromNanos(
                                        limits.leases().shortest().toNanos()))
                                .setMaxLease(Durations.fromNanos(
                                        limits.leases().longest().toNanos()))
                                .setDefaultLease(Durations.fromNanos(
                                        limits.leases().standard().toNanos()))
                                .setMaxGrants(limits.grants())
                                .setMaxWatchers(limits.watchers())
                                .setMaxSnapshots(limits.snapshots())
                                .setMaxRecordingBytes(limits.recordings().bytes()))
                        .setNow(Timestamps.fromMillis(clock.millis()))
                        .build());
    }

    @Override
    public void listEnvironments(ListEnvironmentsRequest request, StreamObserver<ListEnvironmentsResponse> answer) {
        Answers.give(answer, () -> page(request));
    }

    /** A page token is the id of the first environment of the page. */
    private ListEnvironmentsResponse page(ListEnvironmentsRequest request) {
        List<EnvironmentDescription> all = catalog.environments();
        String token = request.getPageToken();
        int from = 0;
        if (!token.isEmpty()) {
            while (from < all.size() && !all.get(from).id().equals(token)) {
                from++;
            }
            if (from == all.size()) {
                throw RefusedException.field(
                        Reason.INVALID_FIELD,
                        "page_token",
                        "not issued by this server (expected: next_page_token of the previous page, or nothing)");
            }
        }
        int wanted = request.getPageSize(); // unsigned; negative means more than fits an int
        int size = wanted <= 0 ? LARGEST_PAGE : Math.min(wanted, LARGEST_PAGE);
        int to = Math.min(all.size(), from + size);
        ListEnvironmentsResponse.Builder page = ListEnvironmentsResponse.newBuilder();
        for (EnvironmentDescription one : all.subList(from, to)) {
            page.addEnvironments(EnvironmentEntry.newBuilder()
                    .setId(one.id())
                    .setVersion(one.version())
                    .setSummary(firstSentence(one.doc())));
        }
        return page.setNextPageToken(to < all.size() ? all.get(to).id() : "").build();
    }

    private static String firstSentence(String doc) {
        int end = doc.indexOf(". ");
        return end < 0 ? doc : doc.substring(0, end + 1);
    }

    @Override
    public void getEnvironment(GetEnvironmentRequest request, StreamObserver<GetEnvironmentResponse> answer) {
        // Constructs an environment to ask for its spec, so not on an event loop.
        maker.answer(request.getEnvironment(), answer, () -> describe(request));
    }

    private GetEnvironmentResponse describe(GetEnvironmentRequest request) {
        EnvironmentDescription description = environments.find(request.getEnvironment());
        List<FieldProblem> problems = new ArrayList<>();
        environments.check(description, request.getConfig(), problems);
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        EnvironmentSpec spec = maker.maker(description.id(), environments.settings(description, request.getConfig()))
                .get()
                .spec();
        return GetEnvironmentResponse.newBuilder()
                .setSpec(Specs.message(description, spec))
                .setMaxRowBytes((int) new TeamShape(spec).rowBytes(EVERYTHING))
                .build();
    }
}
