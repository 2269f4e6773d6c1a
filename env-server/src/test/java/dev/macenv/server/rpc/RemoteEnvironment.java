package dev.macenv.server.rpc;

import dev.macenv.client.AgentStatus;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.View;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import java.util.Arrays;
import java.util.Map;

/** A lane of a server, played tick by tick as if it were here: what can be asked of an environment can be asked of the service. Episodes follow one another by themselves, so seeds are not heard. */
final class RemoteEnvironment implements MacDecPomdp, AutoCloseable {

    private static final int LANE = 0;

    private final EnvironmentSpec spec;
    private final Session session;
    private final Decisions decisions = new Decisions().maxTicks(1);
    private final boolean[] ended;
    private final int[] macroAction;
    private double reward;
    private EventKind kind = EventKind.START;
    private int tick;

    RemoteEnvironment(EnvironmentClient client, EnvironmentSpec spec, Map<String, Object> settings, long seed) {
        this.spec = spec;
        View view = new View(false, false, true, false, false, false);
        session = client.createSession(SessionOptions.of(spec.id())
                .withSettings(settings)
                .withSeeds(seed)
                .withView(view));
        ended = new boolean[spec.agents().size()];
        macroAction = new int[spec.agents().size()];
        session.step(decisions);
    }

    @Override
    public EnvironmentSpec spec() {
        return spec;
    }

    @Override
    public void reset(long seed) {
        Arrays.fill(ended, true);
        kind = EventKind.START;
        tick = 0;
    }

    @Override
    public void step(int[] macroActions) {
        decisions.clear();
        for (int agent = 0; agent < ended.length; agent++) {
            if (ended[agent]) {
                decisions.add(LANE, agent, macroActions[agent]);
            }
        }
        Events events = session.step(decisions);
        kind = events.kind(0);
        tick = events.tick(0);
        reward = events.jointReward(0);
        for (int agent = 0; agent < ended.length; agent++) {
            ended[agent] = events.status(0, agent) == AgentStatus.DONE;
            macroAction[agent] = events.currentAction(0, agent);
        }
    }

    @Override
    public boolean ended(int agent) {
        return ended[agent];
    }

    @Override
    public int macroAction(int agent) {
        return macroAction[agent];
    }

    @Override
    public double reward() {
        return reward;
    }

    @Override
    public boolean terminated() {
        return kind == EventKind.END_TERMINATED;
    }

    @Override
    public boolean truncated() {
        return kind == EventKind.END_TRUNCATED;
    }

    @Override
    public int tick() {
        return tick;
    }

    @Override
    public boolean legal(int agent, int action) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void macroObservation(int agent, double[] out, int offset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void state(double[] out, int offset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] snapshot() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void restore(byte[] snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Object> inspect() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        session.close();
    }
}
