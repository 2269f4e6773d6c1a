package dev.macenv.conform;

import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.GetServerInfoResponse;
import io.grpc.ManagedChannel;
import java.util.List;

/** What all checks of one run have in common. */
record Surroundings(
        Target target, ManagedChannel channel, GetServerInfoResponse server, List<EnvSpec> environments, long seed) {}
