package dev.macenv.server.rpc;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.Settings;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.session.Guard;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Makes environments for clients: those that are trusted, or work in another process, as they are, all others under a guard.
 * What is not known to return soon is constructed on the guard's threads.
 *
 * @param catalog what there is to make
 * @param trust who is trusted
 * @param guard guards the rest
 * @param pool constructs what is trusted; constructing may take its time, so event loops never do it
 * @param room how many requests that construct something may be under way or waiting
 */
record EnvironmentMaker(Catalog catalog, ServerOptions.Trust trust, Guard guard, Executor pool, Semaphore room) {

    /** Makes an environment on each call, with settings that are valid and complete. */
    Supplier<MacDecPomdp> maker(String id, Settings settings) {
        Supplier<MacDecPomdp> plain = catalog.lanes(id, settings);
        return catalog.elsewhere(id) || trusted(id) ? plain : guard.over(plain);
    }

    /**
     * Answers with the result of work that constructs environments, away from the caller's thread; or with a refusal if too
     * much of it waits.
     *
     * @param id of the environment, or of none that exists
     */
    <T> void answer(String id, StreamObserver<T> answer, Supplier<T> work) {
        if (!room.tryAcquire()) {
            Answers.refuse(answer, tooMany());
            return;
        }
        try {
            executor(id).execute(() -> {
                try {
                    Answers.give(answer, work);
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException goingDown) {
            room.release();
            Answers.refuse(
                    answer,
                    new RefusedException(Reason.DRAINING, "the server is going down (try another server)")
                            .withRetryAfter(Duration.ofSeconds(5)));
        }
    }

    private static RefusedException tooMany() {
        return RefusedException.quota(
                        Reason.CAPACITY_REACHED,
                        "requests that construct environments",
                        "too many are under way (try again later)",
                        Duration.ofSeconds(1))
                .with("limit", "constructions");
    }

    private Executor executor(String id) {
        boolean returns = catalog.find(id).isEmpty() || (trusted(id) && !catalog.elsewhere(id));
        return returns ? pool : guard.threads();
    }

    private boolean trusted(String id) {
        return switch (trust) {
            case BUILT_IN -> catalog.builtIn(id);
            case CLASS_PATH -> catalog.onClassPath(id);
            case NOBODY -> false;
        };
    }
}
