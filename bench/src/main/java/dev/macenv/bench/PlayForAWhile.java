package dev.macenv.bench;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.ClientOptions.StepTransport;
import dev.macenv.client.EnvironmentClient;
import java.util.Locale;

/** A uniformly random team for a while: TARGET stream|unary LANES SECONDS; prints round trips/s and decision events/s, like the programs in {@code bench/languages}. */
final class PlayForAWhile {
    private PlayForAWhile() {}

    public static void main(String[] arguments) {
        StepTransport call = StepTransport.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        EnvironmentClient client =
                EnvironmentClient.connect(arguments[0], ClientOptions.defaults().withTransport(call));
        double seconds = Double.parseDouble(arguments[3]);
        try (TeamAtPlay team = new TeamAtPlay(client, "bp-10", Integer.parseInt(arguments[2]))) {
            run(team, seconds);
            System.out.println(run(team, seconds));
        }
    }

    private static String run(TeamAtPlay team, double seconds) {
        long start = System.nanoTime();
        long trips = 0;
        long events = 0;
        double spent = 0;
        while (spent < seconds) {
            events += team.make();
            trips++;
            spent = (System.nanoTime() - start) / 1e9;
        }
        return trips / spent + " " + events / spent;
    }
}
