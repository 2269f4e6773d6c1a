package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticInput;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.experience.JointActions;
import dev.macenv.avf.experience.MixerState;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.PackedSequences;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Lays a rollout out for the actors and critics of a {@link Method}. There are two clocks: each agent's own, with a row for
 * every macro-action of its that ended, and the joint one, with a row wherever anybody's ended. A history is a sequence of
 * macro-observations: an agent's at its own decisions, or everybody's at all joint ones.
 *
 * <pre>
 *               actors choose from   critics see       rows of the critics   an actor's advantage is that of
 *   IAC         own history          own history       own, one each         its own row
 *   IAICC       own history          joint history     own, one each         its own row
 *   NAIVE_IACC  own history          joint history     joint, one for all    the joint row in which its macro-action ended
 *   CAC         joint history        joint history     joint, the only one   the joint row
 * </pre>
 *
 * <p>With {@link CriticInput#STATE} the critics of IAICC see the state at which the agent chose, and the one it was led to.
 */
final class RolloutRows {
    private final Method method;
    private final boolean seesStates;
    private final Squeeze joint; // whose macro-action ends where on the joint clock
    private final Squeeze central; // the joint histories
    private final List<Squeeze> own = new ArrayList<>();
    private final Batch jointBatch;
    private final Batch centralBatch;
    private final List<Batch> ownBatches = new ArrayList<>();
    private final List<ActorRows> actors = new ArrayList<>();
    private final List<CriticRows> critics = new ArrayList<>();
    private final Matrix jointHistories; // [M, O_1 + .. + O_n]
    private PackedSequences jointSequences = PackedSequences.ofLengths();
    private int[] identity = new int[0];
    private float[] mask = new float[0];

    RolloutRows(MacActorCriticSettings settings, TeamShape shape, Engine engine) {
        this.method = settings.method();
        this.seesStates = settings.critic().input() == CriticInput.STATE;
        WindowSample nothing = new WindowSample();
        double discount = settings.discount();
        joint = Squeeze.joint(settings.squeeze(), discount, MixerState.NONE, shape);
        central = Squeeze.central(settings.squeeze(), discount, shape);
        jointBatch = joint.apply(nothing);
        centralBatch = central.apply(nothing);
        MixerState states = seesStates ? MixerState.SINGLE : MixerState.NONE;
        for (int i = 0; i < shape.agents(); i++) {
            own.add(Squeeze.own(settings.squeeze(), discount, states, shape, i));
            ownBatches.add(own.get(i).apply(nothing));
        }
        jointHistories = engine.matrix(0, centralBatch.agent(0).observationSize());
        if (method == Method.CAC) {
            actors.add(new ActorRows(
                    jointHistories, engine.matrix(0, shape.central().actionCount(0)), 0));
        } else {
            for (int i = 0; i < shape.agents(); i++) {
                Matrix histories = engine.matrix(0, shape.observationSize(i));
                Matrix admissible = engine.matrix(0, shape.actionCount(i));
                actors.add(new ActorRows(histories, admissible, method == Method.NAIVE_IACC ? 0 : i));
            }
        }
        for (int c = 0; c < (onJointClock() ? 1 : shape.agents()); c++) {
            Batch rows = onJointClock() ? centralBatch : ownBatches.get(c);
            Matrix seen = method == Method.IAC ? actors.get(c).inputs : jointHistories;
            int size = shape.stateSize();
            critics.add(
                    seesStates
                            ? new CriticRows(rows, engine.matrix(0, size), engine.matrix(0, size))
                            : new CriticRows(rows, seen, seen));
        }
    }

    private boolean onJointClock() {
        return method == Method.NAIVE_IACC || method == Method.CAC;
    }

    /** What each actor learns from: one per agent, or the joint one. */
    List<ActorRows> actors() {
        return Collections.unmodifiableList(actors);
    }

    /** What each critic learns from. */
    List<CriticRows> critics() {
        return Collections.unmodifiableList(critics);
    }

    /** Lays these episodes out. */
    void apply(WindowSample episodes) {
        own.forEach(squeeze -> squeeze.apply(episodes));
        if (method != Method.IAC && !seesStates) {
            joint.apply(episodes);
            central.apply(episodes);
            jointSequences = read(centralBatch.agent(0), jointHistories);
        }
        for (int a = 0; a < actors.size(); a++) {
            if (method == Method.CAC) {
                actors.get(a).sequences = jointSequences;
                fillActor(actors.get(a), centralBatch);
            } else {
                actors.get(a).sequences = read(ownBatches.get(a).agent(0), actors.get(a).inputs);
                fillActor(actors.get(a), ownBatches.get(a));
                if (method == Method.NAIVE_IACC) {
                    actors.get(a).criticRows = endings(a, actors.get(a));
                }
            }
        }
        for (int c = 0; c < critics.size(); c++) {
            CriticRows rows = critics.get(c);
            switch (method) {
                case IAC -> followHistories(rows, actors.get(c).sequences);
                case NAIVE_IACC, CAC -> followHistories(rows, jointSequences);
                case IAICC -> {
                    if (seesStates) {
                        readStates(rows);
                    } else {
                        rows.sequences = jointSequences;
                        followOwnRows(c, rows);
                    }
                }
            }
        }
    }

    /** Copies packed macro-observations to where the engine computes, and returns their layout. */
    private static PackedSequences read(AgentBatch agent, Matrix histories) {
        histories.resize(agent.positions(), agent.observationSize()).write(agent.observations(), 0);
        return PackedSequences.ofCounts(agent.stepCounts(), agent.steps());
    }

    /** The choices of an agent, or of the whole team seen as one. */
    private void fillActor(ActorRows rows, Batch batch) {
        AgentBatch agent = batch.agent(0);
        rows.count = batch.rows();
        rows.positions = agent.current();
        rows.actions = agent.action();
        rows.ticks = batch.tick();
        if (method != Method.NAIVE_IACC) {
            rows.criticRows = identity(rows.count);
        }
        admit(rows, agent);
    }

    private void admit(ActorRows rows, AgentBatch agent) {
        int actions = agent.actionCount();
        JointActions parts = new JointActions(agent.actionCounts()); // of one agent mostly
        mask = mask.length < rows.count * actions ? new float[2 * rows.count * actions] : mask;
        rows.everythingAdmissible = true;
        for (int k = 0; k < rows.count; k++) {
            for (int m = 0; m < actions; m++) {
                boolean admitted = admissible(agent, parts, m, agent.current()[k] * agent.legalSize());
                mask[k * actions + m] = admitted ? 1 : 0;
                rows.everythingAdmissible &= admitted;
            }
        }
        rows.admissible.resize(rows.count, actions).write(mask, 0);
    }

    /** Whether all parts of a joint macro-action are allowed by the masks that stand side by side from here on. */
    private static boolean admissible(AgentBatch agent, JointActions parts, int jointAction, int masks) {
        int first = masks;
        for (int i = 0; i < agent.actionCounts().length; i++) {
            if (!agent.legal()[first + parts.macroAction(jointAction, i)]) {
                return false;
            }
            first += agent.actionCounts()[i];
        }
        return true;
    }

    /** c(k) and c'(k) of a critic whose rows and histories are of one clock. */
    private static void followHistories(CriticRows rows, PackedSequences sequences) {
        rows.sequences = sequences;
        rows.current = rows.batch.agent(0).current();
        rows.next = rows.batch.agent(0).next();
    }

    /** c(k) and c'(k): where an agent's own rows begin and lead to in the joint histories. */
    private void followOwnRows(int i, CriticRows rows) {
        AgentBatch agent = jointBatch.agent(i);
        AgentBatch team = centralBatch.agent(0);
        Batch ownBatch = rows.batch;
        rows.current = ensure(rows.current, ownBatch.rows());
        rows.next = ensure(rows.next, ownBatch.rows());
        int k = 0;
        int start = 0;
        for (int row = 0; row < jointBatch.rows(); row++) {
            start = agent.free()[row] ? team.current()[row] : start;
            if (agent.done()[row]) {
                assert ownBatch.tick()[k] == jointBatch.tick()[row]
                        && ownBatch.window()[k] == jointBatch.window()[row];
                rows.current[k] = start;
                rows.next[k] = team.next()[row];
                k++;
            }
        }
        assert k == ownBatch.rows();
    }

    /** For each own row of an agent, the joint row that it ends with. */
    private int[] endings(int i, ActorRows rows) {
        int[] endings = ensure(rows.criticRows, rows.count);
        boolean[] done = jointBatch.agent(i).done();
        int k = 0;
        for (int row = 0; row < jointBatch.rows(); row++) {
            if (done[row]) {
                endings[k++] = row;
            }
        }
        assert k == rows.count;
        return endings;
    }

    private void readStates(CriticRows rows) {
        Batch batch = rows.batch;
        rows.inputs.resize(batch.rows(), batch.stateSize()).write(batch.state(), 0);
        rows.nextInputs.resize(batch.rows(), batch.stateSize()).write(batch.nextState(), 0);
        rows.current = identity(batch.rows());
        rows.next = rows.current;
    }

    /** 0, 1, 2, .., at least so many. */
    int[] identity(int count) {
        if (identity.length < count) {
            identity = new int[2 * count];
            Arrays.setAll(identity, k -> k);
        }
        return identity;
    }

    private static int[] ensure(int[] array, int size) {
        return array.length >= size ? array : new int[2 * size];
    }
}
