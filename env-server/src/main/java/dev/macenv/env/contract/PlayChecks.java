package dev.macenv.env.contract;

import static dev.macenv.env.contract.Play.require;
import static dev.macenv.env.contract.Play.same;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.VectorSpec;
import java.util.Arrays;
import java.util.function.Supplier;

/** Promises about the course of an episode. */
final class PlayChecks {

    private static final int EPISODES = 20;

    private PlayChecks() {}

    static void resetIsRepeatable(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play fresh = begin(environments.get(), seed);
            Play used = new Play(environments.get(), seed);
            used.environment.reset(seed + 1000);
            used.record();
            used.environment.reset(seed);
            same("reset(" + seed + ") after an episode", new double[][] {fresh.frame()}, new double[][] {used.frame()});
            MacDecPomdp environment = used.environment;
            require(environment.tick() == 0 && environment.reward() == 0, "reset: tick or reward is not 0");
            require(!environment.terminated() && !environment.truncated(), "reset: the episode is over already");
            for (int agent = 0; agent < used.agents; agent++) {
                require(
                        environment.ended(agent) && environment.macroAction(agent) == -1,
                        "reset: agent " + agent + " is not pending");
            }
        }
    }

    static void sameSeedSameEpisode(Supplier<MacDecPomdp> environments) {
        MacDecPomdp reused = environments.get();
        for (int seed = 0; seed < EPISODES; seed++) {
            double[][] alone = begin(environments.get(), seed).record();
            same(
                    "seed " + seed + ", another instance",
                    alone,
                    begin(reused, seed).record());
            same("seed " + seed + ", beside a neighbour", alone, recordBesideNeighbour(environments, seed));
        }
    }

    private static double[][] recordBesideNeighbour(Supplier<MacDecPomdp> environments, int seed) {
        Play play = begin(environments.get(), seed);
        Play neighbour = begin(environments.get(), seed + 1);
        double[][] frames = new double[Play.LONGEST + 1][];
        int next = 0;
        frames[next++] = play.frame();
        while (!play.over()) {
            if (!neighbour.over()) {
                neighbour.step();
            }
            play.step();
            frames[next++] = play.frame();
        }
        return Arrays.copyOf(frames, next);
    }

    static void deterministicMeansSo(Supplier<MacDecPomdp> environments) {
        if (!environments.get().spec().deterministic()) {
            return;
        }
        for (int policySeed = 0; policySeed < EPISODES; policySeed++) {
            MacDecPomdp one = environments.get();
            MacDecPomdp other = environments.get();
            one.reset(1);
            other.reset(2);
            same("seeds 1 and 2", new Play(one, policySeed).record(), new Play(other, policySeed).record());
        }
    }

    static void observationsAreHeld(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = begin(environments.get(), seed);
            double[][] held = new double[play.agents][];
            while (!play.over()) {
                for (int agent = 0; agent < play.agents; agent++) {
                    held[agent] = play.observation(agent);
                }
                play.step();
                for (int agent = 0; agent < play.agents; agent++) {
                    require(
                            play.environment.ended(agent) || Arrays.equals(held[agent], play.observation(agent)),
                            "tick " + play.environment.tick() + ": the observation of agent " + agent
                                    + " changed amid a macro-action");
                }
            }
        }
    }

    static void ongoingAgentsAreNotAsked(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play polite = begin(environments.get(), seed);
            Play rude = begin(environments.get(), seed);
            int[] nonsense = new int[rude.agents];
            while (!polite.over()) {
                polite.choose();
                rude.choose();
                for (int agent = 0; agent < rude.agents; agent++) {
                    int choices = rude.spec.agents().get(agent).macroActions().size();
                    int other = (rude.requests[agent] + 1 + rude.environment.tick()) % (choices + 2) - 1;
                    nonsense[agent] = rude.environment.ended(agent) ? rude.requests[agent] : other;
                }
                polite.environment.step(polite.requests);
                rude.environment.step(nonsense);
                same("requests for ongoing agents", new double[][] {polite.frame()}, new double[][] {rude.frame()});
                for (int agent = 0; agent < rude.agents; agent++) {
                    require(
                            rude.environment.macroAction(agent) == polite.requests[agent],
                            "tick " + rude.environment.tick() + ": agent " + agent + " carries out "
                                    + rude.environment.macroAction(agent) + " (expected: " + polite.requests[agent]
                                    + ")");
                }
            }
        }
    }

    static void boundsAreKept(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = begin(environments.get(), seed);
            double[] state = new double[play.spec.stateSize()];
            for (boolean more = true; more; ) {
                play.environment.state(state, 0);
                within("state", play.spec.state(), state, play);
                for (int agent = 0; agent < play.agents; agent++) {
                    within(
                            "observation of agent " + agent,
                            play.spec.agents().get(agent).observation(),
                            play.observation(agent),
                            play);
                }
                more = !play.over();
                if (more) {
                    play.step();
                }
            }
        }
    }

    private static void within(String what, VectorSpec spec, double[] values, Play play) {
        double[] low = spec.low();
        double[] high = spec.high();
        for (int i = 0; i < values.length; i++) {
            require(
                    low[i] <= values[i] && values[i] <= high[i],
                    "tick " + play.environment.tick() + ": " + what + ", entry " + i + ": " + values[i] + " (expected: "
                            + low[i] + ".." + high[i] + ")");
        }
    }

    static void durationsAreKept(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = begin(environments.get(), seed);
            int[] ticks = new int[play.agents];
            while (!play.over()) {
                play.step();
                for (int agent = 0; agent < play.agents; agent++) {
                    ticks[agent]++;
                    if (!play.environment.ended(agent)) {
                        continue;
                    }
                    MacroActionSpec macroAction =
                            play.spec.agents().get(agent).macroActions().get(play.environment.macroAction(agent));
                    require(
                            macroAction.minTicks() <= ticks[agent] && ticks[agent] <= macroAction.maxTicks(),
                            "tick " + play.environment.tick() + ": " + macroAction.name() + " of agent " + agent
                                    + " lasted " + ticks[agent] + " ticks (expected: " + macroAction.minTicks() + ".."
                                    + macroAction.maxTicks() + ")");
                    ticks[agent] = 0;
                }
            }
        }
    }

    /** Random play itself fails where nothing is legal. */
    static void somethingIsLegal(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            begin(environments.get(), seed).record();
        }
    }

    static void endingsAreClear(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = begin(environments.get(), seed);
            int horizon = play.spec.horizon();
            int ticks = 0;
            while (!play.over()) {
                play.step();
                ticks++;
                require(
                        play.environment.tick() == ticks,
                        "tick: " + play.environment.tick() + " (expected: " + ticks + ")");
            }
            boolean terminated = play.environment.terminated();
            boolean truncated = play.environment.truncated();
            require(!(terminated && truncated), "tick " + ticks + ": terminated and truncated");
            require(
                    !truncated || ticks == horizon,
                    "tick " + ticks + ": truncated (expected: only at the horizon, " + horizon + ")");
            require(
                    horizon == 0 || ticks < horizon || terminated || truncated,
                    "tick " + ticks + ": the horizon passed and the episode goes on");
            if (terminated || truncated) {
                refused(play, IllegalStateException.class, "a step after the end of the episode");
            }
        }
    }

    static void badRequestsChangeNothing(Supplier<MacDecPomdp> environments) {
        for (int seed = 0; seed < EPISODES; seed++) {
            Play play = begin(environments.get(), seed);
            while (!play.over()) {
                play.choose();
                for (int agent = 0; agent < play.agents; agent++) {
                    if (play.environment.ended(agent)) {
                        tryBadRequests(play, agent);
                    }
                }
                play.environment.step(play.requests);
            }
        }
    }

    private static void tryBadRequests(Play play, int agent) {
        int good = play.requests[agent];
        int choices = play.spec.agents().get(agent).macroActions().size();
        for (int request = -1; request <= choices; request++) {
            if (request < 0 || request == choices || !play.environment.legal(agent, request)) {
                play.requests[agent] = request;
                refused(play, IllegalArgumentException.class, "request " + request + " for agent " + agent);
            }
        }
        play.requests[agent] = good;
    }

    private static void refused(Play play, Class<? extends RuntimeException> how, String what) {
        byte[] before = play.environment.snapshot();
        double[] seen = play.frame();
        try {
            play.environment.step(play.requests);
        } catch (RuntimeException refusal) {
            require(
                    how.isInstance(refusal),
                    what + ": refused by " + refusal.getClass().getName() + " (expected: " + how.getName() + ")");
            require(
                    Arrays.equals(before, play.environment.snapshot()) && Arrays.equals(seen, play.frame()),
                    what + ": refused, yet something changed");
            return;
        }
        throw new AssertionError("tick " + play.environment.tick() + ": " + what + " was accepted (expected: "
                + how.getSimpleName() + ")");
    }

    static Play begin(MacDecPomdp environment, long seed) {
        environment.reset(seed);
        return new Play(environment, seed);
    }
}
