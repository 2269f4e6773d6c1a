package dev.macenv.server.rpc;

import dev.macenv.server.journal.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How sessions outlive the process.
 *
 * @param directory where their journals are; made if it is not there
 * @param loss how much time of play a machine that loses its power may cost; zero for none. A process that is killed costs
 *     nothing either way
 * @param shortenBytes a session's journal of this length is shortened to what it comes to
 * @param journalBytes the most that one session's journal may grow to
 * @param opener opens its files; a test's may fail
 */
public record Durability(
        Path directory, Duration loss, long shortenBytes, long journalBytes, StateDirectory.Opener opener) {}
