package dev.macenv.avf.experiment;

import dev.macenv.client.Events;

/** Receives rows of events, each with the number of its lane in the run, which is another than in its session. */
interface Rows {

    /** A lane has reported. */
    void received(int lane, Events events, int row);
}
