package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.config.ExperimentSettings;
import dev.macenv.avf.experience.Ending;
import dev.macenv.client.Decisions;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import java.util.random.RandomGenerator;

/**
 * Algorithm 1 of the AVF paper with a global tick counter: act epsilon-greedily, record the episode, learn once per
 * {@code ticksPerUpdate} ticks as soon as {@code startEpisodes} episodes are in the buffer.
 *
 * <p><b>Why updates may be made up in one go.</b> The paper decides after every tick whether to update; the server answers only
 * when somebody has to decide, so that several update points may lie within one event. Between two events nothing happens that an
 * update could depend on or could change: no agent chooses, no episode enters the buffer (they enter when they end), and the
 * schedules count episodes. Updates draw from a random stream of their own. Hence doing all updates of an interval when its
 * event arrives, before its episode enters the buffer and before the next decision, gives the same numbers bit for bit. With
 * several lanes the intervals count in the order of the rows, and the update-to-data ratio is that of one lane.
 *
 * <p>One thread. The loop owns neither session nor learner.
 */
final class TrainingLoop {

    /** What the loop tells of itself; the calls come in the order of training. */
    interface Listener {

        /** An episode has ended and is in the buffer. */
        void episodeFinished(double episodeReturn, int ticks, Ending ending, double lastReward);

        /** An update has been made. */
        void updated(UpdateMetrics metrics);

        /** Whether training is to end before its last episode; asked after every episode. */
        boolean enough();
    }

    private final ExperimentSettings settings;
    private final Session session;
    private final Learner learner;
    private final Progress progress;
    private final RandomGenerator exploration;
    private final RandomGenerator replay;
    private final Listener listener;
    private final TeamPolicy policy;
    private final Lane[] lanes;
    private boolean over;

    TrainingLoop(
            ExperimentSettings settings,
            Session session,
            Learner learner,
            Progress progress,
            RandomStreams streams,
            Listener listener) {
        this.settings = settings;
        this.session = session;
        this.learner = learner;
        this.progress = progress;
        this.exploration = streams.exploration();
        this.replay = streams.replay();
        this.listener = listener;
        this.policy = learner.policy();
        this.lanes = new Lane[session.lanes()];
        for (int lane = 0; lane < lanes.length; lane++) {
            lanes[lane] = new Lane(TeamShapes.of(session.spec()), policy.newMemory());
        }
    }

    /** Trains until the configured number of episodes is finished or the listener has had enough. */
    void run() {
        Decisions decisions = new Decisions().maxTicks(settings.recordEveryTick() ? 1 : 0);
        while (!over) {
            Events events = session.step(decisions);
            decisions.clear();
            for (int row = 0; row < events.rows() && !over; row++) {
                receive(events, row);
            }
            for (int row = 0; row < events.rows() && !over; row++) {
                decide(events, row, decisions);
            }
        }
    }

    private void receive(Events events, int row) {
        Lane lane = lanes[events.lane(row)];
        switch (events.kind(row)) {
            case START -> lane.start(events, row);
            case DECISION, TICK_LIMIT -> learn(lane.advance(events, row, Ending.NONE));
            case END_TERMINATED -> end(lane, events, row, Ending.TERMINATED);
            case END_TRUNCATED -> end(lane, events, row, Ending.TRUNCATED);
            case FAULT -> throw new LaneFailedException(events.faults());
        }
    }

    private void decide(Events events, int row, Decisions decisions) {
        int index = events.lane(row);
        Lane lane = lanes[index];
        for (int agent = 0; agent < events.spec().size(); agent++) {
            if (events.pending(row, agent)) {
                int macroAction = policy.choose(
                        agent,
                        lane.observation(agent),
                        lane.legal(agent),
                        lane.memory(),
                        epsilon(),
                        settings.exploration().memoryless(),
                        exploration);
                lane.decide(agent, macroAction);
                decisions.add(index, agent, macroAction);
            }
        }
    }

    private void end(Lane lane, Events events, int row, Ending ending) {
        int ticks = lane.advance(events, row, ending);
        learn(ticks);
        learner.observe(lane.finish());
        progress.episodeFinished();
        listener.episodeFinished(lane.episodeReturn(), lane.episodeTicks(), ending, lane.lastReward(ticks));
        over = progress.episodes() >= settings.training().episodes() || listener.enough();
    }

    /** Counts ticks and makes the updates that fell due in them. */
    private void learn(int ticks) {
        long before = progress.ticks();
        progress.ticksPassed(ticks);
        if (episodesSinceStart() < 0) {
            return;
        }
        int period = settings.training().ticksPerUpdate();
        for (long due = progress.ticks() / period - before / period; due > 0; due--) {
            learner.update(episodesSinceStart(), replay).ifPresent(metrics -> {
                progress.updated();
                listener.updated(metrics);
            });
        }
    }

    private double epsilon() {
        return settings.exploration().epsilon(episodesSinceStart());
    }

    /** What all schedules count in; negative before training starts. */
    private double episodesSinceStart() {
        return (double) progress.episodes() - settings.training().startEpisodes();
    }
}
