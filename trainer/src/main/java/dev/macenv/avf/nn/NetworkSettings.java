package dev.macenv.avf.nn;

import java.util.List;

/**
 * The shape of an agent's network: linear layers with LeakyReLU, a recurrent layer, linear layers with LeakyReLU, a head.
 *
 * @param before widths of the linear layers before the recurrent one
 * @param recurrent width of the recurrent layer, 0 for none
 * @param after widths of the linear layers after it
 * @param dueling the head
 */
public record NetworkSettings(List<Integer> before, int recurrent, List<Integer> after, Dueling dueling) {
    public NetworkSettings {
        before = List.copyOf(before);
        after = List.copyOf(after);
        new InvalidSettings.Check()
                .that(before.stream().allMatch(width -> width >= 1), "before", before, "widths of at least 1")
                .atLeast("recurrent", recurrent, 0)
                .that(after.stream().allMatch(width -> width >= 1), "after", after, "widths of at least 1")
                .done();
    }
}
