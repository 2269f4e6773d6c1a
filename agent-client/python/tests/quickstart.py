"""The README's quickstart, on a server of its own."""

import numpy as np

import macenv

with macenv.serve() as server:
    with macenv.connect(server.target) as client, client.create_session("bp-10", seeds=7) as session:
        episodes = macenv.EpisodeLoop(session, macenv.RandomPolicy(np.random.default_rng(1))).play(10)
        print(episodes[0])
