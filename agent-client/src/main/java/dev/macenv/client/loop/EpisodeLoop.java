package dev.macenv.client.loop;

import dev.macenv.client.Decisions;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import dev.macenv.client.ResetMode;
import dev.macenv.client.Session;
import dev.macenv.client.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets a policy play the seats of a session. The whole of it:
 *
 * <pre>{@code
 * Events events = session.step(decisions);
 * while (...) {
 *     decisions.clear();
 *     for every row and pending agent:  decisions.add(lane, agent, policy.choose(events, row, agent));
 *     events = session.step(decisions);
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class EpisodeLoop {

    private final Session session;
    private final Policy policy;
    private final Consumer<Events> listener;
    private final Decisions decisions = new Decisions();

    /** A loop that nobody listens to. */
    public EpisodeLoop(Session session, Policy policy) {
        this(session, policy, events -> {});
    }

    /** A loop that hands everything that happens to a listener, before the policy sees it. */
    public EpisodeLoop(Session session, Policy policy, Consumer<Events> listener) {
        this.session = session;
        this.policy = policy;
        this.listener = listener;
    }

    /**
     * Plays until this many episodes have ended, over all lanes together. Lanes that are in the middle of an episode
     * stay there: a second call goes on with them. Lanes that fail are reset.
     *
     * @param episodes at least 1
     * @return the episodes that ended, in the order of their ends; with several lanes it may be a few more
     */
    public List<EpisodeSummary> play(int episodes) {
        List<EpisodeSummary> ended = new ArrayList<>();
        while (true) {
            Events events = session.step(decisions);
            listener.accept(events);
            ended.addAll(events.ended());
            decisions.clear();
            List<Integer> toReset = new ArrayList<>();
            for (int r = 0; r < events.rows(); r++) {
                decide(events, r);
                EventKind kind = events.kind(r);
                if (kind == EventKind.FAULT || (kind.isEnd() && session.resetMode() == ResetMode.MANUAL)) {
                    toReset.add(events.lane(r));
                }
            }
            if (!toReset.isEmpty()) {
                session.reset(toReset, List.of());
            }
            if (ended.size() >= episodes) {
                return List.copyOf(ended);
            }
        }
    }

    private void decide(Events events, int r) {
        for (int agent : session.seats()) {
            if (events.pending(r, agent)) {
                decisions.add(events.lane(r), agent, policy.choose(events, r, agent));
            }
        }
    }
}
