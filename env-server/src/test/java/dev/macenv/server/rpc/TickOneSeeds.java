package dev.macenv.server.rpc;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.session.EpisodeSeeds;
import java.util.Map;

/** Finds lane seeds whose first episode stands, one tick after everybody has begun macro-action 1, with seat 0 alone pending. */
final class TickOneSeeds {
    private TickOneSeeds() {}

    static long[] find(int count) {
        MacDecPomdp relay = ProtocolTest.CATALOG.create("relay", Map.of());
        long[] found = new long[count];
        int next = 0;
        for (long seed = 0; next < count; seed++) {
            relay.reset(EpisodeSeeds.episodeSeed(seed, 0));
            relay.step(new int[] {1, 1, 1});
            if (relay.ended(0) && !relay.ended(1) && !relay.ended(2) && !relay.terminated()) {
                found[next++] = seed;
            }
        }
        return found;
    }
}
