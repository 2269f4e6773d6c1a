package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.MacActorCriticSettings.ActorSettings;
import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticSettings;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.FreshEpisodes;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.loss.Returns;
import dev.macenv.avf.nn.AgentNetwork;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.PackedSequences;
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
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous actor-critic with macro-actions (Xiao, Tan and Amato 2022, and their code): Mac-IAICC, Mac-IAC, Mac-CAC and
 * Naive Mac-IACC, which differ by what actors and critics see and by whose macro-actions make the rows; {@link
 * MacActorCriticSettings.Method} and {@link RolloutRows} say how.
 *
 * <p>On-policy: an update learns from the episodes observed since the one before, all of them and once. {@link #learn} is the
 * whole algorithm, in the order of its equations. A row k has reward R, discounted from the start of the macro-action, length
 * tau and last tick e (counted from the episode's start); h is the history in which its macro-action m was chosen, x what the
 * critic sees there, x' where the row leads to:
 *
 * <pre>
 *   G_k  = R_k + gamma^(tau_k) (1 - terminal) V'(x'_k), or its n-step form               target critic
 *   L    = sum over rows of (G_k - V(x_k))^2 / N                                         a step of the critic
 *   A_k  = G_k - V(x_k)                                                                  the critic just updated
 *   L_pi = - sum over rows of gamma^(e_k) (log pi~(m_k | h_k) A_k + w H(pi~(. | h_k))) / N   a step of the actor
 * </pre>
 *
 * <p>The policy pi~ holds epsilon's uniform share, see {@link MixedSoftmax}. Macro-actions that have not ended when the
 * episode does are dropped, unless a true terminal ends them ({@code squeeze.closeOnTerminal}). Advantages are neither
 * normalised nor clipped.
 */
public final class MacActorCritic implements Learner {
    private static final RandomGenerator ZEROS = () -> 0;

    private final MacActorCriticSettings settings;
    private final RolloutRows rollout;
    private final List<TrainedNetwork> actors = new ArrayList<>();
    private final List<TrainedNetwork> critics = new ArrayList<>();
    private final List<AgentNetwork> targets = new ArrayList<>();
    private final List<Parameters> targetParameters = new ArrayList<>();
    private final Tape evaluating;
    private final TeamPolicy policy;

    private final FreshEpisodes fresh;
    private final WindowSample sample = new WindowSample();
    private final Matrix column; // [rows, 1] G
    private final Matrix weights; // [rows, 1]
    private final Matrix entropyWeights; // [rows, 1]
    private double[] next = new double[0]; // [rows] V'(x')
    private double[] returns = new double[0]; // [rows] G
    private final double[][] advantages; // critic -> [rows] A
    private double[] powers = {1}; // gamma^e
    private long updates;

    /** Makes a learner for a team: the actors' networks are drawn from {@code init} first, then the critics'. */
    public MacActorCritic(MacActorCriticSettings settings, TeamShape shape, RandomGenerator init) {
        Engine engine = settings.engine().create();
        this.settings = settings;
        this.rollout = new RolloutRows(settings, shape, engine);
        this.fresh = new FreshEpisodes(shape);
        ActorSettings actor = settings.actor();
        for (int a = 0; a < rollout.actors().size(); a++) {
            ActorRows rows = rollout.actors().get(a);
            int inputs = rows.inputs.columns();
            int outputs = rows.admissible.columns();
            actors.add(
                    new TrainedNetwork("actor" + a, inputs, outputs, actor.network(), actor.optimizer(), engine, init));
        }
        CriticSettings critic = settings.critic();
        for (int c = 0; c < rollout.critics().size(); c++) {
            int inputs = rollout.critics().get(c).inputs.columns();
            TrainedNetwork online =
                    new TrainedNetwork("critic" + c, inputs, 1, critic.network(), critic.optimizer(), engine, init);
            Parameters target = new Parameters(engine);
            critics.add(online);
            targets.add(new AgentNetwork("critic" + c, inputs, 1, critic.network(), target, ZEROS));
            target.copyFrom(online.parameters);
            targetParameters.add(target);
        }
        this.evaluating = Tape.evaluating(engine);
        this.column = engine.matrix(0, 1);
        this.weights = engine.matrix(0, 1);
        this.entropyWeights = engine.matrix(0, 1);
        this.advantages = new double[critics.size()][0];
        List<AgentNetwork> networks =
                actors.stream().map(trained -> trained.network).toList();
        this.policy = settings.method() == Method.CAC
                ? ActorPolicy.joint(engine, networks.get(0), shape)
                : ActorPolicy.separate(engine, networks);
    }

    @Override
    public void observe(Episode episode) {
        fresh.add(episode);
    }

    /** Epsilon and the entropy's weight are those that held while the episodes were played: in batches they stand still. */
    @Override
    public Optional<UpdateMetrics> update(double episodesSinceStart, RandomGenerator replay) {
        double whenPlayed = episodesSinceStart - fresh.size();
        fresh.drainTo(sample);
        return learn(
                sample,
                settings.exploration().epsilon(whenPlayed),
                settings.actor().entropy().weight(whenPlayed),
                episodesSinceStart);
    }

    /** The same where learning rates stay. */
    Optional<UpdateMetrics> learn(WindowSample episodes, double epsilon, double entropyWeight) {
        return learn(episodes, epsilon, entropyWeight, 0);
    }

    /** Makes one step of each critic, or {@code critic.iterations}, and then one of each actor. */
    Optional<UpdateMetrics> learn(
            WindowSample episodes, double epsilon, double entropyWeight, double episodesSinceStart) {
        rollout.apply(episodes);
        List<UpdateMetrics> metrics = new ArrayList<>();
        for (int c = 0; c < critics.size(); c++) {
            CriticRows rows = rollout.critics().get(c);
            if (rows.count() > 0) {
                setReturns(rows, c);
                metrics.add(learnValues(rows, critics.get(c), episodesSinceStart));
                setAdvantages(rows, c);
            }
        }
        for (int a = 0; a < actors.size(); a++) {
            ActorRows rows = rollout.actors().get(a);
            if (rows.count > 0) {
                learnPolicy(rows, actors.get(a), advantages[rows.critic], epsilon, entropyWeight, episodesSinceStart);
            }
        }
        if (metrics.isEmpty()) {
            return Optional.empty();
        }
        updates++;
        for (int c = 0; c < critics.size(); c++) {
            settings.target().follow(targetParameters.get(c), critics.get(c).parameters, updates);
        }
        return UpdateMetrics.mean(metrics);
    }

    /** G: once per update, as the target critic stands still meanwhile. */
    private void setReturns(CriticRows rows, int c) {
        int n = rows.count();
        evaluating.reset();
        next = read(values(targets.get(c), evaluating, rows.nextInputs, rows.sequences, rows.next, n), n, next);
        returns = returns.length < n ? new double[2 * n] : returns;
        Returns.bootstrapped(
                settings.critic().steps(),
                rows.batch.reward(),
                rows.batch.discount(),
                rows.batch.terminal(),
                rows.batch.window(),
                next,
                n,
                returns);
        column.resize(n, 1);
        weights.resize(n, 1);
        for (int k = 0; k < n; k++) {
            column.set(k, 0, returns[k]);
            weights.set(k, 0, 1);
        }
    }

    private UpdateMetrics learnValues(CriticRows rows, TrainedNetwork critic, double episodesSinceStart) {
        Tape tape = critic.tape;
        int n = rows.count();
        for (int left = settings.critic().iterations(); ; left--) {
            tape.reset();
            Node value = values(critic.network, tape, rows.inputs, rows.sequences, rows.current, n);
            Node error = tape.subtract(tape.constant(column), value);
            Node loss = tape.weightedSquares(error, tape.constant(weights), n);
            double gradientNorm = critic.descend(loss, episodesSinceStart);
            if (left == 1) {
                return metrics(n, loss, value, gradientNorm);
            }
        }
    }

    private void setAdvantages(CriticRows rows, int c) {
        int n = rows.count();
        evaluating.reset();
        AgentNetwork critic = critics.get(c).network;
        double[] values =
                read(values(critic, evaluating, rows.inputs, rows.sequences, rows.current, n), n, advantages[c]);
        for (int k = 0; k < n; k++) {
            values[k] = returns[k] - values[k];
        }
        advantages[c] = values;
    }

    private void learnPolicy(
            ActorRows rows,
            TrainedNetwork actor,
            double[] advantage,
            double epsilon,
            double entropyWeight,
            double episodesSinceStart) {
        int n = rows.count;
        Tape tape = actor.tape;
        tape.reset();
        Node logits = actor.network
                .forward(tape, tape.constant(rows.inputs), rows.sequences)
                .q();
        boolean conditional = settings.actor().conditionalLikelihood() && !rows.everythingAdmissible;
        Node admissible = conditional ? tape.constant(rows.admissible) : null;
        Node log = MixedSoftmax.logProbabilities( // [N, A]
                tape, tape.gatherRows(logits, rows.positions, n), epsilon, admissible);
        Node likelihood = tape.pick(log, rollout.identity(n), rows.actions, n); // [N, 1]

        weights.resize(n, 1);
        for (int k = 0; k < n; k++) {
            weights.set(k, 0, -power(rows.ticks[k]) * advantage[rows.criticRows[k]]);
        }
        Node loss = tape.weightedSum(likelihood, tape.constant(weights), n);
        actor.descend(
                entropyWeight == 0 ? loss : tape.add(loss, entropyLoss(rows, tape, log, admissible, entropyWeight)),
                episodesSinceStart);
    }

    /** {@code - sum over rows of gamma^(e_k) w H(pi~) / N}, with H = - sum over m of pi~(m) log pi~(m). */
    private Node entropyLoss(ActorRows rows, Tape tape, Node log, @Nullable Node admissible, double entropyWeight) {
        Node probabilities = tape.exp(log);
        Node possible = admissible == null ? probabilities : tape.multiply(probabilities, admissible);
        Node negativeEntropy = tape.rowDot(possible, log);
        entropyWeights.resize(rows.count, 1);
        for (int k = 0; k < rows.count; k++) {
            entropyWeights.set(k, 0, power(rows.ticks[k]) * entropyWeight);
        }
        return tape.weightedSum(negativeEntropy, tape.constant(entropyWeights), rows.count);
    }

    /** What a network says at the rows' positions, {@code [N, 1]}. */
    private static Node values(
            AgentNetwork network, Tape tape, Matrix inputs, PackedSequences sequences, int[] positions, int rows) {
        return tape.gatherRows(
                network.forward(tape, tape.constant(inputs), sequences).q(), positions, rows);
    }

    private static double[] read(Node column, int rows, double[] into) {
        double[] numbers = into.length < rows ? new double[2 * rows] : into;
        for (int k = 0; k < rows; k++) {
            numbers[k] = column.value().get(k, 0);
        }
        return numbers;
    }

    /** gamma^e. */
    private double power(int exponent) {
        if (powers.length <= exponent) {
            int known = powers.length;
            powers = Arrays.copyOf(powers, 2 * exponent + 16);
            for (int e = known; e < powers.length; e++) {
                powers[e] = powers[e - 1] * settings.discount();
            }
        }
        return powers[exponent];
    }

    private UpdateMetrics metrics(int rows, Node loss, Node value, double gradientNorm) {
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        double returnSum = 0;
        for (int k = 0; k < rows; k++) {
            double v = value.value().get(k, 0);
            sum += v;
            largest = Math.max(largest, v);
            returnSum += returns[k];
        }
        double lossValue = loss.value().get(0, 0);
        return new UpdateMetrics(rows, lossValue, sum / rows, largest, returnSum / rows, gradientNorm, 1);
    }

    @Override
    public TeamPolicy policy() {
        return policy;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(updates);
        for (TrainedNetwork actor : actors) {
            actor.save(out);
        }
        for (int c = 0; c < critics.size(); c++) {
            critics.get(c).save(out);
            targetParameters.get(c).save(out);
        }
        fresh.save(out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        AllOrNothing.load(this::save, this::loadAll, rest -> {}, in);
    }

    private void loadAll(DataInput in) throws IOException {
        updates = in.readLong();
        for (TrainedNetwork actor : actors) {
            actor.load(in);
        }
        for (int c = 0; c < critics.size(); c++) {
            critics.get(c).load(in);
            targetParameters.get(c).load(in);
        }
        fresh.load(in);
    }

    /** An actor's parameters; a joint actor is number 0. */
    Parameters actorParameters(int actor) {
        return actors.get(actor).parameters;
    }

    /** A critic's parameters; a shared critic is number 0. */
    Parameters criticParameters(int critic) {
        return critics.get(critic).parameters;
    }

    /** A target critic's parameters. */
    Parameters targetParameters(int critic) {
        return targetParameters.get(critic);
    }

    /** Makes {@link MacActorCritic}s. */
    public static final class Provider implements AlgorithmProvider<MacActorCriticSettings> {
        @Override
        public String name() {
            return "mac-actor-critic";
        }

        @Override
        public Class<MacActorCriticSettings> configuration() {
            return MacActorCriticSettings.class;
        }

        @Override
        public Learner create(MacActorCriticSettings config, TeamShape shape, RandomGenerator init) {
            return new MacActorCritic(config, shape, init);
        }
    }
}
