package dev.macenv.env.capturetarget;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/** Random numbers that a test has chosen, in the order in which they are drawn; one too many or too few is an error. */
final class Draws implements RandomGenerator {

    static final double SEEN = 0.99;
    static final double HIDDEN = 0;
    static final double TURNED_LEFT = 0;
    static final double AS_CHOSEN = 0.5;
    static final double TURNED_RIGHT = 0.99;

    private final Deque<Double> numbers = new ArrayDeque<>();

    Draws(double... numbers) {
        then(numbers);
    }

    Draws then(double... more) {
        for (double number : more) {
            numbers.add(number);
        }
        return this;
    }

    boolean allTaken() {
        return numbers.isEmpty();
    }

    @Override
    public int nextInt(int bound) {
        int number = numbers.remove().intValue();
        if (number >= bound) {
            throw new AssertionError("a number below " + bound + " was drawn, not " + number);
        }
        return number;
    }

    @Override
    public double nextDouble() {
        return numbers.remove();
    }

    @Override
    public long nextLong() {
        throw new AssertionError("neither a choice nor a number in [0, 1)");
    }
}
