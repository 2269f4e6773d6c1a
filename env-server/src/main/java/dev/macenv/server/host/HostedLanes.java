package dev.macenv.server.host;

import dev.macenv.env.EnvironmentSpec;
import dev.macenv.host.v1.Outcome;
import dev.macenv.host.v1.Task;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The environments of one session, which share a line to their host: what has been announced to any of them goes out in one message as soon as one of them cannot go on without. For one thread at a time.
 */
final class HostedLanes {
    private static final String LOST_WITH_IT = "; the episode is lost with it (expected: a reset, for another one)";

    private final EnvironmentHost host;
    private final EnvironmentSpec spec;
    private final Set<HostedEnvironment> announced = new LinkedHashSet<>();
    private @Nullable HostLine line;
    private int made;
    private int onLine; // environments whose episode the line knows

    HostedLanes(EnvironmentHost host, EnvironmentSpec spec) {
        this.host = host;
        this.spec = spec;
    }

    HostedEnvironment make() {
        made++;
        return new HostedEnvironment(this, spec);
    }

    Executor threads() {
        return host.threads();
    }

    /** The environment has something to be done. */
    void announce(HostedEnvironment environment) {
        announced.add(environment);
    }

    /** It has not, any more. */
    void retract(HostedEnvironment environment) {
        announced.remove(environment);
    }

    /** Has everything done that was announced. Whoever cannot go on is told why, and says so when it is asked. */
    void exchange() {
        List<HostedEnvironment> asking = List.copyOf(announced);
        announced.clear();
        List<HostedEnvironment> able = new ArrayList<>();
        for (HostedEnvironment environment : asking) {
            String lost = lost(environment);
            if (lost == null) {
                able.add(environment);
            } else {
                environment.lose(lost + LOST_WITH_IT);
            }
        }
        if (able.isEmpty()) {
            return;
        }
        try {
            List<Outcome> outcomes = ask(open(), able);
            for (int i = 0; i < outcomes.size(); i++) {
                able.get(i).take(outcomes.get(i));
            }
        } catch (HostException e) {
            able.forEach(environment -> environment.lose(e.getMessage() + (environment.begins() ? "" : LOST_WITH_IT)));
        }
    }

    /** Why the episode of the environment cannot go on; null if it can, or another one begins. */
    private static @Nullable String lost(HostedEnvironment environment) {
        HostLine known = environment.line();
        if (environment.begins()) {
            return null;
        }
        return known == null ? "nothing was begun" : known.lost();
    }

    private List<Outcome> ask(HostLine open, List<HostedEnvironment> able) {
        List<Task> tasks = new ArrayList<>();
        for (HostedEnvironment environment : able) {
            if (environment.line() != open) {
                environment.enter(open);
                onLine++;
            }
            tasks.add(environment.task());
        }
        return open.ask(tasks);
    }

    /** The line, another one if the last was lost. */
    private HostLine open() {
        HostLine present = line;
        if (present == null || present.lost() != null) {
            present = host.open(spec, made);
            line = present;
            onLine = 0;
        }
        return present;
    }

    /** The environment is not needed any more, or its lane is lost; with the last of them goes the line. */
    void release(HostedEnvironment environment, HostLine its, int lane) {
        announced.remove(environment);
        if (its != line) {
            return;
        }
        its.release(lane);
        if (--onLine == 0) {
            its.close();
        }
    }
}
