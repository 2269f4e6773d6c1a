package dev.macenv.env.capturetarget;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SplitMix64;

/**
 * Every agent goes to the target, always: no simple policy is known that does better.
 *
 * <p>It uses no more than the agents see. With primitive actions each heads for where it last saw the target, as Move-to-T does, and stays where it is until then.
 */
final class Chase implements ScriptedPolicy {

    private static final int MOVE_TO_TARGET = 0;
    private static final int UNKNOWN = -1;

    private final boolean primitive;
    private final int grid;
    private final int[] goalX;
    private final int[] goalY;
    private final double[] observation = new double[CaptureTarget.OBSERVATION_SIZE];
    private final SplitMix64 ties = new SplitMix64(0);

    Chase(int agents, int grid, boolean primitive) {
        this.primitive = primitive;
        this.grid = grid;
        this.goalX = new int[agents];
        this.goalY = new int[agents];
    }

    @Override
    public void choose(MacDecPomdp environment, int[] macroActions) {
        for (int agent = 0; agent < goalX.length; agent++) {
            if (environment.ended(agent)) {
                macroActions[agent] = primitive ? move(environment, agent) : MOVE_TO_TARGET;
            }
        }
    }

    private int move(MacDecPomdp environment, int agent) {
        environment.macroObservation(agent, observation, 0);
        if (environment.tick() == 0) {
            goalX[agent] = UNKNOWN;
        }
        if (observation[2] >= 0) {
            goalX[agent] = coordinate(observation[2]);
            goalY[agent] = coordinate(observation[3]);
        }
        return goalX[agent] == UNKNOWN
                ? Move.STAY
                : Move.towards(
                        goalX[agent], goalY[agent], coordinate(observation[0]), coordinate(observation[1]), grid, ties);
    }

    private int coordinate(double share) {
        return (int) Math.rint(share * grid);
    }
}
