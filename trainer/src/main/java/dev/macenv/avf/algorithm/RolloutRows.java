package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticInput;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.experience.MixerState;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
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
    private final Engine engine;
    private final JointActions jointActions;
    private final Squeeze joint;
    private final Batch jointBatch;
    private final Matrix jointHistories; // [M, O_1 + .. + O_n]
    private final List<Matrix> jointParts = new ArrayList<>(); // agent -> [M, O_i]
    private final List<Squeeze> own = new ArrayList<>();
    private final List<Batch> ownBatches = new ArrayList<>();
    private final List<ActorRows> actors = new ArrayList<>();
    private final List<CriticRows> critics = new ArrayList<>();
    private int[] identity = new int[0];
    private float[] mask = new float[0];

    RolloutRows(MacActorCriticSettings settings, TeamShape shape, Engine engine) {
        this.method = settings.method();
        this.seesStates = settings.critic().input() == CriticInput.STATE;
        this.engine = engine;
        this.jointActions = new JointActions(shape.actionCounts());
        SqueezeSettings how = settings.squeeze();
        SqueezeSettings everyJointRow = new SqueezeSettings(
                how.rewards(),
                how.discounting(),
                Recurrence.REPEAT,
                how.burnIn(),
                how.closeOnTerminal(),
                how.timeoutIsTerminal());
        WindowSample nothing = new WindowSample();
        joint = Squeeze.joint(everyJointRow, settings.discount(), MixerState.NONE, shape);
        jointBatch = joint.apply(nothing);
        MixerState states = seesStates ? MixerState.SINGLE : MixerState.NONE;
        int jointSize = 0;
        for (int i = 0; i < shape.agents(); i++) {
            own.add(Squeeze.own(how, settings.discount(), states, shape, i));
            ownBatches.add(own.get(i).apply(nothing));
            jointParts.add(engine.matrix(0, shape.observationSize(i)));
            jointSize += shape.observationSize(i);
        }
        jointHistories = engine.matrix(0, jointSize);
        if (method == Method.CAC) {
            actors.add(new ActorRows(jointHistories, engine.matrix(0, jointActions.count()), 0));
            critics.add(new CriticRows(jointBatch, jointHistories, jointHistories));
            return;
        }
        for (int i = 0; i < shape.agents(); i++) {
            Matrix histories = engine.matrix(0, shape.observationSize(i));
            Matrix admissible = engine.matrix(0, shape.actionCount(i));
            actors.add(new ActorRows(histories, admissible, method == Method.NAIVE_IACC ? 0 : i));
            switch (method) {
                case IAC -> critics.add(new CriticRows(ownBatches.get(i), histories, histories));
                case IAICC -> critics.add(seesStates ? states(shape, i) : central(i));
                case NAIVE_IACC, CAC -> {}
            }
        }
        if (method == Method.NAIVE_IACC) {
            critics.add(new CriticRows(jointBatch, jointHistories, jointHistories));
        }
    }

    private CriticRows central(int i) {
        return new CriticRows(ownBatches.get(i), jointHistories, jointHistories);
    }

    private CriticRows states(TeamShape shape, int i) {
        int size = shape.stateSize();
        return new CriticRows(ownBatches.get(i), engine.matrix(0, size), engine.matrix(0, size));
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
        PackedSequences jointSequences =
                method == Method.IAC || seesStates ? PackedSequences.ofLengths() : join(episodes);
        switch (method) {
            case IAC -> {
                ownActors();
                for (int i = 0; i < critics.size(); i++) {
                    AgentBatch agent = ownBatches.get(i).agent(0);
                    set(critics.get(i), actors.get(i).sequences, agent.current(), agent.next());
                }
            }
            case IAICC -> {
                ownActors();
                for (int i = 0; i < critics.size(); i++) {
                    if (seesStates) {
                        states(critics.get(i));
                    } else {
                        critics.get(i).sequences = jointSequences;
                        followOwnRows(i, critics.get(i));
                    }
                }
            }
            case NAIVE_IACC -> {
                ownActors();
                set(
                        critics.get(0),
                        jointSequences,
                        jointBatch.agent(0).current(),
                        jointBatch.agent(0).next());
            }
            case CAC -> {
                set(
                        critics.get(0),
                        jointSequences,
                        jointBatch.agent(0).current(),
                        jointBatch.agent(0).next());
                jointActor(actors.get(0), jointSequences);
            }
        }
    }

    private static void set(CriticRows rows, PackedSequences sequences, int[] current, int[] next) {
        rows.sequences = sequences;
        rows.current = current;
        rows.next = next;
    }

    /** Squeezes jointly and puts everybody's macro-observations side by side: with REPEAT all agents' sequences lie alike. */
    private PackedSequences join(WindowSample episodes) {
        joint.apply(episodes);
        AgentBatch first = jointBatch.agent(0);
        jointHistories.resize(first.positions(), jointHistories.columns());
        int column = 0;
        for (int i = 0; i < jointBatch.agents(); i++) {
            AgentBatch agent = jointBatch.agent(i);
            Matrix part = jointParts.get(i).resize(agent.positions(), agent.observationSize());
            part.write(agent.observations(), 0);
            engine.putColumns(part, jointHistories, column);
            column += agent.observationSize();
        }
        return sequences(first);
    }

    private static PackedSequences sequences(AgentBatch agent) {
        return PackedSequences.ofCounts(Arrays.copyOf(agent.stepCounts(), agent.steps()));
    }

    private void ownActors() {
        for (int i = 0; i < actors.size(); i++) {
            ActorRows rows = actors.get(i);
            Batch batch = ownBatches.get(i);
            AgentBatch agent = batch.agent(0);
            rows.inputs.resize(agent.positions(), agent.observationSize()).write(agent.observations(), 0);
            rows.sequences = sequences(agent);
            rows.count = batch.rows();
            rows.positions = agent.current();
            rows.actions = agent.action();
            rows.ticks = batch.tick();
            rows.criticRows = method == Method.NAIVE_IACC ? endings(i, rows) : identity(rows.count);
            admitLegal(agent, rows);
        }
    }

    private void admitLegal(AgentBatch agent, ActorRows rows) {
        int actions = agent.actionCount();
        begin(rows, actions);
        for (int k = 0; k < rows.count; k++) {
            for (int m = 0; m < actions; m++) {
                admit(rows, k * actions + m, agent.legal()[agent.current()[k] * actions + m]);
            }
        }
        write(rows, actions);
    }

    /** The joint actor's rows: everybody's macro-actions as one, of which only the free agents' parts were chosen there. */
    private void jointActor(ActorRows rows, PackedSequences sequences) {
        rows.sequences = sequences;
        rows.count = jointBatch.rows();
        rows.positions = jointBatch.agent(0).current();
        rows.ticks = jointBatch.tick();
        rows.criticRows = identity(rows.count);
        rows.actions = ensure(rows.actions, rows.count);
        int actions = jointActions.count();
        begin(rows, actions);
        for (int k = 0; k < rows.count; k++) {
            rows.actions[k] = 0;
            for (int i = 0; i < jointBatch.agents(); i++) {
                rows.actions[k] += jointActions.share(i, jointBatch.agent(i).action()[k]);
            }
            for (int m = 0; m < actions; m++) {
                admit(rows, k * actions + m, agrees(m, k));
            }
        }
        write(rows, actions);
    }

    /** Whether a joint macro-action keeps what is going on at the row's decision point, and is legal where it is not. */
    private boolean agrees(int jointAction, int row) {
        for (int i = 0; i < jointBatch.agents(); i++) {
            AgentBatch agent = jointBatch.agent(i);
            int m = jointActions.component(jointAction, i);
            boolean admitted = agent.free()[row]
                    ? agent.legal()[agent.current()[row] * agent.actionCount() + m]
                    : m == agent.action()[row];
            if (!admitted) {
                return false;
            }
        }
        return true;
    }

    private void begin(ActorRows rows, int actions) {
        mask = mask.length < rows.count * actions ? new float[2 * rows.count * actions] : mask;
        rows.everythingAdmissible = true;
    }

    private void admit(ActorRows rows, int element, boolean admitted) {
        mask[element] = admitted ? 1 : 0;
        rows.everythingAdmissible &= admitted;
    }

    private void write(ActorRows rows, int actions) {
        rows.admissible.resize(rows.count, actions).write(mask, 0);
    }

    /** c(k) and c'(k): where an agent's own rows begin and lead to in the joint histories. */
    private void followOwnRows(int i, CriticRows rows) {
        AgentBatch agent = jointBatch.agent(i);
        Batch ownBatch = rows.batch;
        rows.current = ensure(rows.current, ownBatch.rows());
        rows.next = ensure(rows.next, ownBatch.rows());
        int k = 0;
        int start = 0;
        for (int row = 0; row < jointBatch.rows(); row++) {
            start = agent.free()[row] ? agent.current()[row] : start;
            if (agent.done()[row]) {
                assert ownBatch.tick()[k] == jointBatch.tick()[row]
                        && ownBatch.window()[k] == jointBatch.window()[row];
                rows.current[k] = start;
                rows.next[k] = agent.next()[row];
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

    private void states(CriticRows rows) {
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
