"""Asynchronous value factorization (AVF-VDN) with PyTorch: two agents learn to push the big box of bp-6.

python examples/train_pytorch.py [ADDRESS [SEED]]      without an address it starts a server

Needs pip install "macenv[torch]". Each agent has a network from what it sees and did last to its utilities; the team's
value is their sum. At every joint decision it moves towards r + gamma^tau max Q', where an agent amid a macro-action
keeps it (the conditional argmax). Two things keep the team out of the trap, in which each agent pushes its own small
box: a random team delivers the big box in few episodes only, so a fifth of all are played before learning begins; and
half of each batch is from the best episodes, so that nobody forgets them.
"""

import contextlib
import copy
import sys
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import macenv

GAMMA, LANES, BATCH, UPDATES, BEST = 0.95, 16, 128, 2, 50
RATE, FOLLOW = 1e-3, 0.005  # of the optimizer, falling to nothing; of the target network
RANDOM, EXPLORING = 0.2, 0.7  # of the episodes: until here only at random, and until there less and less


class Row(NamedTuple):
    """From one joint decision to the next, of n agents: who is not free there has gone on."""

    known: NDArray[np.float32]  # [n, w]
    actions: NDArray[np.int64]  # [n]
    reward: np.float32
    discount: np.float32
    following: NDArray[np.float32]  # [n, w]
    free: NDArray[np.bool_]  # [n]


class Team:
    """Agents of equal sizes: their networks, their memory, and what they knew and chose last in each lane."""

    def __init__(self, spec: macenv.TeamSpec, random: np.random.Generator) -> None:
        """A team that knows nothing."""
        self._sees, self._actions = spec.observation(0).size, spec.action_count(0)
        self._width = self._sees + self._actions
        self.networks = nn.ModuleList(
            nn.Sequential(nn.Linear(self._width, 64), nn.ReLU(), nn.Linear(64, self._actions)) for _ in spec.agents
        )
        self._target = copy.deepcopy(self.networks)
        self._optimizer = torch.optim.Adam(self.networks.parameters())
        self._random = random
        self._last: dict[int, tuple[NDArray[np.float32], NDArray[np.int64]]] = {}
        self._under_way: dict[tuple[int, int], list[Row]] = defaultdict(list)  # by lane and episode
        self._rows: list[Row] = []
        self._best: list[tuple[float, list[Row]]] = []

    def meet(self, events: macenv.Events, row: int, epsilon: float) -> NDArray[np.int64]:
        """Takes in what has happened in a lane; what each agent is doing from here on, [n]."""
        lane, status = int(events.lane[row]), events.status[row]
        fresh, free = status == macenv.AgentStatus.FRESH, status != macenv.AgentStatus.ONGOING
        known = np.zeros((len(status), self._width), np.float32)
        for seat in range(len(status)):
            known[seat, : self._sees] = events.observation(row, seat)
            if not fresh[seat]:
                held, actions = self._last[lane]
                known[seat, self._sees + actions[seat]] = 1
                if not free[seat]:
                    known[seat] = held[seat]
        if not fresh.all():
            terminated = events.kind[row] == macenv.EventKind.END_TERMINATED
            discount = np.float32(0 if terminated else GAMMA ** int(events.joint_tau[row]))
            reward = np.float32(events.joint_reward[row] / 100)
            self._under_way[lane, int(events.episode[row])].append(
                Row(*self._last[lane], reward, discount, known, free)
            )
        chosen = self._random.integers(self._actions, size=len(status))
        with torch.no_grad():
            greedy = utilities(self.networks, torch.from_numpy(known[None]))[0].argmax(1).numpy()
        chosen = np.where(self._random.random(len(status)) < epsilon, chosen, greedy)
        if not fresh.all():
            chosen = np.where(free, chosen, self._last[lane][1])
        self._last[lane] = known, chosen
        return chosen

    def remember(self, episode: macenv.EpisodeSummary) -> None:
        """Keeps what has come of a lane's episode, apart if it is one of the best."""
        rows = self._under_way.pop((episode.lane, episode.episode))
        self._rows += rows
        self._best = sorted([*self._best, (episode.total_reward, rows)], key=lambda kept: -kept[0])[:BEST]

    def update(self, rate: float) -> None:
        """One step of the optimizer, on a batch of which half is from the best episodes."""
        best = [row for _, rows in self._best for row in rows]
        batch = [rows[i] for rows in (self._rows, best) for i in self._random.integers(len(rows), size=BATCH // 2)]
        columns = (torch.from_numpy(np.stack(column)) for column in zip(*batch, strict=True))
        known, actions, rewards, discounts, following, free = columns
        value = utilities(self.networks, known).gather(2, actions[..., None]).sum((1, 2))
        with torch.no_grad():
            then = torch.where(free, utilities(self.networks, following).argmax(2), actions)
            aims = rewards + discounts * utilities(self._target, following).gather(2, then[..., None]).sum((1, 2))
        self._optimizer.param_groups[0]["lr"] = rate
        self._optimizer.zero_grad()
        nn.functional.mse_loss(value, aims).backward()
        self._optimizer.step()
        with torch.no_grad():
            for target, network in zip(self._target.parameters(), self.networks.parameters(), strict=True):
                target.lerp_(network, FOLLOW)


def utilities(networks: nn.ModuleList, known: Tensor) -> Tensor:
    """What each agent expects of each macro-action: [batch, n, w] to [batch, n, macro-actions]."""
    return torch.stack([network(known[:, seat]) for seat, network in enumerate(networks)], 1)


def play(session: macenv.Session, team: Team, episodes: int, *, learning: bool) -> list[float]:
    """Plays so many episodes, exploring less and less if they are for learning; their returns."""
    returns: list[float] = []
    session.reset()
    events = session.step()
    while len(returns) < episodes:
        played = len(returns) / episodes
        epsilon = float(np.interp(played, (RANDOM, EXPLORING), (1, 0.05))) if learning else 0.0
        actions = [team.meet(events, row, epsilon) for row in range(events.rows)]
        for episode in events.ended:
            returns.append(episode.total_reward)
            if learning:
                team.remember(episode)
        for _ in range(UPDATES if learning and played > RANDOM else 0):
            team.update(RATE * (1 - played))
        events = session.step(events.decide(actions))
    return returns


def main(target: str, seed: int = 0, episodes: int = 5000) -> float:
    """Learns, then plays once without exploring; that return."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # such small networks gain nothing from more
    with (
        macenv.connect(target) as client,
        client.create_session("bp-6", lanes=LANES, seeds=seed, gamma=GAMMA) as training,
        client.create_session("bp-6", seeds=seed + 1, gamma=GAMMA) as evaluation,
    ):
        team = Team(training.spec, np.random.default_rng(seed))
        returns = play(training, team, episodes, learning=True)
        for k in range(0, episodes, max(1, episodes // 10)):
            print(f"episodes {k:5d}..  mean return {np.mean(returns[k : k + episodes // 10]):6.1f}")
        greedy = play(evaluation, team, 1, learning=False)[0]
    print(f"the learned policies: return {greedy:.1f}")
    return greedy


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        address = sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(macenv.serve()).target
        main(address, *(int(seed) for seed in sys.argv[2:3]))
