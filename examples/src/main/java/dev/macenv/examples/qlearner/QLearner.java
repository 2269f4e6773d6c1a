package dev.macenv.examples.qlearner;

import dev.macenv.client.AgentStatus;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Two agents that learn to push the big box of bp-6, each for itself, by tabular Q-learning with macro-actions. Give it the address of a
 * server.
 *
 * <p>Each agent has a table over what it sees and what it did last. When its macro-action ends, after tau ticks and a discounted reward r on
 * its own clock, Q(h, m) moves towards r + gamma^tau max Q(h', .): quickly up, slowly down (hysteresis), because bad luck with a partner
 * who still explores says little about a macro-action.
 */
public final class QLearner {
    private static final double GAMMA = 0.95;
    private static final double UP = 0.3;
    private static final double DOWN = 0.03;
    private static final int LANES = 16;
    private static final int EPISODES = 4000;
    private static final int NOTHING = -1;

    private final int seat;
    private final RandomGenerator random;
    private final Map<Knowledge, double[]> table = new HashMap<>();
    private final Map<Integer, Choice> last = new HashMap<>();

    /** What an agent sees, and did last. */
    private record Knowledge(List<Float> observation, int action) {}

    /** What an agent knew and chose in a lane. */
    private record Choice(Knowledge known, int action) {}

    private QLearner(int seat, RandomGenerator random) {
        this.seat = seat;
        this.random = random;
    }

    /** Runs the example. */
    public static void main(String[] args) {
        try (EnvironmentClient client = EnvironmentClient.connect(args.length == 0 ? "localhost:50051" : args[0])) {
            learn(client, System.out);
        }
    }

    /** Learns, then plays once without exploring; that return. */
    static double learn(EnvironmentClient client, PrintStream out) {
        SessionOptions bp6 = SessionOptions.of("bp-6").withGamma(GAMMA);
        SplittableRandom random = new SplittableRandom(3);
        try (Session training = client.createSession(bp6.withLanes(LANES).withSeeds(7L));
                Session evaluation = client.createSession(bp6.withSeeds(8L))) {
            List<QLearner> learners = IntStream.range(0, training.spec().size())
                    .mapToObj(seat -> new QLearner(seat, random.split()))
                    .toList();
            List<Double> returns = play(training, learners, EPISODES, true);
            int part = EPISODES / 8;
            for (int first = 0; first < EPISODES; first += part) {
                double mean = returns.subList(first, first + part).stream()
                        .mapToDouble(value -> value)
                        .average()
                        .orElseThrow();
                out.printf("episodes %5d..  mean return %6.1f%n", first, mean);
            }
            double greedy = play(evaluation, learners, 1, false).get(0);
            out.printf("the learned policies: return %.1f%n", greedy);
            return greedy;
        }
    }

    /** Plays so many episodes, exploring less and less if they are for learning; their returns. */
    private static List<Double> play(Session session, List<QLearner> learners, int episodes, boolean learning) {
        List<Double> returns = new ArrayList<>();
        Decisions decisions = new Decisions();
        while (returns.size() < episodes) {
            Events events = session.step(decisions);
            decisions.clear();
            double epsilon = learning ? Math.max(0.05, 1 - 1.5 * returns.size() / episodes) : 0;
            for (int row = 0; row < events.rows(); row++) {
                for (QLearner learner : learners) {
                    if (learning) {
                        learner.learn(events, row);
                    }
                    if (events.pending(row, learner.seat)) {
                        decisions.add(events.lane(row), learner.seat, learner.choose(events, row, epsilon));
                    }
                }
            }
            events.ended().stream().map(EpisodeSummary::totalReward).forEach(returns::add);
        }
        return returns;
    }

    /** Learns from a macro-action that has ended, if one has. */
    private void learn(Events events, int row) {
        AgentStatus status = events.status(row, seat);
        Choice choice = last.get(events.lane(row));
        if (choice == null || (status != AgentStatus.DONE && status != AgentStatus.CUT)) {
            return;
        }
        double value = events.agentReward(row, seat);
        if (!events.kind(row).isEnd()) {
            double[] following = values(events, known(events, row, choice.action()));
            value += Math.pow(GAMMA, events.agentTau(row, seat))
                    * Arrays.stream(following).max().orElseThrow();
        }
        double[] values = values(events, choice.known());
        double error = value - values[choice.action()];
        values[choice.action()] += (error > 0 ? UP : DOWN) * error;
    }

    /** A macro-action: the best legal one with probability 1 - epsilon. */
    private int choose(Events events, int row, double epsilon) {
        Choice before = last.get(events.lane(row));
        int did = before == null || events.status(row, seat) == AgentStatus.FRESH ? NOTHING : before.action();
        Knowledge known = known(events, row, did);
        int[] legal = IntStream.range(0, events.spec().actionCount(seat))
                .filter(action -> events.legal(row, seat, action))
                .toArray();
        int chosen = legal[random.nextInt(legal.length)];
        if (random.nextDouble() >= epsilon) {
            double[] values = values(events, known);
            for (int action : legal) {
                chosen = values[action] > values[chosen] ? action : chosen;
            }
        }
        last.put(events.lane(row), new Choice(known, chosen));
        return chosen;
    }

    private double[] values(Events events, Knowledge known) {
        return table.computeIfAbsent(known, k -> new double[events.spec().actionCount(seat)]);
    }

    private Knowledge known(Events events, int row, int action) {
        float[] observation = new float[events.spec().observationSize(seat)];
        events.observation(row, seat, observation, 0);
        List<Float> seen = new ArrayList<>(observation.length);
        for (float number : observation) {
            seen.add(number);
        }
        return new Knowledge(seen, action);
    }
}
