package dev.macenv.server.session;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes that decide where each number of a row lies: agents, their groups, the widths of observations, masks and
 * states. Agents whose observations and numbers of macro-actions agree share a group; groups stand in the order of their
 * first agent.
 */
public final class TeamShape {
    private final int agents;
    private final int stateSize;
    private final int[] observationSizes;
    private final int[] actionCounts;
    private final int[] groupOfAgent;
    private final List<Integer> firstAgentOfGroup = new ArrayList<>();

    public TeamShape(EnvironmentSpec spec) {
        agents = spec.agents().size();
        stateSize = spec.stateSize();
        observationSizes = new int[agents];
        actionCounts = new int[agents];
        groupOfAgent = new int[agents];
        for (int agent = 0; agent < agents; agent++) {
            observationSizes[agent] = spec.agents().get(agent).observationSize();
            actionCounts[agent] = spec.agents().get(agent).macroActions().size();
            groupOfAgent[agent] = groupOf(spec, agent);
        }
    }

    private int groupOf(EnvironmentSpec spec, int agent) {
        AgentSpec one = spec.agents().get(agent);
        for (int group = 0; group < firstAgentOfGroup.size(); group++) {
            AgentSpec first = spec.agents().get(firstAgentOfGroup.get(group));
            if (first.observation().equals(one.observation())
                    && first.macroActions().size() == one.macroActions().size()) {
                return group;
            }
        }
        firstAgentOfGroup.add(agent);
        return firstAgentOfGroup.size() - 1;
    }

    public int agents() {
        return agents;
    }

    public int stateSize() {
        return stateSize;
    }

    public int observationSize(int agent) {
        return observationSizes[agent];
    }

    public int actionCount(int agent) {
        return actionCounts[agent];
    }

    public int groups() {
        return firstAgentOfGroup.size();
    }

    public int group(int agent) {
        return groupOfAgent[agent];
    }

    /** The agent that stands for the shapes of its group. */
    public int firstAgent(int group) {
        return firstAgentOfGroup.get(group);
    }

    /**
     * Bytes of one row in the columns of fixed width: kind, status, groups, joint reward, agent rewards and taus, and what
     * the view adds of state, macro-state and current macro-actions.
     */
    public long rowBytes(View view) {
        long bytes = 1 + Double.BYTES; // kind, joint reward
        for (int agent = 0; agent < agents; agent++) {
            bytes += 1 + Double.BYTES + Integer.BYTES; // status, reward, tau
            bytes += (long) Float.BYTES * observationSizes[agent] + actionCounts[agent];
        }
        bytes += view.state() ? (long) Float.BYTES * stateSize : 0;
        bytes += view.macroState() ? (long) Float.BYTES * stateSize * agents : 0;
        bytes += view.currentActions() ? (long) Integer.BYTES * agents : 0;
        return bytes;
    }
}
