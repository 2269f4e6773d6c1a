package dev.macenv.bench;

import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.env.SplitMix64;

/** Uniformly random teams on the lanes of one session, through the Java client. */
final class TeamAtPlay implements RoundTrips {
    private final EnvironmentClient client;
    private final Session session;
    private final SplitMix64 random = new SplitMix64(1);
    private final Decisions decisions = new Decisions();
    private Events last;

    /** Closes the client, too, when it is closed. */
    TeamAtPlay(EnvironmentClient client, String environment, int lanes) {
        this.client = client;
        session = client.createSession(
                SessionOptions.of(environment).withLanes(lanes).withSeeds(7L));
        last = session.step(decisions);
    }

    @Override
    public int make() {
        decisions.clear();
        for (int row = 0; row < last.rows(); row++) {
            for (int agent = 0; agent < last.spec().size(); agent++) {
                if (last.pending(row, agent)) {
                    int actions = last.spec().actionCount(agent);
                    decisions.add(last.lane(row), agent, random.nextInt(actions));
                }
            }
        }
        last = session.step(decisions);
        return last.rows();
    }

    @Override
    public void close() {
        session.close();
        client.close();
    }
}
