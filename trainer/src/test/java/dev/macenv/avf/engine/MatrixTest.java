package dev.macenv.avf.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MatrixTest {
    @ParameterizedTest
    @EnumSource(EngineType.class)
    void resizingReusesStorageThatIsLargeEnough(EngineType type) {
        Matrix x = type.create().matrix(4, 5);
        Storage first = x.storage();
        assertThat(x.resize(2, 10).storage()).isSameAs(first);
        Storage second = x.resize(8, 5).storage();
        assertThat(second).isNotSameAs(first);
        assertThat(x.resize(9, 5).storage()).as("there is slack").isSameAs(second);
        assertThat(x.rows()).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource(EngineType.class)
    void viewsShareElements(EngineType type) {
        Matrix x = type.create().matrix(4, 3);
        x.write(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0);
        Matrix middle = x.rowsFrom(1, 2);
        middle.set(1, 2, 80);
        assertThat(x.get(2, 2)).isEqualTo(80);
        float[] read = new float[7];
        middle.read(read, 1);
        assertThat(read).containsExactly(0, 3, 4, 5, 6, 7, 80);
        middle.writeRow(0, new float[] {-1, -2, -3}, 0);
        x.readRow(1, read, 0);
        assertThat(read).startsWith(-1, -2, -3);
    }

    @ParameterizedTest
    @EnumSource(EngineType.class)
    void wrongShapesAreRefused(EngineType type) {
        Engine engine = type.create();
        Matrix x = engine.matrix(2, 3);
        assertThatThrownBy(() -> x.get(0, 3)).hasMessage("element: (0, 3) (expected: inside 2 x 3)");
        assertThatThrownBy(() -> x.rowsFrom(1, 2)).hasMessageContaining("expected: room for 2 x 3 in 6");
        assertThatThrownBy(() -> x.rowsFrom(0, 1).resize(1, 1)).hasMessageContaining("a view");
        assertThatThrownBy(() -> engine.product(x, x, x, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("b: Matrix[2 x 3] (expected: 3 x 3)");
        assertThatThrownBy(() -> engine.pick(x, new int[] {2}, new int[] {0}, engine.matrix(1, 1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
