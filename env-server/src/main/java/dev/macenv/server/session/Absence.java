package dev.macenv.server.session;

/** Says whether the server is to decide for everybody who is pending in a lane: the clock does, or what was recorded. */
interface Absence {
    boolean decidesFor(Lane lane);
}
