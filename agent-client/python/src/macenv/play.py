"""Playing whole episodes with a policy, and a digest that tells whether two sessions went the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

import numpy as np

from macenv._calls import SessionValues
from macenv.client import Session
from macenv.events import Decisions, EpisodeSummary, EventKind, Events
from macenv.options import ResetMode
from macenv.spec import TeamSpec


class Policy(Protocol):
    """Chooses macro-actions."""

    def choose(self, events: Events, row: int, seat: int) -> int:
        """A legal macro-action for an agent that is pending. Called in row order, then in order of seat."""
        ...


class RandomPolicy:
    """Chooses uniformly among the legal macro-actions, with one draw of the generator for every choice."""

    def __init__(self, random: np.random.Generator) -> None:
        """From a seeded generator: `numpy.random.default_rng(1)`."""
        self._random = random

    def choose(self, events: Events, row: int, seat: int) -> int:
        """See Policy."""
        legal = np.flatnonzero(events.legal(row, seat))
        return int(legal[self._random.integers(len(legal))])


def turn(session: SessionValues, policy: Policy, events: Events) -> tuple[Decisions, list[int]]:
    """What to answer events with: decisions for all that is due, and lanes to reset before they are sent."""
    decisions = Decisions()
    for row, seat in zip(*events.due(), strict=True):
        decisions.lane.append(int(events.lane[row]))
        decisions.seat.append(int(seat))
        decisions.action.append(policy.choose(events, int(row), int(seat)))
    over = events.kind == EventKind.FAULT
    if session.reset_mode is ResetMode.MANUAL:
        over |= (events.kind == EventKind.END_TERMINATED) | (events.kind == EventKind.END_TRUNCATED)
    return decisions, events.lane[over].tolist()


class EpisodeLoop:
    """Lets a policy play the seats of a session. Not thread-safe.

    The whole of it::

        events = session.step()
        while ...:
            actions = [policy.choose(events, row, seat) for row, seat in zip(*events.due())]
            events = session.step(events.decide(actions))
    """

    def __init__(self, session: Session, policy: Policy, listener: Callable[[Events], None] | None = None) -> None:
        """A loop; the listener is handed everything that happens, before the policy sees it."""
        self._session = session
        self._policy = policy
        self._listener = listener
        self._decisions = Decisions()

    def play(self, episodes: int) -> list[EpisodeSummary]:
        """Plays until this many episodes have ended, over all lanes together; with several lanes it may be a few more.

        Lanes in the middle of an episode stay there: a second call goes on with them. Lanes that fail are reset.
        """
        ended: list[EpisodeSummary] = []
        while len(ended) < episodes:
            events = self._session.step(self._decisions)
            if self._listener is not None:
                self._listener(events)
            ended += events.ended
            self._decisions, to_reset = turn(self._session, self._policy, events)
            if to_reset:
                self._session.reset(to_reset)
        return ended


class TrajectoryDigest:
    """A hash of everything that happened, lane by lane: equal to that of the Java client's class of this name.

    It does not depend on how rows were divided among answers, nor on how lanes interleave. Give it to EpisodeLoop as
    the listener. Not thread-safe.
    """

    def __init__(self, lanes: int, episodes: int | None = None) -> None:
        """A digest of lanes 0..lanes-1, of all episodes or of the first so many; what comes later does not count."""
        self._lanes = [hashlib.sha256() for _ in range(lanes)]
        self._complete = [False] * lanes
        self._episodes = episodes

    def __call__(self, events: Events) -> None:
        """Adds rows; those of one lane must come in their order."""
        rows = _rows(events)
        for r in range(events.rows):
            lane, episode = int(events.lane[r]), int(events.episode[r])
            if self._episodes is None or episode < self._episodes:
                self._lanes[lane].update(rows[r].tobytes())
            if self._episodes is not None and episode == self._episodes - 1:
                self._complete[lane] |= events.kind[r] in (EventKind.END_TERMINATED, EventKind.END_TRUNCATED)

    @property
    def complete(self) -> bool:
        """True if the last episode that counts has ended in every lane."""
        return all(self._complete)

    def lane(self, lane: int) -> str:
        """The hash of a lane so far, 64 hexadecimal digits."""
        return self._lanes[lane].hexdigest()

    def all(self) -> str:
        """One hash for all lanes together."""
        return hashlib.sha256(b"".join(lane.digest() for lane in self._lanes)).hexdigest()


def _rows(events: Events) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """The rows as records of big-endian numbers."""
    records = np.zeros(events.rows, _record(events.spec))
    known = (events.kind >= 1) & (events.kind <= 6)
    records["episode"] = events.episode
    records["tick"] = events.tick
    records["kind"] = np.where(known, events.kind, EventKind.TICK_LIMIT)
    records["joint_reward"] = events.joint_reward
    records["joint_tau"] = events.joint_tau
    for seat, agent in enumerate(events.spec.agents):
        records[f"status{seat}"] = events.status[:, seat]
        records[f"reward{seat}"] = events.agent_reward[:, seat]
        records[f"tau{seat}"] = events.agent_tau[:, seat]
        observation = events.observations[agent.group][:, agent.rank]
        records[f"observation{seat}"] = observation.reshape(events.rows, -1)
        records[f"legal{seat}"] = events.legals[agent.group][:, agent.rank]
    return records


def _record(spec: TeamSpec) -> np.dtype[np.void]:
    columns: list[tuple[str, str] | tuple[str, str, tuple[int, ...]]] = [
        ("episode", ">i4"),
        ("tick", ">i4"),
        ("kind", "u1"),
        ("joint_reward", ">f8"),
        ("joint_tau", ">i4"),
    ]
    for seat in range(spec.size):
        columns += [
            (f"status{seat}", "u1"),
            (f"reward{seat}", ">f8"),
            (f"tau{seat}", ">i4"),
            (f"observation{seat}", ">f4", (spec.observation(seat).size,)),
            (f"legal{seat}", "u1", (spec.action_count(seat),)),
        ]
    return np.dtype(columns)
