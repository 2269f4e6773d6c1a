package dev.macenv.avf.experience;

import dev.macenv.avf.experience.SqueezeSettings.BurnIn;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import java.util.Arrays;

/**
 * Turns windows of ticks into rows of decisions: the filtering of the asynchronous value factorization paper (Fig. 2).
 *
 * <h2>Why</h2>
 *
 * Agents that execute macro-actions decide at different ticks. In most ticks nobody ends anything: nobody could have
 * decided otherwise there, so nothing is to be learnt from them alone. Squeezing keeps the ticks in which a macro-action
 * ended and moves the rewards of the dropped ones into the kept ones.
 *
 * <h2>Which rows</h2>
 *
 * In the <em>joint</em> view tick t is kept iff any agent's macro-action ended in it; in one agent's <em>own</em> view iff
 * its own did. The kept ticks t_0 &lt; t_1 &lt; .. of a window are its rows. The example of Fig. 2, in which agent 1 ends at
 * ticks 3, 6, 9 and agent n at 0, 5 (its last macro-action runs on), becomes five joint rows:
 *
 * <pre>
 * row   agent 1        agent n        reward sums ticks   tau   macro-states          free now -> next
 * t0    m_0, goes on   m_0, ends      0..0                1     s0,s0 -> s0,s1        {1,n} -> {n}
 * t3    m_0, ends      m_1, goes on   1..3                3     s0,s1 -> s4,s1        {n}   -> {1}
 * t5    m_4, goes on   m_1, ends      4..5                2     s4,s1 -> s4,s6        {1}   -> {n}
 * t6    m_4, ends      m_6, goes on   6..6                1     s4,s6 -> s7,s6        {n}   -> {1}
 * t9    m_7, ends      m_6, goes on   7..9                3     s7,s6 -> s10,s6       {1}   -> {1}
 * </pre>
 *
 * The next macro-observations, histories and macro-states of a row are those of the row after it; an assertion says so.
 *
 * <h2>Rewards and time</h2>
 *
 * With {@link Rewards#JOINT} row k covers the ticks since the last termination of <em>any</em> agent, jstart_k..t_k:
 *
 * <pre>
 * R_k = sum over u = jstart_k..t_k of gamma^(u - jstart_k) r_u,    tau_k = t_k - jstart_k + 1,    bootstrap gamma^tau_k
 * </pre>
 *
 * (section 2.2 and Algorithm 1 of the paper; gamma^tau from eq. 5 and 14). Joint rows then partition time, and sum_k
 * gamma^jstart_k R_k is the episode's discounted return. {@link Rewards#MACRO_START} sums since the start of the
 * macro-action that ended (the earliest, if several ended), as section 3.2 literally says: overlapping rewards are counted
 * twice and the backup is biased; kept for an ablation, like {@link Rewards#MINIMUM}, {@link Rewards#MAXIMUM} and {@link
 * Rewards#AVERAGE} over what each agent accumulates since it started. In an agent's own view all rules are the same. {@link
 * Discounting#PER_DECISION} sums undiscounted and bootstraps with gamma^1 however long the row took.
 *
 * <p>jstart comes from the episode, not from the window's previous row, which may lie outside the window: a window cuts off
 * rows, never parts of a row's reward.
 *
 * <h2>Who is free</h2>
 *
 * Agent i is free in row k iff it chose at the row's own decision point, start_i = jstart_k; it is free in the row's
 * successor iff its macro-action ended in the row. Ongoing agents keep their macro-action in the conditional argmax.
 *
 * <h2>Histories</h2>
 *
 * With {@link Recurrence#HOLD} agent i's recurrent network sees its own decisions only: e_0 is the macro-observation held
 * at the first row, and every row in which i ends appends the new one. Row k uses step c_i(k), the number of its endings
 * before k in the window; its successor uses c'_i(k) = c_i(k) + [i ended in k]. Several rows share a step, as an ongoing
 * agent's history, macro-state and utility all stand still. {@link Recurrence#REPEAT} feeds every joint row, held
 * macro-observations again and again: histories that never occur when acting.
 *
 * <p>At a window's first row the network has forgotten what came before it, unless {@link BurnIn#EPISODE_START} asks for the
 * agent's earlier decisions, back to the start of the episode: they go into a table of their own, {@link
 * AgentBatch#earlier}, and no gradient passes through them.
 *
 * <h2>Ends of episodes</h2>
 *
 * A true terminal ends everybody's macro-action in the last tick ({@code closeOnTerminal}), so that each agent learns from
 * the last reward; nothing is bootstrapped from a terminal row, and no history is appended after it. At the horizon
 * nothing is closed: macro-actions still running, and a last interval in which nobody ended, are dropped, and rows that do
 * end there bootstrap as any other ({@code timeoutIsTerminal} makes them terminal instead).
 *
 * <h2>Points per tick or per event</h2>
 *
 * Rows of an episode in which nobody ended are merged with the next one; whether the episode was recorded per tick or per
 * event changes nothing, except for {@link MixerState#REAL}, which needs the state before the very last tick of a row and
 * refuses rows of several ticks.
 *
 * <p>Each squeeze owns one {@link Batch} and fills it anew on every call. Not thread-safe.
 */
