"""The best that can be done in Box Pushing: both agents walk to the big box and push it together.

python examples/scripted_optimum.py [ADDRESS]   without an address it starts a server of its own
"""

import contextlib
import sys

import macenv

SCRIPT = [["Go-to-Big-Box(left)", "Push"], ["Go-to-Big-Box(right)", "Push"]]


class Script:
    """What an agent does is the next thing in its script."""

    def __init__(self, spec: macenv.TeamSpec) -> None:
        """From the macro-actions' names."""
        self._ids = [{action.name: i for i, action in enumerate(agent.macro_actions)} for agent in spec.agents]
        self._next = [0, 0]

    def choose(self, events: macenv.Events, row: int, seat: int) -> int:
        """See macenv.Policy."""
        if events.kind[row] == macenv.EventKind.START:
            self._next[seat] = 0
        name = SCRIPT[seat][self._next[seat]]
        self._next[seat] += 1
        return self._ids[seat][name]


def main(target: str, environment: str = "bp-10") -> float:
    """Plays an episode; the return."""
    with macenv.connect(target) as client, client.create_session(environment, seeds=7) as session:
        episode = macenv.EpisodeLoop(session, Script(session.spec)).play(1)[0]
    print(f"{environment}: return {episode.total_reward:.1f} in {episode.ticks} ticks")
    return episode.total_reward


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(macenv.serve()).target)
