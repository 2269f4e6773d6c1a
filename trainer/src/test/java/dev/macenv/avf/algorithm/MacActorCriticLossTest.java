package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticInput;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.Window;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The losses of actors and critics and their gradients, end to end in double precision, against {@link PlainActorCritic}:
 * the definitions read tick by tick. Two agents, episodes of mixed lengths that terminate or are cut, some macro-actions
 * illegal, everything on: n-step returns, epsilon, entropy.
 */
class MacActorCriticLossTest {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);

    static Stream<Arguments> variants() {
        Stream.Builder<Arguments> variants = Stream.builder();
        for (Method method : Method.values()) {
            for (int steps : new int[] {1, 3}) {
                for (double epsilon : new double[] {0, 0.3}) {
                    variants.add(Arguments.of(method, CriticInput.HISTORY, steps, epsilon, steps == 1));
                }
            }
        }
        return variants.add(Arguments.of(Method.IAICC, CriticInput.STATE, 2, 0.3, true))
                .build();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void areWhatTheirDefinitionsSay(Method method, CriticInput input, int steps, double epsilon, boolean conditional) {
        for (long seed = 0; seed < 4; seed++) {
            Case at = new Case(method, input, steps, epsilon, conditional, seed);
            MacActorCritic learner = at.learner;
            List<PlainTeam> critics = at.critics(learner::criticParameters);
            List<PlainTeam> targets = at.critics(learner::targetParameters);

            UpdateMetrics metrics = at.learn();

            double loss = 0;
            int rows = 0;
            for (int c = 0; c < critics.size(); c++) {
                loss += at.plain.criticLoss(c, critics.get(c), targets.get(c), at.scripts) / critics.size();
                rows += at.plain.criticRowCount(c, at.scripts);
            }
            assertThat(metrics.rows()).isEqualTo(rows);
            assertThat(metrics.loss()).isCloseTo(loss, within(1e-9 * (1 + loss)));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void haveTheGradientsOfCentralDifferences(
            Method method, CriticInput input, int steps, double epsilon, boolean conditional) {
        Case at = new Case(method, input, steps, epsilon, conditional, 5);
        MacActorCritic learner = at.learner;
        List<PlainTeam> critics = at.critics(learner::criticParameters);
        List<PlainTeam> targets = at.critics(learner::targetParameters);
        List<PlainTeam> actors = new ArrayList<>();
        for (int a = 0; a < at.actors(); a++) {
            actors.add(new PlainTeam(learner.actorParameters(a)));
        }

        at.learn();

        for (int c = 0; c < critics.size(); c++) {
            int critic = c;
            compare(
                    learner.criticParameters(c),
                    critics.get(c),
                    moved -> at.plain.criticLoss(critic, moved, targets.get(critic), at.scripts));
        }
        for (int a = 0; a < actors.size(); a++) {
            int actor = a;
            int judge = method == Method.NAIVE_IACC ? 0 : a;
            PlainTeam updated = new PlainTeam(learner.criticParameters(judge));
            compare(
                    learner.actorParameters(a),
                    actors.get(a),
                    moved -> at.plain.actorLoss(actor, moved, updated, targets.get(judge), at.scripts));
        }
    }

    private static void compare(Parameters parameters, PlainTeam before, ToDoubleFunction<PlainTeam> loss) {
        double step = 1e-5;
        PlainTeam moved = before.copy();
        int moving = 0;
        int compared = 0;
        for (int p = 0; p < before.values.length; p += 11) {
            moved.values[p] = before.values[p] + step;
            double above = loss.applyAsDouble(moved);
            moved.values[p] = before.values[p] - step;
            double below = loss.applyAsDouble(moved);
            moved.values[p] = before.values[p];
            double difference = (above - below) / (2 * step);
            double gradient = parameters.gradients().get(0, p);
            assertThat(gradient)
                    .as("parameter %d", p)
                    .isCloseTo(difference, within(1e-6 * Math.max(Math.abs(difference), 0.02)));
            moving += Math.abs(gradient) > 1e-6 ? 1 : 0;
            compared++;
        }
        assertThat(moving).as("parameters with a gradient").isGreaterThan(compared / 2);
    }

    /** A learner that has learnt once already, and what it is to learn from next. */
    private static final class Case {
        private final Method method;
        private final MacActorCritic learner;
        private final PlainActorCritic plain;
        private final List<Script> scripts;
        private final double epsilon;

        Case(Method method, CriticInput input, int steps, double epsilon, boolean conditional, long seed) {
            ActorCriticConfigurations configuration = new ActorCriticConfigurations(method);
            configuration.steps = steps;
            configuration.conditionalLikelihood = conditional;
            configuration.closeOnTerminal = seed != 2;
            configuration.input = input;
            if (input == CriticInput.STATE) {
                configuration.criticNetwork = new NetworkSettings(
                        List.of(5), 0, List.of(4), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
            }
            this.method = method;
            this.epsilon = epsilon;
            this.learner = new MacActorCritic(configuration.build(), SHAPE, new Random(seed));
            this.plain = new PlainActorCritic(configuration.build(), epsilon, 0.1);
            Random random = new Random(100 + seed);
            learner.learn(sample(scripts(random)), 0.5, 0); // whose gradients must be forgotten
            this.scripts = scripts(random);
        }

        int actors() {
            return method == Method.CAC ? 1 : 2;
        }

        List<PlainTeam> critics(IntFunction<Parameters> parameters) {
            List<PlainTeam> teams = new ArrayList<>();
            for (int c = 0; c < (method == Method.CAC || method == Method.NAIVE_IACC ? 1 : 2); c++) {
                teams.add(new PlainTeam(parameters.apply(c)));
            }
            return teams;
        }

        UpdateMetrics learn() {
            return learner.learn(sample(scripts), epsilon, 0.1).orElseThrow();
        }

        private static List<Script> scripts(Random random) {
            List<Script> scripts = new ArrayList<>();
            for (int ticks : new int[] {9, 3, 14, 1, 7}) {
                Ending ending = ticks % 2 == 1 ? Ending.TERMINATED : Ending.TRUNCATED;
                scripts.add(Script.random(random, SHAPE, ticks, ending, 0.1));
            }
            scripts.add(Script.random(random, SHAPE, 11, Ending.TRUNCATED, 0.1));
            return scripts;
        }

        private static WindowSample sample(List<Script> scripts) {
            WindowSample sample = new WindowSample();
            scripts.forEach(script -> sample.add(Window.whole(script.perEvent())));
            return sample;
        }
    }
}
