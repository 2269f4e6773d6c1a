package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.AgentSpec;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.DataType;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetEnvironmentResponse;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GroupSlab;
import dev.macenv.v1.GroupSpec;
import dev.macenv.v1.Label;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.MacroActionSpec;
import dev.macenv.v1.TensorSpec;
import dev.macenv.v1.View;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Group 1: shapes, bounds and names say what is sent. */
final class SpecificationChecks {
    private static final int PLAYED_ROWS = 60;

    private SpecificationChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("the server names its protocol", SpecificationChecks::protocol),
                Check.ofServer("the catalogue is listed page by page in order", SpecificationChecks::catalogue),
                Check.ofEnvironment("the specification is one and the same everywhere", SpecificationChecks::stable),
                Check.ofEnvironment("the specification holds together", SpecificationChecks::consistent),
                Check.ofEnvironment("rows have the size announced", SpecificationChecks::rowSize),
                Check.ofEnvironment("what the view does not grant is not sent", SpecificationChecks::views),
                Check.ofEnvironment("values stay within their bounds", SpecificationChecks::bounds));
    }

    private static void protocol(Trial trial) {
        var info = trial.catalog().getServerInfo(trial.sending(GetServerInfoRequest.getDefaultInstance()));
        Violation.unless(
                info.getProtocolsList().contains("macenv.v1"),
                "catalog.proto, GetServerInfoResponse.protocols",
                "protocols",
                "macenv.v1 among them",
                info.getProtocolsList());
        Violation.unless(
                new HashSet<>(info.getFeaturesList()).size() == info.getFeaturesCount(),
                "catalog.proto, GetServerInfoResponse.features",
                "features",
                "each once",
                info.getFeaturesList());
        Violation.unless(
                info.getNow().getSeconds() > 0,
                "catalog.proto, GetServerInfoResponse.now",
                "the server's clock",
                "a time",
                info.getNow().getSeconds());
    }

    private static void catalogue(Trial trial) {
        String rule = "catalog.proto, ListEnvironments: ascending by id, at most page_size a page";
        List<String> ids = new ArrayList<>();
        String token = "";
        do {
            ListEnvironmentsResponse page = trial.catalog()
                    .listEnvironments(trial.sending(ListEnvironmentsRequest.newBuilder()
                            .setPageSize(2)
                            .setPageToken(token)
                            .build()));
            Violation.unless(
                    page.getEnvironmentsCount() <= 2 && (page.getEnvironmentsCount() > 0 || ids.isEmpty()),
                    rule,
                    "entries of a page",
                    "1 or 2",
                    page.getEnvironmentsCount());
            page.getEnvironmentsList().forEach(entry -> ids.add(entry.getId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty() && ids.size() < 100_000);
        List<String> sorted = new ArrayList<>(new HashSet<>(ids));
        sorted.sort(null);
        Violation.unlessEqual(rule, "the ids", sorted, ids);
        for (EnvSpec spec : trial.environments()) {
            Violation.unless(ids.contains(spec.getId()), rule, "the ids", spec.getId() + " among them", ids);
        }
        Refusal.by(() -> trial.catalog()
                        .listEnvironments(trial.sending(ListEnvironmentsRequest.newBuilder()
                                .setPageToken("a token that nobody has issued")
                                .build())))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("page_token");
    }

    private static void stable(Trial trial) throws InterruptedException {
        String rule = "spec.proto, EnvSpec: equal settings, equal specification and fingerprint";
        EnvSpec spec = trial.spec();
        Violation.unlessEqual(
                rule,
                "the specification asked for again",
                spec,
                describe(trial, GetEnvironmentRequest.newBuilder().setEnvironment(spec.getId())));
        Violation.unlessEqual(
                rule,
                "the specification asked for with its version",
                spec,
                describe(
                        trial,
                        GetEnvironmentRequest.newBuilder().setEnvironment(spec.getId() + "@" + spec.getVersion())));
        Violation.unlessEqual(
                "spec.proto, EnvSpec.config_values: feeding it back gives the same fingerprint",
                "the fingerprint under config_values",
                spec.getFingerprint(),
                describe(
                                trial,
                                GetEnvironmentRequest.newBuilder()
                                        .setEnvironment(spec.getId())
                                        .setConfig(spec.getConfigValues()))
                        .getFingerprint());
        Player player = trial.create(trial.session(1, 1));
        Violation.unlessEqual(rule, "the specification of a session", spec, player.spec());
        var looked = trial.sessions()
                .getSession(trial.sending(GetSessionRequest.newBuilder()
                        .setSession(player.session())
                        .setToken(player.token())
                        .setIncludeSpec(true)
                        .build()));
        Violation.unlessEqual(rule, "the specification in GetSession", spec, looked.getSpec());
        Violation.unlessEqual(rule, "the fingerprint in GetSession", spec.getFingerprint(), looked.getFingerprint());
        Violation.unlessEqual(
                "session.proto, CreateSessionResponse.seats",
                "the owner's seats",
                Player.allSeats(spec),
                player.created().getSeatsList());
    }

    private static EnvSpec describe(Trial trial, GetEnvironmentRequest.Builder request) {
        return trial.catalog().getEnvironment(trial.sending(request.build())).getSpec();
    }

    // ------------------------------------------------------------------------------------------------ consistency

    private static void consistent(Trial trial) {
        EnvSpec spec = trial.spec();
        must(
                "EnvSpec.id and version",
                !spec.getId().isEmpty() && !spec.getVersion().isEmpty(),
                "not empty",
                spec.getId() + "@" + spec.getVersion());
        must(
                "EnvSpec.fingerprint",
                spec.getFingerprint().matches("[0-9a-f]{64}"),
                "64 lower-case hexadecimal digits",
                spec.getFingerprint());
        must("EnvSpec.agents", spec.getAgentsCount() > 0, "at least one", 0);
        must(
                "AgentSpec.name",
                unique(spec.getAgentsList().stream().map(AgentSpec::getName).toList()),
                "unique",
                spec.getAgentsList().stream().map(AgentSpec::getName).toList());
        must(
                "EnvFeatures.max_macro_ticks",
                spec.getFeatures().getMaxMacroTicks() > 0,
                "at least 1",
                spec.getFeatures().getMaxMacroTicks());
        spec.getAgentsList().forEach(agent -> agent(spec, agent));
        for (int group = 0; group < spec.getGroupsCount(); group++) {
            GroupSpec one = spec.getGroups(group);
            must("GroupSpec", Rows.members(spec, group) > 0, "an agent in it", "group " + group + " has none");
            must("GroupSpec.num_actions", one.getNumActions() > 0, "at least 1", one.getNumActions());
            tensor("observation of group " + group, one.getObservation());
        }
        tensor("state", spec.getState());
        spec.getConfigList()
                .forEach(field -> must(
                        "EnvSpec.config_values",
                        spec.getConfigValues().containsFields(field.getName()),
                        "a value for " + field.getName(),
                        "none"));
    }

    private static void agent(EnvSpec spec, AgentSpec agent) {
        must("AgentSpec.group", agent.getGroup() < spec.getGroupsCount(), "an index into groups", agent.getGroup());
        must(
                "GroupSpec.num_actions",
                agent.getMacroActionsCount() == spec.getGroups(agent.getGroup()).getNumActions(),
                spec.getGroups(agent.getGroup()).getNumActions() + " macro-actions of " + agent.getName(),
                agent.getMacroActionsCount());
        List<String> names = agent.getMacroActionsList().stream()
                .map(MacroActionSpec::getName)
                .toList();
        must("MacroActionSpec.name", unique(names), "unique within " + agent.getName(), names);
        for (MacroActionSpec one : agent.getMacroActionsList()) {
            must(
                    "MacroActionSpec.min_ticks, max_ticks",
                    one.getMinTicks() >= 1 && (one.getMaxTicks() == 0 || one.getMaxTicks() >= one.getMinTicks()),
                    "1 <= min <= max, or max 0",
                    one.getName() + ": " + one.getMinTicks() + ".." + one.getMaxTicks());
            must(
                    "MacroActionSpec.primitive",
                    !one.getPrimitive() || (one.getMinTicks() == 1 && one.getMaxTicks() == 1),
                    "exactly one tick",
                    one.getName() + ": " + one.getMinTicks() + ".." + one.getMaxTicks());
        }
    }

    private static void tensor(String what, TensorSpec tensor) {
        DataType type = tensor.getDtype();
        int elements = Rows.elements(tensor);
        must("TensorSpec.shape", elements > 0, "every extent at least 1", what + ": " + tensor.getShapeList());
        for (ByteString bound : List.of(tensor.getLow(), tensor.getHigh())) {
            int count = bound.size() / Rows.width(type);
            must(
                    "TensorSpec.low, high",
                    bound.size() % Rows.width(type) == 0 && (count == 0 || count == 1 || count == elements),
                    "none, one or " + elements + " elements",
                    what + ": " + bound.size() + " bytes");
        }
        for (int i = 0; i < elements; i++) {
            must(
                    "TensorSpec.low, high",
                    bound(tensor, tensor.getLow(), i, Double.NEGATIVE_INFINITY)
                            <= bound(tensor, tensor.getHigh(), i, Double.POSITIVE_INFINITY),
                    "low <= high",
                    what + ", element " + i);
        }
        int end = 0;
        for (Label label : tensor.getLabelsList()) {
            must(
                    "TensorSpec.labels",
                    label.getBegin() >= end && label.getEnd() > label.getBegin() && label.getEnd() <= elements,
                    "ascending ranges within " + elements + " elements",
                    what + ": " + label.getName() + " " + label.getBegin() + ".." + label.getEnd());
            end = label.getEnd();
        }
    }

    private static double bound(TensorSpec tensor, ByteString bound, int i, double none) {
        if (bound.isEmpty()) {
            return none;
        }
        boolean uniform = bound.size() == Rows.width(tensor.getDtype());
        return Rows.element(tensor.getDtype(), bound, uniform ? 0 : i);
    }

    private static void must(String field, boolean holds, String expected, Object got) {
        Violation.unless(holds, "spec.proto, " + field, field, expected, got);
    }

    private static boolean unique(List<String> names) {
        Set<String> different = new HashSet<>(names);
        return different.size() == names.size();
    }

    // ------------------------------------------------------------------------------------------------ rows

    private static void rowSize(Trial trial) throws InterruptedException {
        String rule = "session.proto, SessionLimits.row_bytes: bytes of one row in the fixed-width columns";
        GetEnvironmentResponse described = trial.catalog()
                .getEnvironment(GetEnvironmentRequest.newBuilder()
                        .setEnvironment(trial.environment())
                        .build());
        for (View view : List.of(View.getDefaultInstance(), Trial.EVERYTHING)) {
            Player player = trial.create(trial.session(3, 1).setOwnerView(view));
            int announced = player.created().getLimits().getRowBytes();
            Rows rows = player.collect();
            Violation.unlessEqual(rule, "bytes of 3 rows", 3 * announced, fixedBytes(rows.message()));
            Violation.unless(
                    described.getMaxRowBytes() >= announced,
                    "catalog.proto, GetEnvironmentResponse.max_row_bytes: row_bytes with every field of View",
                    "max_row_bytes",
                    "at least " + announced,
                    described.getMaxRowBytes());
        }
        View all = Trial.EVERYTHING.toBuilder()
                .setOtherAgents(true)
                .setRender(trial.serves("render"))
                .build();
        Player player = trial.create(trial.session(1, 1).setOwnerView(all));
        Violation.unlessEqual(
                "catalog.proto, GetEnvironmentResponse.max_row_bytes: row_bytes with every field of View",
                "row_bytes with every field of View",
                described.getMaxRowBytes(),
                player.created().getLimits().getRowBytes());
    }

    private static int fixedBytes(EventBatch events) {
        int bytes = events.getKind().size()
                + events.getStatus().size()
                + 8 * events.getJointRewardCount()
                + events.getAgentReward().size()
                + events.getAgentTau().size()
                + events.getState().size()
                + events.getMacroState().size()
                + events.getCurrentAction().size();
        for (GroupSlab group : events.getGroupsList()) {
            bytes += group.getObservation().size() + group.getLegal().size();
        }
        return bytes;
    }

    private static void views(Trial trial) throws InterruptedException {
        String rule = "session.proto, View: everything here is off by default";
        CreateSessionRequest.Builder request = trial.session(2, 1).clearOwnerView();
        Player player = trial.create(request);
        Rows rows = player.collect();
        for (int i = 0; i < 5; i++) {
            EventBatch events = rows.message();
            Violation.unless(
                    events.getState().isEmpty(),
                    rule,
                    "state",
                    "empty",
                    events.getState().size());
            Violation.unless(events.getMacroState().isEmpty(), rule, "macro_state", "empty", "bytes");
            Violation.unless(events.getCurrentAction().isEmpty(), rule, "current_action", "empty", "bytes");
            Violation.unless(events.getRewardTrace().isEmpty(), rule, "reward_trace", "empty", "bytes");
            Violation.unless(
                    events.getEndedList().stream()
                            .allMatch(end -> end.getMetricsMap().isEmpty()),
                    "event.proto, EpisodeSummary.metrics: empty for grants without View.state",
                    "metrics",
                    "none",
                    "some");
            rows = player.answer(rows);
        }
    }

    private static void bounds(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(2, trial.random().nextLong()));
        Rows rows = player.collect();
        for (int seen = 0; seen < PLAYED_ROWS; seen += rows.count()) {
            for (int row = 0; row < rows.count(); row++) {
                within("state", trial.spec().getState(), rows.state(row), rows, row);
                for (int agent = 0; agent < rows.agents(); agent++) {
                    int group = trial.spec().getAgents(agent).getGroup();
                    within(
                            "observation of seat " + agent,
                            trial.spec().getGroups(group).getObservation(),
                            rows.observation(row, agent),
                            rows,
                            row);
                    for (byte legal : rows.legal(row, agent)) {
                        Violation.unless(
                                legal == 0 || legal == 1,
                                "event.proto, GroupSlab.legal: 1 if it may be chosen",
                                "a legal mask",
                                "0 or 1",
                                legal);
                    }
                }
            }
            rows = player.answer(rows);
        }
    }

    private static void within(String what, TensorSpec tensor, ByteString values, Rows rows, int row) {
        for (int i = 0; i < Rows.elements(tensor); i++) {
            double value = Rows.element(tensor.getDtype(), values, i);
            double low = bound(tensor, tensor.getLow(), i, Double.NEGATIVE_INFINITY);
            double high = bound(tensor, tensor.getHigh(), i, Double.POSITIVE_INFINITY);
            Violation.unless(
                    low <= value && value <= high,
                    "spec.proto, TensorSpec.low, high",
                    what + ", element " + i + ", episode " + rows.episode(row) + ", tick " + rows.tick(row),
                    low + " .. " + high,
                    value);
        }
    }
}