public final class Squeeze {
    private final SqueezeSettings config;
    private final double discount;
    private final MixerState mixerState;
    private final int[][] views; // [view, place] each a set of agents whose endings make rows
    private final boolean central; // whether the agents of a view are seen as one
    private final Batch batch;

    private double[] powers = {1};
    private int[] sourceRows = new int[0]; // [batch rows] row of the episode
    private int[][] rowViews = new int[0][]; // [batch rows] the view whose row it is
    private int[] firstRows = new int[1]; // [sequences + 1] first batch row of each non-empty window
    private int[] lengths = new int[0]; // [sequences] steps of the agent at hand
    private int[] earlierLengths = new int[0]; // [sequences that have any] steps of the agent at hand before the window

    private Squeeze(
            SqueezeSettings config,
            double discount,
            MixerState mixerState,
            TeamShape shape,
            int[][] views,
            boolean central) {
        if (!(discount >= 0 && discount <= 1)) {
            throw new IllegalArgumentException("discount: %s (expected: 0..1)".formatted(discount));
        }
        this.config = config;
        this.discount = discount;
        this.mixerState = mixerState;
        this.views = views;
        this.central = central;
        this.batch = new Batch(central ? asOne(shape) : oneByOne(shape, views[0]), mixerState.size(shape));
    }

    private AgentBatch[] oneByOne(TeamShape shape, int[] view) {
        boolean burnsIn = config.burnIn() == BurnIn.EPISODE_START;
        AgentBatch[] agents = new AgentBatch[view.length];
        for (int v = 0; v < view.length; v++) {
            agents[v] = new AgentBatch(burnsIn, shape.observationSize(view[v]), shape.actionCount(view[v]));
        }
        return agents;
    }

    private static AgentBatch[] asOne(TeamShape shape) {
        int observation =
                Arrays.stream(everybody(shape)).map(shape::observationSize).sum();
        return new AgentBatch[] {new AgentBatch(false, observation, shape.actionCounts())};
    }

    /** The joint view: a row wherever any agent ended. */
    public static Squeeze joint(SqueezeSettings config, double discount, MixerState mixerState, TeamShape shape) {
        return new Squeeze(config, discount, mixerState, shape, new int[][] {everybody(shape)}, false);
    }

    /** The joint view with the whole team as one agent, {@link TeamShape#central}. */
    public static Squeeze central(SqueezeSettings config, double discount, TeamShape shape) {
        return new Squeeze(config, discount, MixerState.NONE, shape, new int[][] {everybody(shape)}, true);
    }

    private static int[] everybody(TeamShape shape) {
        int[] everybody = new int[shape.agents()];
        Arrays.setAll(everybody, i -> i);
        return everybody;
    }

    /** One agent's own view: a row wherever this agent ended, with its own rewards and durations. */
    public static Squeeze own(SqueezeSettings config, double discount, TeamShape shape, int agent) {
        return own(config, discount, MixerState.NONE, shape, agent);
    }

    /** The same with states: {@link MixerState#SINGLE} is the state at which the agent chose, and the one it was led to. */
    public static Squeeze own(
            SqueezeSettings config, double discount, MixerState mixerState, TeamShape shape, int agent) {
        return new Squeeze(config, discount, mixerState, shape, new int[][] {{agent}}, false);
    }

    /**
     * Every agent's own view of each window, one below the other, as if they were windows of one agent: for agents that
     * share a network and learn each on its own.
     *
     * @throws IllegalArgumentException if the agents' sizes differ
     */
    public static Squeeze eachOwn(SqueezeSettings config, double discount, TeamShape shape) {
        shape.requireAlike();
        int[][] views = new int[shape.agents()][];
        Arrays.setAll(views, i -> new int[] {i});
        return new Squeeze(config, discount, MixerState.NONE, shape, views, false);
    }

