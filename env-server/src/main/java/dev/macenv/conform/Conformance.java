package dev.macenv.conform;

import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EnvironmentEntry;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetServerInfoResponse;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.ListEnvironmentsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Judges a server. Checks of environments are made with each of those asked for; checks of the server once, with the one of
 * them that suits best: several agents, macro-actions of several ticks.
 *
 * <p>It opens as many sessions as the server allows, provokes every error, and lets leases run out: not for a server that
 * others use at the time.
 */
public final class Conformance {
    private static final long CALL_SECONDS = 30;

    private final Target target;
    private final long seed;

    /**
     * @param seed of what is drawn: which macro-actions are chosen, where connections are cut
     */
    public Conformance(Target target, long seed) {
        this.target = target;
        this.seed = seed;
    }

    /**
     * The ids of all environments that the server lists.
     *
     * @throws StatusRuntimeException if the server does not answer
     */
    public List<String> environments() {
        ManagedChannel channel = target.connect();
        try {
            List<String> ids = new ArrayList<>();
            String token = "";
            do {
                ListEnvironmentsResponse page = CatalogServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .listEnvironments(ListEnvironmentsRequest.newBuilder()
                                .setPageToken(token)
                                .build());
                page.getEnvironmentsList().stream().map(EnvironmentEntry::getId).forEach(ids::add);
                token = page.getNextPageToken();
            } while (!token.isEmpty() && ids.size() < 100_000);
            return ids;
        } finally {
            channel.shutdownNow();
        }
    }

    /**
     * Makes the checks of these groups.
     *
     * @param environments ids of at least one environment
     * @param listener told of each outcome when it is there
     * @throws StatusRuntimeException if the server does not say what it is
     * @throws InterruptedException if it is to stop
     */
    public Report run(Collection<Group> groups, List<String> environments, Consumer<Outcome> listener)
            throws InterruptedException {
        if (environments.isEmpty()) {
            throw new IllegalArgumentException("environments: none (expected: at least one)");
        }
        ManagedChannel channel = target.connect();
        try {
            CatalogServiceGrpc.CatalogServiceBlockingStub catalog = CatalogServiceGrpc.newBlockingStub(channel);
            GetServerInfoResponse server = catalog.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .getServerInfo(GetServerInfoRequest.getDefaultInstance());
            List<EnvSpec> specs = new ArrayList<>();
            for (String environment : environments) {
                specs.add(catalog.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .getEnvironment(GetEnvironmentRequest.newBuilder()
                                .setEnvironment(environment)
                                .build())
                        .getSpec());
            }
            List<Outcome> outcomes = new ArrayList<>();
            Surroundings around = new Surroundings(target, channel, server, specs, seed);
            for (Group group : groups) {
                for (Check check : group.checks()) {
                    for (EnvSpec spec : check.ofEnvironment() ? specs : List.of(mostTelling(specs))) {
                        if (check.reaches().test(target) && check.applies().test(spec)) {
                            Outcome outcome = tried(group, check, around, spec);
                            outcomes.add(outcome);
                            listener.accept(outcome);
                        }
                    }
                }
            }
            return new Report(server.getServer() + " " + server.getVersion() + " at " + target, seed, outcomes);
        } finally {
            channel.shutdownNow();
        }
    }

    /** The environment in which most can go wrong; among equals the first. */
    private static EnvSpec mostTelling(List<EnvSpec> specs) {
        EnvSpec best = specs.get(0);
        for (EnvSpec spec : specs) {
            if (telling(spec) > telling(best)) {
                best = spec;
            }
        }
        return best;
    }

    private static int telling(EnvSpec spec) {
        boolean durative = spec.getAgentsList().stream()
                .flatMap(agent -> agent.getMacroActionsList().stream())
                .anyMatch(macroAction -> macroAction.getMaxTicks() != 1);
        boolean choosing = spec.getGroupsList().stream().allMatch(group -> group.getNumActions() > 1);
        int agents = spec.getAgentsCount();
        return (durative ? 4 : 0) + (agents > 1 && agents <= 8 ? 2 : 0) + (choosing ? 1 : 0);
    }

    private static Outcome tried(Group group, Check check, Surroundings around, EnvSpec spec)
            throws InterruptedException {
        String environment = check.ofEnvironment() ? spec.getId() : "";
        long began = System.nanoTime();
        Outcome.Verdict verdict = Outcome.Verdict.PASSED;
        String detail = "";
        try (Trial trial = new Trial(around, spec, check.name())) {
            try {
                check.body().run(trial);
            } catch (SkippedException skipped) {
                verdict = Outcome.Verdict.SKIPPED;
                detail = message(skipped);
            } catch (Violation violation) {
                verdict = Outcome.Verdict.FAILED;
                detail = message(violation) + "\n  sent:     " + trial.lastSent();
            } catch (StatusRuntimeException unexpected) {
                verdict = Outcome.Verdict.FAILED;
                detail = "an answer\n  expected: OK\n  got:      " + told(unexpected)
                        + "\n  rule:     a right request is accepted\n  sent:     " + trial.lastSent();
            } catch (RuntimeException unreadable) {
                // A slab that is too short, a list without an entry: an answer that does not hold what it must.
                verdict = Outcome.Verdict.FAILED;
                detail = "an answer\n  expected: one that can be read by its specification\n  got:      " + unreadable
                        + "\n  rule:     event.proto: lengths follow from k, n and the specification\n  sent:     "
                        + trial.lastSent();
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        return new Outcome(group, check.name(), environment, verdict, detail, took);
    }

    private static String told(StatusRuntimeException refusal) {
        Status status = refusal.getStatus();
        return Refusal.of(refusal) + (status.getCause() == null ? "" : ", caused by " + status.getCause());
    }

    private static String message(Exception problem) {
        return String.valueOf(problem.getMessage());
    }
}
