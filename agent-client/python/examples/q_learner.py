"""Tabular Q-learning with macro-actions: two agents that learn to push the big box of bp-6, each for itself.

python examples/q_learner.py [ADDRESS]          without an address it starts a server of its own

Each agent has a table over what it sees and what it did last. When its macro-action ends, after tau ticks and a
discounted reward r on its own clock, Q(h, m) moves towards r + gamma^tau max Q(h', .): quickly up, slowly down
(hysteresis), because bad luck with a partner who still explores says little about a macro-action.
"""

import contextlib
import sys
from collections import defaultdict

import numpy as np

import macenv

GAMMA = 0.95
UP, DOWN = 0.3, 0.03
LANES = 16

Key = tuple[bytes, int]


class Learner:
    """One agent: its table, and in each lane what it knew and chose last."""

    def __init__(self, seat: int, actions: int, random: np.random.Generator) -> None:
        """An agent that knows nothing."""
        self.seat = seat
        self.table: dict[Key, np.ndarray] = defaultdict(lambda: np.zeros(actions))
        self._random = random
        self._last: dict[int, tuple[Key, int]] = {}

    def learn(self, events: macenv.Events, row: int) -> None:
        """From a macro-action that has ended."""
        lane, status = int(events.lane[row]), events.status[row, self.seat]
        if status == macenv.AgentStatus.FRESH or lane not in self._last:
            return
        over = events.kind[row] in (macenv.EventKind.END_TERMINATED, macenv.EventKind.END_TRUNCATED)
        if not (over or events.pending[row, self.seat]):
            return
        key, action = self._last[lane]
        value = events.agent_reward[row, self.seat]
        if not over:
            following = self.table[self._key(events, row, action)]
            value += GAMMA ** int(events.agent_tau[row, self.seat]) * following.max()
        error = value - self.table[key][action]
        self.table[key][action] += (UP if error > 0 else DOWN) * error

    def choose(self, events: macenv.Events, row: int, epsilon: float) -> int:
        """A macro-action: the best with probability 1 - epsilon."""
        lane = int(events.lane[row])
        start = events.kind[row] == macenv.EventKind.START
        key = self._key(events, row, -1 if start else self._last[lane][1])
        if self._random.random() < epsilon:
            action = int(self._random.choice(np.flatnonzero(events.legal(row, self.seat))))
        else:
            action = int(np.where(events.legal(row, self.seat), self.table[key], -np.inf).argmax())
        self._last[lane] = key, action
        return action

    def _key(self, events: macenv.Events, row: int, last: int) -> Key:
        return events.observation(row, self.seat).tobytes(), last


def play(session: macenv.Session, learners: list[Learner], episodes: int, *, learning: bool) -> list[float]:
    """Plays this many episodes, exploring less and less if they are for learning; their returns."""
    returns: list[float] = []
    session.reset()
    events = session.step()
    while len(returns) < episodes:
        epsilon = max(0.05, 1 - 1.5 * len(returns) / episodes) if learning else 0.0
        if learning:
            for row in range(events.rows):
                for learner in learners:
                    learner.learn(events, row)
        returns += [episode.total_reward for episode in events.ended]
        actions = [learners[seat].choose(events, row, epsilon) for row, seat in zip(*events.due(), strict=True)]
        events = session.step(events.decide(actions))
    return returns


def main(target: str, episodes: int = 4000) -> float:
    """Learns, then plays once without exploring; that return."""
    seeds = np.random.default_rng(3).spawn(2)
    with (
        macenv.connect(target) as client,
        client.create_session("bp-6", lanes=LANES, seeds=7, gamma=GAMMA) as training,
        client.create_session("bp-6", seeds=8, gamma=GAMMA) as evaluation,
    ):
        learners = [Learner(seat, training.spec.action_count(seat), seeds[seat]) for seat in training.seats]
        returns = play(training, learners, episodes, learning=True)
        for k in range(0, episodes, episodes // 8):
            print(f"episodes {k:5d}..  mean return {np.mean(returns[k : k + episodes // 8]):6.1f}")
        greedy = play(evaluation, learners, 1, learning=False)[0]
    print(f"the learned policies: return {greedy:.1f}")
    return greedy


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(macenv.serve()).target)
