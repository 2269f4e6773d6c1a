"""Hosts an environment: two foragers on a path with three trees, one of which is ripe. Only together can they shake it.

    python -m macenv.host foragers:Foragers --listen 127.0.0.1:6000      in this directory
    bin/macenv serve --environment-host 127.0.0.1:6000

A forager sees where it is, whether the tree there is ripe, and whether the other is there, too, but only when its
macro-action ends. Walking takes as long as it takes, since the path is slippery; waiting takes two ticks; shaking goes
on for up to four, so that the other can join in.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

import macenv
from macenv import host

TREES = np.array([0, 4, 8])
STARTS = np.array([2, 6])
LAST_CELL = 8
SLIP = 0.1

WALKS = len(TREES)  # macro-actions 0, 1, 2 go to the tree of that number
WAIT = 3
SHAKE = 4
WAIT_TICKS = 2
SHAKE_TICKS = 4

TICK_REWARD = -0.1
FRUIT_REWARD = 10.0


class Foragers(host.Environment):
    """The world of all lanes as arrays."""

    id = "foragers"
    version = "1"
    doc = "Two foragers look for the ripe one of three trees and shake it together. Each sees little of it."
    agents = tuple(
        host.Agent(
            name,
            macro_actions=[
                host.MacroAction("Go-to-First", 2, 60, "walk to the tree at cell 0"),
                host.MacroAction("Go-to-Second", 2, 60, "walk to the tree at cell 4"),
                host.MacroAction("Go-to-Third", 2, 60, "walk to the tree at cell 8"),
                host.MacroAction("Wait", WAIT_TICKS, WAIT_TICKS, "stand still"),
                host.MacroAction(
                    "Shake", 1, SHAKE_TICKS, "shake the tree here until the other helps, or the arms ache"
                ),
            ],
            observation=[
                host.Label("own.cell", doc="own cell / 8"),
                host.Label("tree.ripe", doc="1 at the ripe tree"),
                host.Label("other.here", doc="1 where the other forager is, too"),
            ],
        )
        for name in ("ada", "ben")
    )
    state_labels = (
        host.Label("cells", 2, doc="cell / 8 of each forager"),
        host.Label("ripe", 3, doc="which tree is ripe, one-hot"),
    )
    horizon = 60

    def __init__(self, lanes: int) -> None:
        self.cell = np.zeros((lanes, 2), np.int64)
        self.ripe = np.zeros(lanes, np.int64)  # number of the tree

    def reset(self, lanes: npt.NDArray[np.int64]) -> None:
        """Both start between trees; one tree is ripe."""
        self.cell[lanes] = STARTS
        self.ripe[lanes] = [self.random[lane].integers(len(TREES)) for lane in lanes]

    def step(
        self, lanes: npt.NDArray[np.int64], actions: npt.NDArray[np.int64], ticks: npt.NDArray[np.int64]
    ) -> host.Tick:
        """Walks, waits and shakes; pays."""
        walks = actions < WALKS
        goal = TREES[np.minimum(actions, WALKS - 1)]
        # Two numbers in every tick of a lane, whether they are needed or not.
        slips = np.array([self.random[lane].random(2) for lane in lanes]) < SLIP
        cell = self.cell[lanes]
        cell += np.where(walks & ~slips, np.sign(goal - cell), 0)
        self.cell[lanes] = cell

        at_ripe = cell == TREES[self.ripe[lanes]][:, None]
        shaken = ((actions == SHAKE) & at_ripe).all(axis=1)
        ended = np.select(
            [walks, actions == WAIT],
            [cell == goal, ticks + 1 == WAIT_TICKS],
            shaken[:, None] | (ticks + 1 == SHAKE_TICKS),
        )
        return host.Tick(rewards=TICK_REWARD + FRUIT_REWARD * shaken, ended=ended, terminated=shaken)

    def observations(self, lanes: npt.NDArray[np.int64]) -> Sequence[npt.ArrayLike]:
        """Own cell, ripeness of the tree here, the other here."""
        cell = self.cell[lanes]
        ripe = cell == TREES[self.ripe[lanes]][:, None]
        together = cell[:, 0] == cell[:, 1]
        return [np.stack([cell[:, i] / LAST_CELL, ripe[:, i], together], axis=1) for i in range(2)]

    def states(self, lanes: npt.NDArray[np.int64]) -> npt.ArrayLike:
        """Both cells, and which tree is ripe."""
        return np.concatenate([self.cell[lanes] / LAST_CELL, np.eye(len(TREES))[self.ripe[lanes]]], axis=1)

    def legals(self, lanes: npt.NDArray[np.int64]) -> Sequence[npt.ArrayLike]:
        """One walks to where one is not, and shakes where a tree is."""
        masks = []
        for i in range(2):
            here = self.cell[lanes, i][:, None] == TREES  # [k, tree]
            always = np.ones((len(lanes), 1), np.bool_)
            masks.append(np.concatenate([~here, always, here.any(axis=1, keepdims=True)], axis=1))
        return masks


def choose(observation: npt.NDArray[np.float32]) -> int:
    """What somebody who knows the world does: looks at one tree after the other, and waits at the ripe one."""
    cell, ripe, together = round(float(observation[0]) * LAST_CELL), observation[1] == 1, observation[2] == 1
    if ripe:
        return SHAKE if together else WAIT
    trees = TREES.tolist()
    return (trees.index(cell) + 1) % len(trees) if cell in trees else 0


def main(target: str, lanes: int = 8, episodes: int = 40) -> float:
    """Plays by the script, and gives the mean return."""
    with (
        macenv.connect(target) as client,
        client.create_session("foragers", lanes=lanes, seeds=7) as session,
    ):
        events = session.step()
        returns: list[float] = []
        while len(returns) < episodes:
            rows, seats = events.due()
            actions = [choose(events.observation(row, seat)) for row, seat in zip(rows, seats, strict=True)]
            events = session.step(events.decide(actions))
            returns += [ended.total_reward for ended in events.ended]
        mean = float(np.mean(returns[:episodes]))
        print(f"{episodes} episodes, mean return {mean:.2f}")
        return mean


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with host.serve(Foragers) as hosted, macenv.serve(environment_hosts=[hosted]) as server:
            main(server.target)
