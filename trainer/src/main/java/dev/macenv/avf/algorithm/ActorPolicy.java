package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.JointActions;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.nn.AgentNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Acts with stochastic actors: samples from their {@link MixedSoftmax}, in training and in evaluation alike, with one draw
 * for every decision of every actor. An actor decides for one agent, or a single one for the whole team; that one decides
 * whenever anybody has to choose, among the joint macro-actions that keep the ongoing ones.
 *
 * <p>Each network runs once for all points at which its actor decides, a row for each.
 */
final class ActorPolicy implements TeamPolicy {
    private final Engine engine;
    private final List<Actor> actors = new ArrayList<>();
    private double[] draws = {}; // [point, actor]
    private int[] rows = {}; // [row] the point it stands for
    private float[] logits = {}; // [macro-action]

    private ActorPolicy(Engine engine) {
        this.engine = engine;
    }

    /** One actor for each agent. */
    static ActorPolicy separate(Engine engine, List<AgentNetwork> networks) {
        ActorPolicy policy = new ActorPolicy(engine);
        for (int i = 0; i < networks.size(); i++) {
            AgentNetwork network = networks.get(i);
            policy.actors.add(new Actor(engine, network, i, network.actions()));
        }
        return policy;
    }

    /** One actor for everybody, over joint macro-actions. */
    static ActorPolicy joint(Engine engine, AgentNetwork network, TeamShape shape) {
        ActorPolicy policy = new ActorPolicy(engine);
        policy.actors.add(new Actor(engine, network, 0, shape.actionCounts()));
        return policy;
    }

    @Override
    public TeamMemory newMemory() {
        List<Matrix> hidden = new ArrayList<>();
        for (Actor actor : actors) {
            hidden.add(engine.matrix(1, actor.network.hiddenSize()));
        }
        return new HiddenStates(engine, hidden);
    }

    @Override
    public void choose(List<DecisionPoint> points, double epsilon, boolean memoryless, RandomGenerator random) {
        draw(points, random);
        for (int a = 0; a < actors.size(); a++) {
            Actor actor = actors.get(a);
            int count = collectRows(points, actor);
            if (count > 0) {
                evaluate(points, a, count, memoryless);
                for (int row = 0; row < count; row++) {
                    double drawn = draws[rows[row] * actors.size() + a];
                    decide(points.get(rows[row]), actor, row, epsilon, drawn);
                }
            }
        }
    }

    @Override
    public PolicyDescription describe() {
        return new PolicyDescription(actors.stream()
                .map(actor -> PolicyDescription.Network.observing(
                        actor.first, actor.agents, PolicyDescription.Output.LOGITS, actor.network.describe()))
                .toList());
    }

    private void draw(List<DecisionPoint> points, RandomGenerator random) {
        if (rows.length < points.size()) {
            rows = new int[points.size()];
            draws = new double[points.size() * actors.size()];
        }
        for (int p = 0; p < points.size(); p++) {
            for (int a = 0; a < actors.size(); a++) {
                if (actors.get(a).decidesAt(points.get(p))) {
                    draws[p * actors.size() + a] = random.nextDouble();
                }
            }
        }
    }

    /** Finds the points at which this actor decides, and returns their number. */
    private int collectRows(List<DecisionPoint> points, Actor actor) {
        int count = 0;
        for (int p = 0; p < points.size(); p++) {
            if (actor.decidesAt(points.get(p))) {
                rows[count++] = p;
            }
        }
        return count;
    }

    private void evaluate(List<DecisionPoint> points, int a, int count, boolean memoryless) {
        Actor actor = actors.get(a);
        AgentNetwork network = actor.network;
        Matrix input = actor.inputs.resize(count, network.observationSize());
        Matrix state = actor.states.resize(count, network.hiddenSize());
        if (memoryless) {
            engine.fill(state, 0);
        }
        for (int row = 0; row < count; row++) {
            DecisionPoint point = points.get(rows[row]);
            actor.see(point);
            input.writeRow(row, actor.seen, 0);
            if (!memoryless) {
                state.copyRow(row, HiddenStates.of(point, a), 0);
            }
        }
        network.act(input, state, actor.logits.resize(count, network.actions()));
        for (int row = 0; row < count && !memoryless; row++) {
            HiddenStates.of(points.get(rows[row]), a).copyRow(0, state, row);
        }
    }

    private void decide(DecisionPoint point, Actor actor, int row, double epsilon, double drawn) {
        int count = actor.actions.count();
        if (logits.length < count) {
            logits = new float[count];
        }
        actor.logits.readRow(row, logits, 0);
        for (int m = 0; m < count; m++) {
            actor.admissible[m] = actor.admits(point, m);
        }
        int chosen = MixedSoftmax.choose(logits, actor.admissible, count, epsilon, drawn, actor.probabilities);
        for (int k = 0; k < actor.agents; k++) {
            if (point.pending(actor.first + k)) {
                point.decide(actor.first + k, actor.actions.macroAction(chosen, k));
            }
        }
    }

    /** A network, and the agents that it decides for: {@code agents} of them, from {@code first} on. */
    private static final class Actor {
        final AgentNetwork network;
        final int first;
        final int agents;
        final JointActions actions;
        final Matrix inputs; // [row, input]
        final Matrix states; // [row, hidden]
        final Matrix logits; // [row, macro-action]
        final float[] seen; // [input]
        final boolean[] admissible; // [macro-action]
        final double[] probabilities; // [macro-action]

        Actor(Engine engine, AgentNetwork network, int first, int... actionCounts) {
            this.network = network;
            this.first = first;
            this.agents = actionCounts.length;
            this.actions = new JointActions(actionCounts);
            this.inputs = engine.matrix(1, network.observationSize());
            this.states = engine.matrix(1, network.hiddenSize());
            this.logits = engine.matrix(1, network.actions());
            this.seen = new float[network.observationSize()];
            this.admissible = new boolean[network.actions()];
            this.probabilities = new double[network.actions()];
        }

        boolean decidesAt(DecisionPoint point) {
            for (int k = 0; k < agents; k++) {
                if (point.pending(first + k)) {
                    return true;
                }
            }
            return false;
        }

        /** Puts the macro-observations that its agents hold side by side. */
        void see(DecisionPoint point) {
            int offset = 0;
            for (int k = 0; k < agents; k++) {
                float[] held = point.observation(first + k);
                System.arraycopy(held, 0, seen, offset, held.length);
                offset += held.length;
            }
        }

        /** Whether a joint macro-action is legal for those who choose, and keeps what the others are doing. */
        boolean admits(DecisionPoint point, int jointAction) {
            for (int k = 0; k < agents; k++) {
                int m = actions.macroAction(jointAction, k);
                boolean admitted =
                        point.pending(first + k) ? point.legal(first + k)[m] : m == point.macroAction(first + k);
                if (!admitted) {
                    return false;
                }
            }
            return true;
        }
    }
}
