package dev.macenv.server.session;

/** Is shown a lane at each event at which it stands; reads it before returning and keeps nothing. */
interface EventSink {
    void event(Lane lane);
}
