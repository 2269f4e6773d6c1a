package dev.macenv.avf.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** ND4J and Deeplearning4j work with the natives and the dependencies that the build leaves them. */
final class Nd4jBackendTest {
    @Test
    void multiplies() {
        INDArray product = Nd4j.create(new double[][] {{1, 2}, {3, 4}}).mmul(Nd4j.create(new double[][] {{5}, {6}}));

        assertThat(product.toDoubleVector()).containsExactly(17, 39);
    }

    @Test
    void differentiates() {
        SameDiff graph = SameDiff.create();
        SDVariable weight = graph.var("weight", Nd4j.create(new double[][] {{2}, {3}}));
        SDVariable input = graph.constant("input", Nd4j.create(new double[][] {{1, -1}}));
        SDVariable loss = graph.math().square(input.mmul(weight)).sum("loss");
        loss.markAsLoss();

        Map<String, INDArray> gradients = graph.calculateGradients(Map.of(), "weight");

        assertThat(gradients.values().iterator().next().toDoubleVector()).containsExactly(-2, 2);
    }

    @Test
    void trainsAndSavesANetwork(@TempDir Path directory) throws IOException {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(2)
                        .nOut(3)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(3)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        network.init();
        INDArray input = Nd4j.create(new double[][] {{1, 2}});
        network.fit(new DataSet(input, Nd4j.create(new double[][] {{3}})));

        Path file = directory.resolve("network.zip");
        network.save(file.toFile());

        assertThat(MultiLayerNetwork.load(file.toFile(), true).output(input).getDouble(0))
                .isEqualTo(network.output(input).getDouble(0), within(0.0));
    }
}
