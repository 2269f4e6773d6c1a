package dev.macenv.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.nd4j.linalg.factory.Nd4j;

/** {@link SameDiffUpdate} as a contender of {@link Comparison}. */
final class SameDiffContender extends ContenderProgram {
    private SameDiffContender() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // SameDiff tells there what it differentiates
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        new SameDiffContender().answer(answers);
    }

    @Override
    String describe() {
        return "SameDiff on " + Nd4j.getBackend().getClass().getSimpleName() + ", Java " + Runtime.version();
    }

    @Override
    Updates begin(Workload workload) {
        return new SameDiffUpdate(workload);
    }
}
