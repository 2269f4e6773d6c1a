package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.DecisionPoint;
import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.algorithm.ProgressUnit;
import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.config.ExperimentSettings;
import dev.macenv.avf.config.Rollout;
import dev.macenv.avf.config.TrainingSettings;
import dev.macenv.avf.config.UpdateMoment;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Algorithm 1 of the AVF paper with a global tick counter: act epsilon-greedily, record the episode, learn once per
 * {@code updateEvery} ticks or episodes as soon as {@code startEpisodes} episodes are in the buffer. With {@link
 * Rollout#BATCH} it is the on-policy runner of Mac-IAICC's authors instead, see {@link EpisodeBatch}.
 *
 * <p><b>Why updates may be made up in one go.</b> The paper decides after every tick whether to update; the server answers only
 * when somebody has to decide, so that several update points may lie within one event. Between two events nothing happens that an
 * update could depend on or could change: no agent chooses, no episode enters the buffer (they enter when they end), and the
 * schedules count finished episodes. Updates draw from a random stream of their own. Hence doing all updates of an interval when
 * its event arrives, before its episode enters the buffer and before the next decision, gives the same numbers bit for bit.
 *
 * <p><b>With {@link UpdateMoment#DURING_STEP}</b> the updates are made later than that, when the next decisions have been sent. Their
 * place between the numbers of the run is as fixed: after those decisions, before the answer to them is looked at, however early it
 * comes. What is due in the run's last answer is not made, since nobody decides by it any more.
 *
 * <p><b>Several lanes.</b> The rows of an answer are taken in the order of the lanes, ticks and episodes count in that order, and
 * the update-to-data ratio is that of one lane: the result depends on the seed and the number of lanes alone.
 *
 * <p>One thread. The loop owns neither lanes nor learner.
 */
final class TrainingLoop implements LastingSession.Witness, Checkpoint.Part {

    /** What the loop tells of itself; the calls come in the order of training. */
    interface Listener {

        /** An episode has ended and has gone to the learner. */
        void episodeFinished(double episodeReturn, int ticks, Ending ending, double lastReward);

        /** An update has been made. */
        void updated(UpdateMetrics metrics);

        /** An episode, or a batch of them, has been dealt with: the moment to measure. */
        void advanced();

        /**
         * All that was received has been dealt with, and nothing has been chosen yet: the moment to save.
         *
         * @return whether training is to end before its last episode
         */
        boolean settled();
    }

    private final ExperimentSettings settings;
    private final TrainingSettings training;
    private final LaneSet field;
    private final Learner learner;
    private final Progress progress;
    private final RandomGenerator exploration;
    private final RandomGenerator replay;
    private final Listener listener;
    private final TeamPolicy policy;
    private final Lane[] lanes;
    private final List<DecisionPoint> points = new ArrayList<>(); // that wait for decisions
    private final int[] waiting; // [point] its lane
    private long due; // updates that wait for the next step to be under way

    TrainingLoop(
            ExperimentSettings settings,
            LaneSet field,
            TeamShape shape,
            Learner learner,
            Progress progress,
            RandomStreams streams,
            Listener listener) {
        this.settings = settings;
        this.training = settings.training();
        this.field = field;
        this.learner = learner;
        this.progress = progress;
        this.exploration = streams.exploration();
        this.replay = streams.replay();
        this.listener = listener;
        this.policy = learner.policy();
        this.lanes = new Lane[field.size()];
        this.waiting = new int[lanes.length];
        for (int lane = 0; lane < lanes.length; lane++) {
            lanes[lane] = new Lane(shape, policy.newMemory());
        }
    }

    /** Opens the lanes, and brings them to where the checkpoint left them if one was loaded. */
    void open() {
        field.open(this);
    }

    /** Trains until the configured number of episodes is finished or the listener has had enough. */
    void run() {
        switch (training.rollout()) {
            case CONTINUOUS -> playContinuously();
            case BATCH -> playInBatches();
        }
    }

    private void playContinuously() {
        boolean over = finished() || listener.settled();
        while (!over) {
            decide(lane -> true);
            field.begin();
            makeDue();
            field.finish(this::receive);
            over = finished() || listener.settled();
        }
    }

    private void receive(int index, Events events, int row) {
        if (finished()) {
            return;
        }
        Lane lane = lanes[index];
        switch (events.kind(row)) {
            case START -> lane.start(events, row);
            case DECISION, TICK_LIMIT -> pass(lane.advance(events, row, Ending.NONE));
            case END_TERMINATED -> end(lane, lane.advance(events, row, Ending.TERMINATED));
            case END_TRUNCATED -> end(lane, lane.advance(events, row, Ending.TRUNCATED));
            case FAULT -> throw new LaneFailedException(events.faults());
        }
    }

    /** Counts ticks and makes the updates that fell due in them. */
    private void pass(int ticks) {
        long before = progress.ticks();
        progress.ticksPassed(ticks);
        if (training.updateUnit() == ProgressUnit.TICKS) {
            learn(progress.ticks() / training.updateEvery() - before / training.updateEvery());
        }
    }

    private void end(Lane lane, int ticks) {
        pass(ticks);
        observe(lane.finish(ticks));
        if (training.updateUnit() == ProgressUnit.EPISODES) {
            learn(progress.episodes() % training.updateEvery() == 0 ? 1 : 0);
        }
        listener.advanced();
    }

    private void playInBatches() {
        boolean over = finished() || listener.settled();
        while (!over) {
            EpisodeBatch batch = new EpisodeBatch(lanes.length, training.updateEvery());
            field.step((lane, events, row) -> receive(lane, events, row, batch)); // everybody starts
            while (!batch.complete()) {
                decide(batch::needs);
                field.step((lane, events, row) -> receive(lane, events, row, batch));
            }
            batch.episodes().forEach(this::observe);
            learn(1);
            listener.advanced();
            field.reset();
            over = finished() || listener.settled();
        }
    }

    private void receive(int index, Events events, int row, EpisodeBatch batch) {
        Lane lane = lanes[index];
        switch (events.kind(row)) {
            case START -> lane.start(events, row);
            case DECISION, TICK_LIMIT -> batch.pass(index, count(lane.advance(events, row, Ending.NONE)));
            case END_TERMINATED -> end(batch, index, lane.advance(events, row, Ending.TERMINATED));
            case END_TRUNCATED -> end(batch, index, lane.advance(events, row, Ending.TRUNCATED));
            case FAULT -> throw new LaneFailedException(events.faults());
        }
    }

    private int count(int ticks) {
        progress.ticksPassed(ticks);
        return ticks;
    }

    private void end(EpisodeBatch batch, int lane, int ticks) {
        batch.pass(lane, count(ticks));
        batch.add(lane, lanes[lane].finish(ticks));
    }

    /** Decides for all lanes that wait and are to go on, at once: each network runs once however many there are. */
    private void decide(IntPredicate goesOn) {
        for (int lane = 0; lane < lanes.length; lane++) {
            if (goesOn.test(lane) && lanes[lane].awaitsDecisions()) {
                waiting[points.size()] = lane;
                points.add(lanes[lane].point());
            }
        }
        policy.choose(points, progress.epsilon(settings), settings.exploration().memoryless(), exploration);
        for (int p = 0; p < points.size(); p++) {
            int lane = waiting[p];
            lanes[lane].decide((agent, macroAction) -> field.decide(lane, agent, macroAction));
        }
        points.clear();
    }

    private void observe(FinishedEpisode finished) {
        learner.observe(finished.episode());
        progress.episodeFinished(finished.episode().ticks());
        listener.episodeFinished(
                finished.undiscountedReturn(),
                finished.episode().ticks(),
                finished.episode().ending(),
                finished.lastReward());
    }

    private void learn(long updates) {
        if (progress.episodesSince(training.startEpisodes()) >= 0) {
            due += updates;
        }
        if (training.updateMoment() == UpdateMoment.BEFORE_DECISIONS) {
            makeDue();
        }
    }

    private void makeDue() {
        double since = progress.episodesSince(training.startEpisodes());
        for (; due > 0; due--) {
            learner.update(since, replay).ifPresent(metrics -> {
                progress.updated();
                listener.updated(metrics);
            });
        }
    }

    private boolean finished() {
        return progress.episodes() >= training.episodes();
    }

    /** Takes a row, for the second time, of an episode that goes on from a checkpoint. */
    @Override
    public void received(int lane, Events events, int row) {
        if (events.kind(row) == EventKind.START) {
            lanes[lane].startOver(events, row);
        } else {
            lanes[lane].advance(events, row, Ending.NONE);
        }
    }

    @Override
    public void decided(int lane, int agent, int macroAction) {
        lanes[lane].decideAgain(agent, macroAction);
    }

    /** Writes where the lanes are, and what is due. */
    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(due);
        field.save(out);
        for (Lane lane : lanes) {
            lane.saveMemory(out);
        }
    }

    /** Goes back to what {@link #save} wrote; to be called before {@link #open}. */
    @Override
    public void load(DataInput in) throws IOException {
        due = in.readLong();
        field.load(in);
        for (Lane lane : lanes) {
            lane.loadMemory(in);
        }
    }
}
