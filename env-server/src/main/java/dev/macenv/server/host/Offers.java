package dev.macenv.server.host;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.Settings;
import dev.macenv.env.VectorSpec;
import dev.macenv.host.v1.Agent;
import dev.macenv.host.v1.DescribeResponse;
import dev.macenv.host.v1.MacroAction;
import dev.macenv.host.v1.Offer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a host says of its environments, as specs. */
final class Offers {
    private Offers() {}

    /** @throws HostException if it makes no sense */
    static List<EnvironmentSpec> specs(String address, DescribeResponse described) {
        return described.getOffersList().stream()
                .map(offer -> checked(address, offer))
                .toList();
    }

    private static EnvironmentSpec checked(String address, Offer offer) {
        try {
            return spec(offer);
        } catch (IllegalArgumentException e) {
            throw new HostException(
                    "environment host " + address + ": its environment " + offer.getId() + ": " + e.getMessage());
        }
    }

    private static EnvironmentSpec spec(Offer offer) {
        EnvironmentDescription description =
                new EnvironmentDescription(offer.getId(), offer.getVersion(), offer.getDoc(), List.of());
        List<AgentSpec> agents =
                offer.getAgentsList().stream().map(Offers::agent).toList();
        Set<String> names = new HashSet<>();
        for (AgentSpec agent : agents) {
            requireNew(names, "agent", agent.name());
        }
        return new EnvironmentSpec(
                description.id(),
                description.version(),
                description.doc(),
                agents,
                vector("state", offer.getStateList()),
                offer.getHorizon(),
                offer.getDeterministic(),
                offer.getMaxMacroTicks(),
                Settings.none());
    }

    private static AgentSpec agent(Agent agent) {
        Set<String> names = new HashSet<>();
        for (MacroAction macroAction : agent.getMacroActionsList()) {
            requireNew(names, "macro-action", macroAction.getName());
        }
        return new AgentSpec(
                agent.getName(),
                agent.getMacroActionsList().stream().map(Offers::macroAction).toList(),
                vector("observation of " + agent.getName(), agent.getObservationList()));
    }

    private static MacroActionSpec macroAction(MacroAction macroAction) {
        return new MacroActionSpec(
                macroAction.getName(),
                macroAction.getDoc(),
                macroAction.getMinTicks(),
                macroAction.getMaxTicks(),
                macroAction.getPrimitive());
    }

    private static VectorSpec vector(String what, List<dev.macenv.host.v1.Label> labels) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException(what + ": no labels (expected: at least one)");
        }
        return new VectorSpec(labels.stream()
                .map(label ->
                        new Label(label.getName(), label.getDoc(), label.getSize(), label.getLow(), label.getHigh()))
                .toList());
    }

    private static void requireNew(Set<String> names, String what, String name) {
        if (name.isEmpty() || !names.add(name)) {
            throw new IllegalArgumentException(
                    what + ": " + (name.isEmpty() ? "no name" : name + " occurs twice") + " (expected: unique names)");
        }
    }
}
