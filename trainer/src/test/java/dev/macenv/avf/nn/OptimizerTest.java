package dev.macenv.avf.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.EngineType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerTest {
    @Test
    void adamFollowsItsFormula() {
        Parameters parameters = vector(EngineType.REFERENCE, 1, -2);
        Optimizer adam = new Adam(parameters, 0.1, 0, 0.9, 0.999, 1e-8);
        double[] x = {1, -2};
        double[] m = new double[2];
        double[] v = new double[2];
        for (int t = 1; t <= 5; t++) {
            for (int i = 0; i < 2; i++) {
                double g = x[i] * x[i] + t;
                parameters.gradients().set(0, i, g);
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                x[i] -= 0.1 * (m[i] / (1 - Math.pow(0.9, t))) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
            }
            adam.step(1);
            assertThat(parameters.values().get(0, 0)).isCloseTo(x[0], within(1e-12));
            assertThat(parameters.values().get(0, 1)).isCloseTo(x[1], within(1e-12));
        }
    }

    @ParameterizedTest
    @EnumSource(EngineType.class)
    void adamsFirstStepIsTheLearningRate(EngineType type) {
        Parameters parameters = vector(type, 1, -2);
        setGradients(parameters, 1e-3, -500);
        OptimizerSettings settings =
                new OptimizerSettings(OptimizerSettings.Name.ADAM, 0.01, 0, OptimizerSettings.Anneal.NONE);
        assertThat(settings.create(parameters).step(1)).isCloseTo(500, within(1e-4));
        assertThat(parameters.values().get(0, 0)).isCloseTo(0.99, within(1e-6));
        assertThat(parameters.values().get(0, 1)).isCloseTo(-1.99, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(OptimizerSettings.Name.class)
    void aShareOfTheLearningRateIsAStepOfThatShare(OptimizerSettings.Name name) {
        OptimizerSettings settings = new OptimizerSettings(name, 0.01, 0, OptimizerSettings.Anneal.NONE);
        double[] moved = new double[2];
        for (int i = 0; i < 2; i++) {
            Parameters parameters = vector(EngineType.REFERENCE, 1, -2);
            setGradients(parameters, 3, -4);
            settings.create(parameters).step(i == 0 ? 1 : 0.25);
            moved[i] = 1 - parameters.values().get(0, 0);
        }
        assertThat(moved[1]).isCloseTo(moved[0] / 4, within(1e-12)).isPositive();
    }

    @Test
    void theLearningRateStaysThenFallsThenStays() {
        OptimizerSettings.Anneal anneal = new OptimizerSettings.Anneal(100, 50, 0.2);
        assertThat(anneal.share(0)).isEqualTo(1);
        assertThat(anneal.share(100)).isEqualTo(1);
        assertThat(anneal.share(125)).isCloseTo(0.6, within(1e-12));
        assertThat(anneal.share(150)).isCloseTo(0.2, within(1e-12));
        assertThat(anneal.share(1e6)).isCloseTo(0.2, within(1e-12));
        assertThat(OptimizerSettings.Anneal.NONE.share(1e6)).isEqualTo(1);
    }

    @Test
    void rmsPropFollowsItsFormula() {
        Parameters parameters = vector(EngineType.REFERENCE, 1, -2);
        setGradients(parameters, 3, 0);
        new OptimizerSettings(OptimizerSettings.Name.RMSPROP, 0.1, 0, OptimizerSettings.Anneal.NONE)
                .create(parameters)
                .step(1);
        assertThat(parameters.values().get(0, 0)).isCloseTo(1 - 0.1 * 3 / (Math.sqrt(0.01 * 9) + 1e-5), within(1e-12));
        assertThat(parameters.values().get(0, 1)).isEqualTo(-2);
    }

    @Test
    void clippingBoundsTheNormOfTheWholeGradient() {
        assertThat(Optimizer.clipScale(5, 0)).isEqualTo(1);
        assertThat(Optimizer.clipScale(5, 10)).isEqualTo(1);
        assertThat(Optimizer.clipScale(50, 10)).isEqualTo(10 / (50 + 1e-6));
        Parameters parameters = vector(EngineType.REFERENCE, 0, 0);
        setGradients(parameters, 30, 40);
        // with epsilon 1 the step shows the gradient's size
        Optimizer adam = new Adam(parameters, 1, 10, 0, 0, 1e6);
        assertThat(adam.step(1)).isEqualTo(50);
        assertThat(parameters.values().get(0, 0)).isCloseTo(-6e-6, within(1e-10));
        assertThat(parameters.values().get(0, 1)).isCloseTo(-8e-6, within(1e-10));
    }

    @ParameterizedTest
    @EnumSource(EngineType.class)
    void targetsFollowByPolyakAveraging(EngineType type) {
        Parameters target = vector(type, 1, 1);
        Parameters online = vector(type, 0, 0);
        for (int i = 0; i < 10; i++) {
            target.follow(online, 0.995);
        }
        assertThat(target.values().get(0, 0)).isCloseTo(0.951110, within(1e-6));
        assertThat(online.values().get(0, 0)).isZero();
    }

    @ParameterizedTest
    @EnumSource(EngineType.class)
    void aRestoredOptimiserGoesOnWithTheSameBits(EngineType type) throws IOException {
        for (OptimizerSettings.Name name : OptimizerSettings.Name.values()) {
            Parameters parameters = vector(type, 1, -2);
            Optimizer optimizer =
                    new OptimizerSettings(name, 0.01, 1, OptimizerSettings.Anneal.NONE).create(parameters);
            descend(parameters, optimizer);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            parameters.save(new DataOutputStream(bytes));
            optimizer.save(new DataOutputStream(bytes));
            descend(parameters, optimizer);

            Parameters restored = vector(type, 0, 0);
            Optimizer again = new OptimizerSettings(name, 0.01, 1, OptimizerSettings.Anneal.NONE).create(restored);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            restored.load(in);
            again.load(in);
            descend(restored, again);
            assertThat(restored.values().get(0, 0))
                    .isEqualTo(parameters.values().get(0, 0));
            assertThat(restored.values().get(0, 1))
                    .isEqualTo(parameters.values().get(0, 1));
        }
    }

    @Test
    void parametersKeepTheirValuesWhenMoreAreAdded() {
        Parameters parameters = vector(EngineType.VECTOR, 3, 4);
        Parameter more = parameters.add("more", 2, 3, 0.5, new SplittableRandom(1));
        assertThat(parameters.size()).isEqualTo(8);
        assertThat(parameters.get("x").value().get(0, 1)).isEqualTo(4);
        more.value().set(0, 0, 9);
        assertThat(parameters.values().get(0, 2)).isEqualTo(9);
        assertThatThrownBy(() -> parameters.add("more", 1, 1, 0, new SplittableRandom(1)))
                .hasMessageContaining("not yet taken");
        assertThatThrownBy(() -> parameters.get("y")).hasMessage("name: y (expected: one of [x, more])");
        assertThatThrownBy(() -> parameters.copyFrom(vector(EngineType.VECTOR, 1, 1)))
                .hasMessageContaining("same structure");
    }

    @Test
    void parametersOfAnotherStructureAreRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        vector(EngineType.VECTOR, 3, 4).save(new DataOutputStream(bytes));
        Parameters other = new Parameters(EngineType.VECTOR.create());
        other.add("x", 1, 3, 0, new SplittableRandom(1));
        assertThatThrownBy(() -> other.load(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))))
                .isInstanceOf(IOException.class)
                .hasMessage("parameter: x 1 x 2 (expected: x 1 x 3)");
    }

    private static Parameters vector(EngineType type, double a, double b) {
        Parameters parameters = new Parameters(type.create());
        Parameter x = parameters.add("x", 1, 2, 0, new SplittableRandom(1));
        x.value().set(0, 0, a);
        x.value().set(0, 1, b);
        return parameters;
    }

    private static void setGradients(Parameters parameters, double a, double b) {
        parameters.gradients().set(0, 0, a);
        parameters.gradients().set(0, 1, b);
    }

    private static void descend(Parameters parameters, Optimizer optimizer) {
        for (int i = 0; i < 3; i++) {
            setGradients(
                    parameters,
                    2 * parameters.values().get(0, 0),
                    parameters.values().get(0, 1) + i);
            optimizer.step(1);
        }
    }
}
