package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuffer;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.loss.Targets;
import dev.macenv.avf.mixer.Mixer;
import dev.macenv.avf.mixer.MixerShape;
import dev.macenv.avf.nn.AgentNetwork;
import dev.macenv.avf.nn.AgentUtilities;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Optimizer;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Asynchronous value factorization: agents' utilities, trained through a mixer on squeezed joint rows. AVF-VDN, AVF-QMIX
 * and AVF-QPLEX differ by their {@link Mixer} alone; with macro-actions of one tick they are VDN, QMIX and QPLEX.
 *
 * <p>{@link #learn} is the whole algorithm, in the order of its equations. With h^i and m^i an agent's macro-history and
 * macro-action in a row, h'^i the one it leads to, x and x' the mixer's states:
 *
 * <pre>
 *   m*^i  = argmax over legal m of Q_i(h'^i, m) if m^i ended in the row, else m^i      online networks
 *   y     = R + gamma^tau (1 - terminal) Mix'(Q'_i(h'^i, m*^i); x')                    target networks (eq. 14)
 *   delta = Mix(Q_i(h^i, m^i); x) - y
 *   L     = sum over rows of weight delta^2 / rows,   weight &lt; 1 where y &lt; Q_tot       (hysteresis)
 * </pre>
 */
public final class FactoredLearner implements Learner {
    private static final RandomGenerator ZEROS = () -> 0;

    private final FactoredSettings settings;
    private final EpisodeBuffer buffer;
    private final Squeeze squeeze;
    private final TeamNetworks online;
    private final TeamNetworks target;
    private final Optimizer optimizer;
    private final NetworkPolicy policy;

    private final WindowSample sample = new WindowSample();
    private final PackedHistories histories;
    private final GreedyChoices greedy;
    private final Matrix targets; // [rows, 1] y
    private final Matrix weights; // [rows, 1]
    private long updates;

    /** Makes a learner for a team, its networks drawn from {@code init}. */
    public FactoredLearner(FactoredSettings settings, TeamShape shape, RandomGenerator init) {
        this(
                settings,
                shape,
                everybody(shape),
                Squeeze.joint(
                        settings.squeeze(),
                        settings.discount(),
                        settings.mixerSettings().state(),
                        shape),
                new EpisodeBuffer(shape, settings.replay().episodes()),
                settings.engine().create(),
                init);
    }

    private static int[] everybody(TeamShape shape) {
        int[] seats = new int[shape.agents()];
        Arrays.setAll(seats, i -> i);
        return seats;
    }

    /**
     * Makes a learner that computes on this engine and sees episodes through this squeeze, which may leave agents of the
     * team out.
     *
     * @param seats the agents of the squeeze's batches, by their numbers in the team
     */
    FactoredLearner(
            FactoredSettings settings,
            TeamShape team,
            int[] seats,
            Squeeze squeeze,
            EpisodeBuffer buffer,
            Engine engine,
            RandomGenerator init) {
        if (settings.shareAgents()) {
            team.requireAlike();
        }
        AgentInputs inputs = new AgentInputs(settings.input(), team);
        this.settings = settings;
        this.buffer = buffer;
        this.squeeze = squeeze;
        this.online = networks(settings, team, seats, inputs, Tape.differentiating(engine), init);
        this.target = networks(settings, team, seats, inputs, Tape.evaluating(engine), ZEROS);
        target.parameters().copyFrom(online.parameters());
        this.optimizer = settings.optimizer().create(online.parameters());
        this.policy = new NetworkPolicy(engine, online.agents(), inputs);
        this.greedy = new GreedyChoices(seats.length);
        this.targets = engine.matrix(0, 1);
        this.weights = engine.matrix(0, 1);
        this.histories = new PackedHistories(engine, inputs, seats.length, settings.shareAgents());
    }

    private static TeamNetworks networks(
            FactoredSettings settings,
            TeamShape team,
            int[] seats,
            AgentInputs inputs,
            Tape tape,
            RandomGenerator init) {
        Parameters parameters = new Parameters(tape.engine());
        NetworkSettings network = settings.network();
        TeamShape view = team.only(seats);
        List<AgentNetwork> agents = new ArrayList<>();
        for (int i = 0; i < seats.length; i++) {
            if (settings.shareAgents() && i > 0) {
                agents.add(agents.get(0));
                continue;
            }
            String name = settings.shareAgents() ? "agents" : "agent" + i;
            agents.add(new AgentNetwork(name, inputs.size(seats[i]), view.actionCount(i), network, parameters, init));
        }
        MixerSettings chosen = settings.mixerSettings();
        List<Integer> actionCounts = Arrays.stream(view.actionCounts()).boxed().toList();
        MixerShape mixerShape = new MixerShape(actionCounts, chosen.state().size(view));
        Mixer mixer = chosen.create(mixerShape, parameters, init);
        return new TeamNetworks(parameters, agents, mixer, settings.update().scheme(), tape);
    }

    @Override
    public void observe(Episode episode) {
        buffer.add(episode);
    }

    @Override
    public Optional<UpdateMetrics> update(double episodesSinceStart, RandomGenerator replay) {
        buffer.sample(settings.replay(), replay, sample);
        int schedule = settings.exploration().length();
        return learn(
                sample,
                settings.hysteresis().weight(episodesSinceStart, schedule),
                settings.optimizer().anneal().share(episodesSinceStart));
    }

    /** Makes one gradient step on these windows, with the whole learning rate. */
    Optional<UpdateMetrics> learn(WindowSample windows, double pessimism) {
        return learn(windows, pessimism, 1);
    }

    /** Makes one gradient step on these windows; {@code pessimism} is the weight of rows with y &lt; Q_tot, {@code rateShare} that of the learning rate. */
    Optional<UpdateMetrics> learn(WindowSample windows, double pessimism, double rateShare) {
        Batch batch = squeeze.apply(windows);
        if (batch.rows() == 0) {
            return Optional.empty();
        }
        histories.read(batch);
        List<AgentUtilities> utilities = online.utilities(batch, histories);
        List<AgentUtilities> targetUtilities = target.utilities(batch, histories);

        JointDecisions successor = JointDecisions.successor(batch, greedy.choose(batch, utilities));
        Matrix next = target.mix(batch, successor, targetUtilities).value(); // [rows, 1]
        Node value = online.mix(batch, JointDecisions.current(batch), utilities); // [rows, 1] Q_tot
        double lossValue = setTargets(batch, next, value.value(), pessimism);

        Tape tape = online.tape();
        Node error = tape.subtract(value, tape.constant(targets));
        Node loss = tape.weightedSquares(error, tape.constant(weights), batch.rows());
        online.parameters().zeroGradients();
        tape.backward(loss);
        double gradientNorm = optimizer.step(rateShare);
        followTarget();
        return Optional.of(metrics(batch, lossValue, value, gradientNorm, pessimism));
    }

    /** Sets the targets y and the weights with which squared errors have the loss's gradient; returns the loss. */
    private double setTargets(Batch batch, Matrix next, Matrix value, double pessimism) {
        targets.resize(batch.rows(), 1);
        weights.resize(batch.rows(), 1);
        double sum = 0;
        for (int k = 0; k < batch.rows(); k++) {
            double reward = settings.rewardScale() * batch.reward()[k];
            double y = Targets.doubleQ(reward, batch.discount()[k], batch.terminal()[k], next.get(k, 0));
            targets.set(k, 0, y);
            double error = value.get(k, 0) - targets.get(k, 0);
            double weight = Targets.hysteresis(value.get(k, 0), y, pessimism);
            boolean squared = settings.loss() == Loss.SQUARED;
            weights.set(k, 0, squared ? weight : weight * Targets.huberWeight(error));
            sum += weight * (squared ? error * error : Targets.huber(error));
        }
        return sum / batch.rows();
    }

    private void followTarget() {
        updates++;
        TargetSettings how = settings.target();
        if (how.polyak() < 1) {
            target.parameters().follow(online.parameters(), how.polyak());
        }
        if (how.copyEvery() > 0 && updates % how.copyEvery() == 0) {
            target.parameters().copyFrom(online.parameters());
        }
    }

    private UpdateMetrics metrics(Batch batch, double loss, Node value, double gradientNorm, double pessimism) {
        int rows = batch.rows();
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        double targetSum = 0;
        for (int k = 0; k < rows; k++) {
            double q = value.value().get(k, 0);
            sum += q;
            largest = Math.max(largest, q);
            targetSum += targets.get(k, 0);
        }
        return new UpdateMetrics(rows, loss, sum / rows, largest, targetSum / rows, gradientNorm, pessimism);
    }

    @Override
    public TeamPolicy policy() {
        return policy;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        saveLearning(out);
        buffer.save(out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        AllOrNothing.load(this::saveLearning, this::loadLearning, buffer::load, in);
    }

    /** Writes everything but the buffer. */
    void saveLearning(DataOutput out) throws IOException {
        out.writeLong(updates);
        online.parameters().save(out);
        target.parameters().save(out);
        optimizer.save(out);
    }

    /** Reads what {@link #saveLearning} wrote. */
    void loadLearning(DataInput in) throws IOException {
        updates = in.readLong();
        online.parameters().load(in);
        target.parameters().load(in);
        optimizer.load(in);
    }

    /** The online networks, by agent. */
    List<AgentNetwork> networks() {
        return online.agents();
    }

    /** The online networks' parameters: the live ones, not to be written to. */
    public Parameters onlineParameters() {
        return online.parameters();
    }

    /** The target networks' parameters. */
    Parameters targetParameters() {
        return target.parameters();
    }
}
