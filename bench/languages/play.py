"""A uniformly random team for a while: play.py TARGET stream|unary LANES SECONDS; prints round trips/s and decision events/s."""

import sys
import time

import numpy as np

import macenv

target, call, lanes, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
random = np.random.default_rng(1)
options = macenv.ClientOptions(transport=macenv.Transport(call))
with macenv.connect(target, options=options) as client, client.create_session("bp-10", seeds=7, lanes=lanes) as session:
    counts = np.array([len(agent.macro_actions) for agent in session.spec.agents])
    events = session.step()
    for _ in ("warm-up", "measured"):
        trips = brought = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            _, seats = events.due()
            events = session.step(events.decide((random.random(len(seats)) * counts[seats]).astype(int)))
            trips += 1
            brought += events.rows
        spent = time.perf_counter() - start
    print(trips / spent, brought / spent)