    /** Squeezes the windows into this object's batch, which stays valid until the next call. */
    public Batch apply(WindowSample sample) {
        findRows(sample);
        if (central) {
            fillTeam(sample, batch.agent(0));
        }
        for (int v = 0; v < batch.agents() && !central; v++) {
            fillAgent(sample, v, batch.agent(v));
            if (batch.agent(v).earlier().isPresent()) {
                fillEarlier(sample, v, batch.agent(v), batch.agent(v).earlier().get());
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            fillRow(sample.episode(batch.window[row]), rowViews[row], sourceRows[row], row);
        }
        fillStates(sample);
        return batch;
    }

    private void findRows(WindowSample sample) {
        batch.begin();
        for (int b = 0; b < sample.size(); b++) {
            for (int[] view : views) {
                findRows(sample, b, view);
            }
        }
    }

    private void findRows(WindowSample sample, int window, int[] view) {
        Episode episode = sample.episode(window);
        int before = batch.rows();
        for (int k = episode.rowAt(sample.firstTick(window));
                k < episode.rows() && episode.lastTick(k) < sample.endTick(window);
                k++) {
            if (anyDone(episode, k, view)) {
                addRow(episode, k, window, view);
                assert batch.rows() == before + 1 || consistent(episode, sourceRows[batch.rows() - 2], k, view);
            }
        }
        if (batch.rows() > before) {
            addSequence(before);
        }
    }

    private void addRow(Episode episode, int k, int window, int[] view) {
        int row = batch.addRow();
        if (sourceRows.length <= row) {
            sourceRows = Arrays.copyOf(sourceRows, 2 * row + 64);
            rowViews = Arrays.copyOf(rowViews, 2 * row + 64);
        }
        sourceRows[row] = k;
        rowViews[row] = view;
        batch.window[row] = window;
        batch.tick[row] = episode.lastTick(k);
        batch.terminal[row] = k == episode.rows() - 1 && (episode.terminated() || config.timeoutIsTerminal());
    }

    private void addSequence(int firstRow) {
        int sequence = batch.sequences();
        batch.countSequence();
        if (firstRows.length <= sequence + 1) {
            firstRows = Arrays.copyOf(firstRows, 2 * sequence + 16);
            lengths = new int[firstRows.length];
            earlierLengths = new int[firstRows.length];
        }
        firstRows[sequence] = firstRow;
        firstRows[sequence + 1] = batch.rows();
    }

    private boolean done(Episode episode, int k, int agent) {
        return episode.ended(k, agent) || (config.closeOnTerminal() && episode.terminated() && k == episode.rows() - 1);
    }

    private boolean anyDone(Episode episode, int k, int[] view) {
        for (int agent : view) {
            if (done(episode, k, agent)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what row k leads to is what the following kept row starts from, for every agent of the view. */
    private boolean consistent(Episode episode, int k, int following, int[] view) {
        for (int agent : view) {
            int start = done(episode, k, agent) ? k + 1 : episode.startPoint(k, agent);
            if (episode.startPoint(following, agent) != start
                    || episode.decision(following, agent) != episode.decision(k + 1, agent)) {
                return false;
            }
        }
        return true;
    }

    /** Lays out one agent's sequences and maps each row to its place, c_i(k) and c'_i(k), in them. */
    private void fillAgent(WindowSample sample, int place, AgentBatch agent) {
        boolean repeat = config.recurrence() == Recurrence.REPEAT;
        agent.ensureRows(batch.rows());
        for (int b = 0; b < batch.sequences(); b++) {
            int i = rowViews[firstRows[b]][place];
            lengths[b] = 1;
            for (int row = firstRows[b]; row < firstRows[b + 1]; row++) {
                int k = sourceRows[row];
                boolean ends = done(sample.episode(batch.window[row]), k, i);
                lengths[b] += !batch.terminal[row] && (repeat || ends) ? 1 : 0;
            }
        }
        agent.layOut(lengths, batch.sequences());
        for (int b = 0; b < batch.sequences(); b++) {
            Episode episode = sample.episode(batch.window[firstRows[b]]);
            int i = rowViews[firstRows[b]][place];
            int step = 0;
            fillStep(episode, i, sourceRows[firstRows[b]], agent, agent.position(b, 0));
            for (int row = firstRows[b]; row < firstRows[b + 1]; row++) {
                int k = sourceRows[row];
                agent.action[row] = episode.macroAction(k, i);
                agent.done[row] = done(episode, k, i);
                agent.free[row] = episode.startPoint(k, i) == intervalStart(episode, k, rowViews[row]);
                agent.current[row] = agent.position(b, step);
                if (!batch.terminal[row] && (repeat || agent.done[row])) {
                    step++;
                    fillStep(episode, i, k + 1, agent, agent.position(b, step));
                }
                agent.next[row] = agent.position(b, step);
            }
        }
    }

    /** Lays out what one agent decided before each window, as its recurrent network saw it since the episode began. */
    private void fillEarlier(WindowSample sample, int place, AgentBatch agent, AgentBatch earlier) {
        agent.forgetEarlier(batch.sequences());
        int count = 0;
        for (int b = 0; b < batch.sequences(); b++) {
            Episode episode = sample.episode(batch.window[firstRows[b]]);
            int length = 0;
            for (int k = 0; k < sourceRows[firstRows[b]]; k++) {
                length += feeds(episode, k, rowViews[firstRows[b]], place) ? 1 : 0;
            }
            if (length > 0) {
                earlierLengths[count++] = length;
            }
        }
        earlier.layOut(earlierLengths, count);
        count = 0;
        for (int b = 0; b < batch.sequences(); b++) {
            int[] view = rowViews[firstRows[b]];
            Episode episode = sample.episode(batch.window[firstRows[b]]);
            int step = 0;
            int point = 0; // where the agent last saw something new
            for (int k = 0; k < sourceRows[firstRows[b]]; k++) {
                if (feeds(episode, k, view, place)) {
                    fillStep(episode, view[place], point, earlier, earlier.position(count, step++));
                    point = k + 1;
                }
            }
            if (step > 0) {
                agent.leadTo(b, earlier.position(count++, step - 1));
            }
        }
    }

    /** Whether the agent's recurrent network is fed after this row of the episode. */
    private boolean feeds(Episode episode, int k, int[] view, int place) {
        return config.recurrence() == Recurrence.REPEAT ? anyDone(episode, k, view) : done(episode, k, view[place]);
    }

    private static void fillStep(Episode episode, int i, int point, AgentBatch agent, int position) {
        int decision = episode.decision(point, i);
        episode.observation(i, decision, agent.observations, position * agent.observationSize());
        episode.legal(i, decision, agent.legal, position * agent.legalSize());
        agent.previous[position] = episode.previousMacroAction(point, i);
        agent.seats[position] = i;
    }

    /** The same for the whole team as one agent, which decides at the start of every row and sees what everybody holds. */
    private void fillTeam(WindowSample sample, AgentBatch team) {
        team.ensureRows(batch.rows());
        for (int b = 0; b < batch.sequences(); b++) {
            int last = firstRows[b + 1] - 1;
            lengths[b] = last - firstRows[b] + (batch.terminal[last] ? 1 : 2);
        }
        team.layOut(lengths, batch.sequences());
        for (int b = 0; b < batch.sequences(); b++) {
            Episode episode = sample.episode(batch.window[firstRows[b]]);
            int step = 0;
            int start = episode.jointStartPoint(sourceRows[firstRows[b]]);
            fillTeamStep(episode, start, team, team.position(b, 0));
            for (int row = firstRows[b]; row < firstRows[b + 1]; row++) {
                int k = sourceRows[row];
                team.action[row] = jointAction(episode, k, team);
                team.done[row] = true;
                team.free[row] = true;
                team.current[row] = team.position(b, step);
                if (!batch.terminal[row]) {
                    step++;
                    fillTeamStep(episode, k + 1, team, team.position(b, step));
                }
                team.next[row] = team.position(b, step);
            }
        }
    }

    private static int jointAction(Episode episode, int k, AgentBatch team) {
        int joint = 0;
        for (int i = 0; i < team.actionCounts().length; i++) {
            joint = joint * team.actionCounts()[i] + episode.macroAction(k, i);
        }
        return joint;
    }

    /** Everybody's macro-observations side by side, and what each may execute next: an ongoing agent its macro-action only. */
    private static void fillTeamStep(Episode episode, int point, AgentBatch team, int position) {
        int seen = position * team.observationSize();
        int mask = position * team.legalSize();
        for (int i = 0; i < team.actionCounts().length; i++) {
            int decision = episode.decision(point, i);
            episode.observation(i, decision, team.observations, seen);
            seen += episode.shape().observationSize(i);
            if (point == 0 || episode.ended(point - 1, i)) {
                episode.legal(i, decision, team.legal, mask);
            } else {
                Arrays.fill(team.legal, mask, mask + team.actionCounts()[i], false);
                team.legal[mask + episode.macroAction(point - 1, i)] = true;
            }
            mask += team.actionCounts()[i];
        }
        team.previous[position] = -1; // not asked for
        team.seats[position] = 0;
    }

    /** The point from which a row's own interval runs: jstart in the joint view, the agent's start in its own. */
    private static int intervalStart(Episode episode, int k, int[] view) {
        return view.length == 1 ? episode.startPoint(k, view[0]) : episode.jointStartPoint(k);
    }

    private void fillRow(Episode episode, int[] view, int k, int row) {
        switch (config.rewards()) {
            case JOINT -> accumulate(episode, intervalStart(episode, k, view), k, row);
            case MACRO_START -> accumulate(episode, earliestStart(episode, view, k), k, row);
            case MINIMUM, MAXIMUM, AVERAGE -> combineOwn(episode, view, k, row);
        }
    }

    /** The start of the oldest of the macro-actions that end in the row. */
    private int earliestStart(Episode episode, int[] view, int k) {
        int from = k;
        for (int agent : view) {
            from = done(episode, k, agent) ? Math.min(from, episode.startPoint(k, agent)) : from;
        }
        return from;
    }

    /** Rewards and time from a point to the end of row k of the episode. */
    private void accumulate(Episode episode, int from, int k, int row) {
        int first = episode.tick(from);
        int tau = episode.lastTick(k) - first + 1;
        ensurePowers(tau);
        boolean perDecision = config.discounting() == Discounting.PER_DECISION;
        double reward = 0;
        for (int u = 0; u < tau; u++) {
            reward += (perDecision ? 1 : powers[u]) * episode.reward(first + u);
        }
        batch.reward[row] = reward;
        batch.tau[row] = tau;
        batch.discount[row] = perDecision ? discount : powers[tau];
    }

    /** The least, largest or mean of what the agents accumulated on their own, and of their own durations. */
    private void combineOwn(Episode episode, int[] view, int k, int row) {
        double reward = 0;
        double tau = 0;
        for (int v = 0; v < view.length; v++) {
            accumulate(episode, episode.startPoint(k, view[v]), k, row);
            reward = v == 0 ? batch.reward[row] : combine(reward, batch.reward[row]);
            tau = v == 0 ? batch.tau[row] : combine(tau, batch.tau[row]);
        }
        if (config.rewards() == Rewards.AVERAGE) {
            reward /= view.length;
            tau /= view.length;
        }
        batch.reward[row] = reward;
        batch.tau[row] = (int) Math.round(tau);
        batch.discount[row] = config.discounting() == Discounting.PER_DECISION ? discount : Math.pow(discount, tau);
    }

    private double combine(double a, double b) {
        return switch (config.rewards()) {
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case AVERAGE, JOINT, MACRO_START -> a + b;
        };
    }

    private void ensurePowers(int exponent) {
        if (powers.length <= exponent) {
            int known = powers.length;
            powers = Arrays.copyOf(powers, 2 * exponent + 16);
            for (int e = known; e < powers.length; e++) {
                powers[e] = powers[e - 1] * discount;
            }
        }
    }

    private void fillStates(WindowSample sample) {
        if (batch.stateSize() == 0) {
            return;
        }
        batch.ensureStates();
        for (int row = 0; row < batch.rows(); row++) {
            Episode episode = sample.episode(batch.window[row]);
            int k = sourceRows[row];
            int offset = row * batch.stateSize();
            switch (mixerState) {
                case NONE -> {}
                case JOINT_MACRO -> jointMacroState(episode, rowViews[row], k, offset);
                case REAL -> realState(episode, k, offset);
                case SINGLE -> singleState(episode, rowViews[row], k, offset);
            }
        }
    }

    private void jointMacroState(Episode episode, int[] view, int k, int offset) {
        int size = episode.shape().stateSize();
        for (int v = 0; v < view.length; v++) {
            int start = episode.startPoint(k, view[v]);
            episode.state(start, batch.state, offset + v * size);
            episode.state(done(episode, k, view[v]) ? k + 1 : start, batch.nextState, offset + v * size);
        }
    }

    private void realState(Episode episode, int k, int offset) {
        if (episode.tick(k) != episode.lastTick(k)) {
            throw new IllegalArgumentException(
                    "mixer.state: REAL with an interval of %d ticks (expected: episodes recorded tick by tick, so that the state before the last tick is known; or JOINT_MACRO)"
                            .formatted(episode.lastTick(k) - episode.tick(k) + 1));
        }
        episode.state(k, batch.state, offset);
        episode.state(k + 1, batch.nextState, offset);
    }

    private void singleState(Episode episode, int[] view, int k, int offset) {
        for (int agent : view) {
            if (done(episode, k, agent)) {
                episode.state(episode.startPoint(k, agent), batch.state, offset);
                episode.state(k + 1, batch.nextState, offset);
                return;
            }
        }
        throw new AssertionError("a row in which nobody ended");
    }
}
