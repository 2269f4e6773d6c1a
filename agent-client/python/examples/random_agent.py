"""A random team in eight lanes at once.

python examples/random_agent.py [ADDRESS]       without an address it starts a server of its own
"""

import contextlib
import sys

import numpy as np

import macenv


def main(target: str) -> float:
    """Plays 100 episodes; the mean return."""
    with macenv.connect(target) as client, client.create_session("bp-10", lanes=8, seeds=7) as session:
        policy = macenv.RandomPolicy(np.random.default_rng(1))
        episodes = macenv.EpisodeLoop(session, policy).play(100)
    mean = float(np.mean([episode.total_reward for episode in episodes]))
    print(f"{len(episodes)} episodes, mean return {mean:.1f}")
    return mean


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(macenv.serve()).target)
