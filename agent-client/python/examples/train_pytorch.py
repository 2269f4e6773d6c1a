"""Macro-action Q-learning with PyTorch: two agents, each with a small network, learn to push the big box of bp-6.

python examples/train_pytorch.py [ADDRESS]      needs pip install "macenv[torch]"; without an address it starts a server

Like q_learner.py, with a network in place of the table: what an agent sees and did last goes in, utilities come out;
errors that would lower a utility count for less (hysteresis).
"""

import contextlib
import copy
import sys
from collections import deque

import numpy as np
import torch
from torch import Tensor, nn

import macenv

GAMMA = 0.95
LANES = 16
BATCH = 128
DOWN = 0.1  # weight of errors that would lower a utility
TARGET_EVERY = 100  # updates

Transition = tuple[Tensor, int, float, float, Tensor]


class Learner:
    """One agent: its network, its memory, and in each lane what it knew and chose last."""

    def __init__(self, spec: macenv.TeamSpec, seat: int, random: np.random.Generator) -> None:
        """An agent that knows nothing."""
        self.seat = seat
        self.actions = spec.action_count(seat)
        width = spec.observation(seat).size + self.actions
        self.network = nn.Sequential(nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, self.actions))
        self._target = copy.deepcopy(self.network)
        self._optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self._memory: deque[Transition] = deque(maxlen=20_000)
        self._random = random
        self._last: dict[int, tuple[Tensor, int]] = {}
        self._updates = 0

    def remember(self, events: macenv.Events, row: int) -> None:
        """A macro-action that has ended: what was known and done, r, gamma^tau (0 at the end), what is known now."""
        lane = int(events.lane[row])
        over = events.kind[row] in (macenv.EventKind.END_TERMINATED, macenv.EventKind.END_TRUNCATED)
        fresh = events.status[row, self.seat] == macenv.AgentStatus.FRESH
        if fresh or lane not in self._last or not (over or events.pending[row, self.seat]):
            return
        known, action = self._last[lane]
        reward = float(events.agent_reward[row, self.seat])
        discount = 0.0 if over else GAMMA ** int(events.agent_tau[row, self.seat])
        self._memory.append((known, action, reward, discount, self._known(events, row, action)))

    def update(self) -> None:
        """One step of the optimizer on a batch from memory."""
        if len(self._memory) < 10 * BATCH:
            return
        batch = [self._memory[i] for i in self._random.integers(len(self._memory), size=BATCH)]
        known, actions, rewards, discounts, following = zip(*batch, strict=True)
        utilities = self.network(torch.stack(known)).gather(1, torch.tensor(actions)[:, None])[:, 0]
        with torch.no_grad():
            best = self._target(torch.stack(following)).max(1).values
            aims = torch.tensor(rewards) / 100 + torch.tensor(discounts) * best
        errors = aims - utilities
        loss = (torch.where(errors > 0, 1.0, DOWN) * errors**2).mean()
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self._updates += 1
        if self._updates % TARGET_EVERY == 0:
            self._target.load_state_dict(self.network.state_dict())

    def choose(self, events: macenv.Events, row: int, epsilon: float) -> int:
        """A macro-action: the best with probability 1 - epsilon. In Box Pushing all are legal."""
        lane = int(events.lane[row])
        start = events.kind[row] == macenv.EventKind.START
        known = self._known(events, row, -1 if start else self._last[lane][1])
        if self._random.random() < epsilon:
            action = int(self._random.integers(self.actions))
        else:
            with torch.no_grad():
                action = int(self.network(known).argmax())
        self._last[lane] = known, action
        return action

    def _known(self, events: macenv.Events, row: int, last: int) -> Tensor:
        did = np.zeros(self.actions, np.float32)
        if last >= 0:
            did[last] = 1
        return torch.from_numpy(np.concatenate([events.observation(row, self.seat), did]))


def play(session: macenv.Session, learners: list[Learner], episodes: int, *, learning: bool) -> list[float]:
    """Plays this many episodes, exploring less and less if they are for learning; their returns."""
    returns: list[float] = []
    session.reset()
    events = session.step()
    while len(returns) < episodes:
        epsilon = max(0.05, 1 - 1.5 * len(returns) / episodes) if learning else 0.0
        if learning:
            for learner in learners:
                for row in range(events.rows):
                    learner.remember(events, row)
                learner.update()
        returns += [episode.total_reward for episode in events.ended]
        actions = [learners[seat].choose(events, row, epsilon) for row, seat in zip(*events.due(), strict=True)]
        events = session.step(events.decide(actions))
    return returns


def main(target: str, episodes: int = 4000, seed: int = 3) -> float:
    """Learns, then plays once without exploring; that return."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # such small networks gain nothing from more
    seeds = np.random.default_rng(seed).spawn(2)
    with (
        macenv.connect(target) as client,
        client.create_session("bp-6", lanes=LANES, seeds=seed, gamma=GAMMA) as training,
        client.create_session("bp-6", seeds=seed + 1, gamma=GAMMA) as evaluation,
    ):
        learners = [Learner(training.spec, seat, seeds[seat]) for seat in training.seats]
        returns = play(training, learners, episodes, learning=True)
        for k in range(0, episodes, max(1, episodes // 8)):
            print(f"episodes {k:5d}..  mean return {np.mean(returns[k : k + episodes // 8]):6.1f}")
        greedy = play(evaluation, learners, 1, learning=False)[0]
    print(f"the learned policies: return {greedy:.1f}")
    return greedy


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(macenv.serve()).target)
