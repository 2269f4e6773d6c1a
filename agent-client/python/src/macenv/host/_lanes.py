"""The lanes of one session: runs them from event to event, all that can go together in one call of the author's."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from macenv.host.environment import Array, Environment, Indices
from macenv.v1 import host_pb2

MAX_MACRO_TICKS_WITHOUT_HORIZON = 10_000

_log = logging.getLogger("macenv.host")
_T = TypeVar("_T")


class Shape:
    """The sizes of an environment."""

    def __init__(self, kind: type[Environment]) -> None:
        self.kind = kind
        self.agents = len(kind.agents)
        self.observations = [sum(label.size for label in agent.observation) for agent in kind.agents]
        self.actions = [len(agent.macro_actions) for agent in kind.agents]
        self.state = sum(label.size for label in kind.state_labels)
        self.horizon = kind.horizon or np.iinfo(np.int64).max
        self.seats = np.arange(self.agents)
        # [agent, macro-action]
        self.least = np.zeros((self.agents, max(self.actions)), np.int64)
        self.most = np.zeros_like(self.least)
        for seat, agent in enumerate(kind.agents):
            for index, action in enumerate(agent.macro_actions):
                self.least[seat, index] = action.min_ticks
                self.most[seat, index] = action.max_ticks


class _Batch:
    """An object of the author's class, and what is known of its lanes."""

    def __init__(self, shape: Shape, size: int) -> None:
        self.environment = shape.kind(size)
        self.environment.random = [np.random.default_rng(0)] * size
        self.size = size
        self.free = list(range(size - 1, -1, -1))
        self.spoiled = False  # its code has raised; nothing new begins here
        self.actions = np.full((size, shape.agents), -1, np.int64)
        self.ticks = np.zeros((size, shape.agents), np.int64)  # that the macro-action has been in effect
        self.ended = np.ones((size, shape.agents), np.bool_)
        self.tick = np.zeros(size, np.int64)
        self.terminated = np.zeros(size, np.bool_)
        self.held = [np.zeros((size, entries)) for entries in shape.observations]
        self.masks = [np.ones((size, actions), np.bool_) for actions in shape.actions]


class _Work:
    """A task on its way."""

    def __init__(self, task: host_pb2.Task) -> None:
        self.task = task
        self.outcome = host_pb2.Outcome(lane=task.lane)
        self.batch: _Batch | None = None
        self.index = -1
        self.stretch = 0
        self.left = 0
        self.rewards: list[float] = []
        self.event = False  # whether the last tick brought one

    @property
    def failed(self) -> bool:
        return self.outcome.failure != ""

    def fail(self, why: str) -> None:
        self.outcome.failure = why or "failed without a word"


class Lanes:
    """All lanes of one session, by the server's numbers. Used by one thread at a time."""

    def __init__(self, shape: Shape, expected: int = 1) -> None:
        """Makes room for so many lanes in the same object, so that they can advance together."""
        self._shape = shape
        self._expected = expected
        self._batches: list[_Batch] = []
        self._places: dict[int, tuple[_Batch, int]] = {}

    def run(self, request: host_pb2.RunRequest) -> list[host_pb2.Outcome]:
        """Carries out all tasks, and says what came of each."""
        for lane in request.released:
            self._release(lane)
        works = [_Work(task) for task in request.tasks]
        self._place(works)
        fresh = [work for work in works if work.task.HasField("seed") and not work.failed]
        self._begin(fresh, [work.task.seed for work in fresh])
        for batch, group in _by_batch(works):
            self._run(batch, group)
        for batch, group in _by_batch(works):
            self._finish(batch, group, "row")
        over = [work for work in works if not work.failed and work.task.HasField("next_seed") and self._over(work)]
        self._begin(over, [work.task.next_seed for work in over])
        for batch, group in _by_batch(over):
            self._finish(batch, group, "next_start")
        for work in works:
            work.outcome.rewards.extend(work.rewards)
        return [work.outcome for work in works]

    # ---------------------------------------------------------------------------------------------- places

    def _place(self, works: Sequence[_Work]) -> None:
        homeless = []
        for work in works:
            lane = work.task.lane
            begins = work.task.HasField("seed")
            if begins and lane in self._places and self._places[lane][0].spoiled:
                self._release(lane)
            if lane in self._places:
                work.batch, work.index = self._places[lane]
            elif begins:
                homeless.append(work)
            else:
                work.fail(f"lane {lane} has no episode here (expected: a seed first)")
        for work in homeless:
            batch = next((one for one in self._batches if one.free and not one.spoiled), None)
            if batch is None:
                try:
                    batch = self._make(max(self._expected, len(homeless)))
                except Exception as problem:
                    work.fail(self._told("__init__", problem))
                    continue
            work.batch, work.index = batch, batch.free.pop()
            self._places[work.task.lane] = work.batch, work.index

    def _make(self, size: int) -> _Batch:
        batch = _Batch(self._shape, size)
        self._batches.append(batch)
        return batch

    def _release(self, lane: int) -> None:
        batch, index = self._places.pop(lane, (None, -1))
        if batch is not None:
            batch.free.append(index)
            if batch.spoiled and len(batch.free) == batch.size:
                self._batches.remove(batch)

    # ---------------------------------------------------------------------------------------------- the author's code

    def _call(self, name: str, batch: _Batch, works: Sequence[_Work], call: Callable[[], _T]) -> _T | None:
        """What the author's method gives; None if it raised, and then these lanes have failed."""
        try:
            return call()
        except Exception as problem:
            batch.spoiled = True
            why = self._told(name, problem)
            for work in works:
                work.fail(why)
            return None

    def _told(self, name: str, problem: Exception) -> str:
        """The last line of the traceback, and where in the author's code that was; all of it goes to the log."""
        place = f"{name} of {self._shape.kind.__name__}"
        _log.error("%s failed", place, exc_info=problem)
        line = traceback.format_exception_only(problem)[-1].strip()
        theirs = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename != __file__]
        where = f", {Path(theirs[-1].filename).name}:{theirs[-1].lineno}" if theirs else ""
        return f"{line} ({place}{where})"

    def _begin(self, works: Sequence[_Work], seeds: Sequence[int]) -> None:
        seed_of = {id(work): seed for work, seed in zip(works, seeds, strict=True)}
        for batch, group in _by_batch(works):
            indices = _indices(group)
            for work in group:
                batch.environment.random[work.index] = np.random.Generator(np.random.PCG64(seed_of[id(work)]))
            batch.actions[indices] = -1
            batch.ticks[indices] = 0
            batch.ended[indices] = True
            batch.tick[indices] = 0
            batch.terminated[indices] = False

            def reset(batch: _Batch = batch, indices: Indices = indices) -> bool:
                batch.environment.reset(indices.copy())
                return True

            if self._call("reset", batch, group, reset):
                self._observe(batch, group)

    def _observe_tick(self, batch: _Batch, works: Sequence[_Work]) -> None:
        """As `_observe`, after a tick. It is lost if nobody can see what came of it."""
        self._observe(batch, works)
        for work in works:
            if work.failed:
                del work.rewards[-1:]

    def _observe(self, batch: _Batch, works: Sequence[_Work]) -> None:
        """Has the agents whose macro-action ended see, and be told what they may do."""
        indices = _indices(works)
        k = len(works)

        def look() -> tuple[list[Array], list[Array] | None]:
            shape = self._shape
            seen = batch.environment.observations(indices.copy())
            _require_one_each("observations", len(seen), shape.agents)
            masks = batch.environment.legals(indices.copy())
            observations = [
                _floats(f"observations[{seat}]", values, (k, shape.observations[seat]))
                for seat, values in enumerate(seen)
            ]
            if masks is None:
                return observations, None
            _require_one_each("legals", len(masks), shape.agents)
            legals = [_flags(f"legals[{seat}]", values, (k, shape.actions[seat])) for seat, values in enumerate(masks)]
            for seat, legal in enumerate(legals):
                stuck = batch.ended[indices, seat] & ~legal.any(axis=1) & ~self._ends(batch, indices)
                if stuck.any():
                    raise ValueError(
                        f"legals[{seat}]: no macro-action (expected: at least one for an agent that decides)"
                    )
            return observations, legals

        looked = self._call("observations and legals", batch, works, look)
        if looked is None:
            return
        observations, legals = looked
        for seat in range(self._shape.agents):
            ended = batch.ended[indices, seat]
            batch.held[seat][indices[ended]] = observations[seat][ended]
            batch.masks[seat][indices[ended]] = True if legals is None else legals[seat][ended]

    def _run(self, batch: _Batch, works: Sequence[_Work]) -> None:
        running = [work for work in works if self._next_stretch(batch, work)]
        while running:
            running = self._tick(batch, running)

    def _next_stretch(self, batch: _Batch, work: _Work) -> bool:
        """Has the pending agents take up what they are told to; whether there is anything to run."""
        if work.failed or work.stretch == len(work.task.stretches):
            return False
        stretch = work.task.stretches[work.stretch]
        work.stretch += 1
        work.rewards = []
        work.event = False
        index = work.index
        told = list(stretch.macro_actions)
        if self._ends(batch, np.array([index]))[0] or stretch.max_ticks < 1 or len(told) != self._shape.agents:
            work.fail(
                f"lane {work.task.lane}: {len(told)} macro-actions for {stretch.max_ticks} ticks after the end or of "
                f"another team (expected: {self._shape.agents}, while an episode goes on)"
            )
            return False
        for seat, action in enumerate(told):
            if batch.ended[index, seat]:
                if not 0 <= action < self._shape.actions[seat] or not batch.masks[seat][index, action]:
                    work.fail(
                        f"lane {work.task.lane}, tick {batch.tick[index]}: macro-action {action} of agent {seat} "
                        "(expected: a legal one; an episode that is done again must come to the same choices)"
                    )
                    return False
                batch.actions[index, seat] = action
                batch.ticks[index, seat] = 0
        work.left = stretch.max_ticks
        return True

    def _tick(self, batch: _Batch, works: list[_Work]) -> list[_Work]:
        """Advances these lanes by one tick; those that go on."""
        indices = _indices(works)
        k, n = len(works), self._shape.agents

        def step() -> tuple[Array, Array, Array]:
            actions, ticks = batch.actions[indices], batch.ticks[indices]
            tick = batch.environment.step(indices.copy(), actions.copy(), ticks.copy())
            rewards = _floats("rewards", tick.rewards, (k,))
            ended = _flags("ended", tick.ended, (k, n))
            terminated = _flags("terminated", tick.terminated, (k,))
            self._require_durations(actions, ticks + 1, ended)
            return rewards, ended, terminated

        stepped = self._call("step", batch, works, step)
        if stepped is None:
            return []
        rewards, ended, terminated = stepped
        batch.ticks[indices] += 1
        batch.tick[indices] += 1
        batch.ended[indices] = ended
        batch.terminated[indices] = terminated
        events = ended.any(axis=1) | self._ends(batch, indices)
        onward, again = [], []
        for work, reward, event in zip(works, rewards.tolist(), events.tolist(), strict=True):
            work.rewards.append(reward)
            work.left -= 1
            work.event = event
            if event or work.left == 0:
                if work.stretch < len(work.task.stretches):
                    again.append(work)
            else:
                onward.append(work)
        if seeing := [work for work in again if work.event]:
            self._observe_tick(batch, seeing)
        return onward + [work for work in again if self._next_stretch(batch, work)]

    def _require_durations(self, actions: Array, lasted: Array, ended: Array) -> None:
        shape = self._shape
        wrong = ended & ((lasted < shape.least[shape.seats, actions]) | (lasted > shape.most[shape.seats, actions]))
        if wrong.any():
            row, seat = (int(i) for i in np.argwhere(wrong)[0])
            action = shape.kind.agents[seat].macro_actions[actions[row, seat]]
            raise ValueError(
                f"ended: {action.name} of {shape.kind.agents[seat].name} after {lasted[row, seat]} ticks "
                f"(expected: {action.min_ticks} to {action.max_ticks})"
            )

    def _finish(self, batch: _Batch, works: Sequence[_Work], field: str) -> None:
        """Says where these lanes stand."""
        seeing = [work for work in works if work.event and field == "row"]
        if seeing:
            self._observe_tick(batch, seeing)
        works = [work for work in works if not work.failed]
        if not works:
            return
        indices = _indices(works)

        def look() -> Array:
            return _floats("states", batch.environment.states(indices.copy()), (len(works), self._shape.state))

        states = self._call("states", batch, works, look)
        if states is None:
            for work in works:
                if field == "row":
                    del work.rewards[-1:]
            return
        for position, work in enumerate(works):
            index = work.index
            row: host_pb2.Row = getattr(work.outcome, field)
            row.tick = int(batch.tick[index])
            row.ended = batch.ended[index].tobytes()
            row.observations = b"".join(held[index].astype("<f8", copy=False).tobytes() for held in batch.held)
            row.legal = b"".join(mask[index].tobytes() for mask in batch.masks)
            row.state = states[position].astype("<f8", copy=False).tobytes()
            if field == "row":
                work.outcome.terminated = bool(batch.terminated[index])

    def _ends(self, batch: _Batch, indices: Indices) -> npt.NDArray[np.bool_]:
        over: npt.NDArray[np.bool_] = batch.terminated[indices] | (batch.tick[indices] >= self._shape.horizon)
        return over

    def _over(self, work: _Work) -> bool:
        return work.batch is not None and bool(self._ends(work.batch, np.array([work.index]))[0])


def _by_batch(works: Iterable[_Work]) -> list[tuple[_Batch, list[_Work]]]:
    groups: dict[int, tuple[_Batch, list[_Work]]] = {}
    for work in works:
        if work.batch is not None and not work.failed:
            groups.setdefault(id(work.batch), (work.batch, []))[1].append(work)
    return list(groups.values())


def _indices(works: Sequence[_Work]) -> Indices:
    return np.array([work.index for work in works], np.int64)


def _require_one_each(name: str, given: int, agents: int) -> None:
    if given != agents:
        raise ValueError(f"{name}: {given} arrays (expected: one for each of the {agents} agents)")


def _shaped(name: str, array: Array, shape: tuple[int, ...]) -> Array:
    if array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape} (expected: {shape})")
    return array


def _floats(name: str, values: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    array = _shaped(name, np.asarray(values, np.float64), shape)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}[{', '.join(map(str, where))}]: {array[where]} (expected: a finite number)")
    return array


def _flags(name: str, values: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    array = _shaped(name, np.asarray(values), shape)
    if array.dtype != np.bool_ and not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name}: {array.dtype} other than 0 and 1 (expected: flags)")
    return array.astype(np.bool_, copy=False)
