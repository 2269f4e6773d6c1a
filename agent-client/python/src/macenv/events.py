"""What happens: events as numpy columns that look into the server's answer, and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from macenv._wire import fields, packed
from macenv.errors import Failure, failure_of_status
from macenv.spec import TeamSpec
from macenv.v1 import event_pb2, session_pb2

Array = npt.NDArray[Any]


class EventKind(IntEnum):
    """Why a lane stopped. Treat a number that is not here like TICK_LIMIT: it asks for nothing."""

    START = 1
    DECISION = 2
    END_TERMINATED = 3
    END_TRUNCATED = 4
    TICK_LIMIT = 5
    FAULT = 6


class AgentStatus(IntEnum):
    """What happened to an agent. HIDDEN: the session may not see it."""

    HIDDEN = 0
    ONGOING = 1
    DONE = 2
    CUT = 3
    FAILED = 4
    FRESH = 5


class LaneState(IntEnum):
    """Where a lane stands."""

    UNSPECIFIED = 0
    IDLE = 1
    AWAITING = 2
    RUNNING = 3
    PAUSED = 4
    FAULTED = 5


@dataclass(frozen=True)
class EpisodeStart:
    """An episode that began; `seed` is the one that the environment was reset with, 0 for others than the owner."""

    lane: int
    episode: int
    seed: int


@dataclass(frozen=True)
class EpisodeSummary:
    """An episode that ended.

    Its length in ticks, macro-actions begun by all, undiscounted and discounted sums of rewards.
    """

    lane: int
    episode: int
    seed: int
    ticks: int
    decisions: int
    total_reward: float
    discounted_reward: float
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class LaneFault:
    """A lane whose environment failed, at its last good tick."""

    lane: int
    episode: int
    tick: int
    failure: Failure


class Decisions:
    """Macro-actions for pending seats: three columns of equal length. `action` -1 lets the seat's fallback decide.

    Nothing is checked here: the server checks a request as a whole, and refuses it as a whole.
    """

    __slots__ = ("action", "lane", "seat")

    def __init__(self, lane: npt.ArrayLike = (), seat: npt.ArrayLike = (), action: npt.ArrayLike = ()) -> None:
        """Columns: anything that numpy makes a vector of."""
        self.lane: list[int] = np.asarray(lane, np.int64).ravel().tolist()
        self.seat: list[int] = np.asarray(seat, np.int64).ravel().tolist()
        self.action: list[int] = np.asarray(action, np.int64).ravel().tolist()

    @staticmethod
    def of(decisions: Decisions | Iterable[tuple[int, int, int]]) -> Decisions:
        """From (lane, seat, action) triples."""
        if isinstance(decisions, Decisions):
            return decisions
        result = Decisions()
        for lane, seat, action in decisions:
            result.lane.append(int(lane))
            result.seat.append(int(seat))
            result.action.append(int(action))
        return result

    def __len__(self) -> int:
        return len(self.action)

    def __repr__(self) -> str:
        return f"Decisions({list(zip(self.lane, self.seat, self.action, strict=False))})"


class Events:
    """k rows, each a moment at which a lane stopped, ascending by lane, episode, tick and kind; n agents.

    The columns below are numpy arrays, read-only, and (but for the small columns lane, episode, tick, joint_tau) views
    of the answer's bytes: nothing is copied, and they live as long as anyone holds them. What belongs to agents that
    the session may not see is zero, with status HIDDEN.

    Attributes:
        spec: the environment
        rows: k
        lane, episode, tick: int64 [k]; which lane, number of its episode from 0, ticks since the episode began
        kind: uint8 [k], EventKind
        status: uint8 [k, n], AgentStatus
        observations: one array for each of spec.groups, [k, agents of the group, *observation shape]: what each agent
            holds
        legals: one bool array for each of spec.groups, [k, agents of the group, macro-actions]: what each may choose
        joint_reward, joint_tau: float64, int64 [k]; sum of gamma^j r_j over the tau ticks since the lane's previous row
        agent_reward, agent_tau: float64, uint32 [k, n]; the same since the agent's own macro-action began
        absent: bool [k, n]: the macro-action was chosen by the server because the player was absent
        started, ended, faults: one entry for each START, END and FAULT row, in row order
        lanes_running: lanes whose rows a later step collects (min_ready)
        lanes_waiting_for_others: lanes that wait for decisions of other players only

    """

    __slots__ = (
        "_current_action",
        "_macro_state",
        "_pending",
        "_reward_trace",
        "_seats",
        "_state",
        "absent",
        "agent_reward",
        "agent_tau",
        "ended",
        "episode",
        "faults",
        "joint_reward",
        "joint_tau",
        "kind",
        "lane",
        "lanes_running",
        "lanes_waiting_for_others",
        "legals",
        "observations",
        "rows",
        "spec",
        "started",
        "status",
        "tick",
    )

    def __init__(self, spec: TeamSpec, seats: Sequence[int], data: bytes, begin: int = 0, end: int = 0) -> None:
        """Rows of the EventBatch at data[begin:end].

        Raises:
            ValueError: if a column has another length than the protocol says

        """
        self.spec = spec
        self._seats = seats
        self._pending: Array | None = None
        self.lanes_running = 0
        self.lanes_waiting_for_others = 0
        self.started: list[EpisodeStart] = []
        self.ended: list[EpisodeSummary] = []
        self.faults: list[LaneFault] = []

        rows = 0
        place: dict[int, tuple[int, int]] = {}
        groups: list[tuple[int, int]] = []
        for number, at, to in fields(data, begin, end):
            if number == 1:
                rows = at
            elif number == 7:
                groups.append((at, to))
            elif number == 17:
                self.ended.append(_summary(data[at:to]))
            elif number == 18:
                self.faults.append(_fault(data, at, to))
            elif number == 19:
                start = event_pb2.EpisodeStart.FromString(data[at:to])
                self.started.append(EpisodeStart(start.lane, start.episode, start.seed))
            elif to >= 0:
                place[number] = (at, to)
        self.rows = rows
        n = spec.size

        def column(number: int) -> Array:
            at, to = place.get(number, (0, 0))
            values = packed(data, at, to)
            if len(values) != rows:
                raise ValueError(f"{_NAMES[number]}: length {len(values)} (expected: {rows})")
            values.flags.writeable = False
            return values

        def slab(number: int, dtype: str, shape: tuple[int, ...]) -> Array:
            return _view(data, place.get(number, (0, 0)), np.dtype(dtype), shape, _NAMES[number])

        def optional(number: int, dtype: Any, shape: tuple[int, ...]) -> Array | None:
            if number not in place and rows:
                return None
            return _view(data, place.get(number, (0, 0)), np.dtype(dtype), shape, _NAMES[number])

        self.lane = column(2)
        self.episode = column(3)
        self.tick = column(4)
        self.joint_tau = column(9)
        self.kind = slab(5, "u1", (rows,))
        self.status = slab(6, "u1", (rows, n))
        self.joint_reward = slab(8, "<f8", (rows,))
        self.agent_reward = slab(10, "<f8", (rows, n))
        self.agent_tau = slab(11, "<u4", (rows, n))
        absent = optional(16, "?", (rows, n))
        self.absent: Array = np.zeros((rows, n), bool) if absent is None else absent
        self.observations, self.legals = _group_slabs(spec, rows, data, groups)
        state = spec.state
        self._state = optional(12, state.dtype, (rows, *state.shape))
        self._macro_state = optional(13, state.dtype, (rows, n, *state.shape))
        self._current_action = optional(14, "<i4", (rows, n))
        self._reward_trace = optional(15, "<f8", (int(self.joint_tau.sum()),))

    @property
    def pending(self) -> Array:
        """Bool [k, n]: the agent owes a decision before its lane's clock can move (whoever plays it)."""
        if self._pending is None:
            asks = (self.kind == EventKind.START) | (self.kind == EventKind.DECISION)
            self._pending = asks[:, None] & _NEW_OBSERVATION[np.minimum(self.status, 7)]
        return self._pending

    def due(self) -> tuple[Array, Array]:
        """Rows and seats of the decisions that this session owes, [m] each, ascending by row, then seat."""
        rows, seats = np.nonzero(self.pending)
        if len(self._seats) < self.spec.size:
            own = np.isin(seats, self._seats)
            rows, seats = rows[own], seats[own]
        return rows, seats

    def decide(self, actions: npt.ArrayLike) -> Decisions:
        """Decisions for all that is due.

        Args:
            actions: [k, n], of which the entries that are due are taken; or [m], one for each of `due()`

        """
        rows, seats = self.due()
        chosen = np.asarray(actions)
        if chosen.ndim == 2:
            chosen = chosen[rows, seats]
        if chosen.shape != rows.shape:
            raise ValueError(f"actions: shape {chosen.shape} (expected: {rows.shape} or {(self.rows, self.spec.size)})")
        return Decisions(self.lane[rows], seats, chosen)

    def observation(self, row: int, seat: int) -> Array:
        """The macro-observation that the agent holds: a view of observation shape."""
        agent = self.spec.agents[seat]
        view: Array = self.observations[agent.group][row, agent.rank]
        return view

    def legal(self, row: int, seat: int) -> Array:
        """Bool [macro-actions]: what the agent may choose; if it is not pending: as of when it last could."""
        agent = self.spec.agents[seat]
        view: Array = self.legals[agent.group][row, agent.rank]
        return view

    @property
    def state(self) -> Array:
        """The global state, [k, *state shape]. Needs View.state."""
        return _granted(self._state, "state")

    @property
    def macro_state(self) -> Array:
        """Each agent's macro-state, the state when it last received a macro-observation, [k, n, *state shape].

        Needs View.macro_state.
        """
        return _granted(self._macro_state, "macro_state")

    @property
    def current_action(self) -> Array:
        """The macro-actions in force on the last tick, int32 [k, n]; -1 at a START. Needs View.current_actions."""
        return _granted(self._current_action, "current_actions")

    def reward_trace(self, row: int) -> Array:
        """The joint reward of each of the joint_tau ticks since the lane's previous row, [joint_tau].

        Needs View.reward_trace.
        """
        end = int(self.joint_tau[: row + 1].sum())
        begin = end - int(self.joint_tau[row])
        if begin == end:
            return np.zeros(0)
        return _granted(self._reward_trace, "reward_trace")[begin:end]

    def __len__(self) -> int:
        return self.rows

    def __repr__(self) -> str:
        rows = zip(self.lane.tolist(), self.episode.tolist(), self.tick.tolist(), self.kind.tolist(), strict=True)
        text = (f"lane {lane} episode {episode} tick {tick} {_kind_name(kind)}" for lane, episode, tick, kind in rows)
        return f"Events[{', '.join(text)}]"

    @staticmethod
    def of_step(spec: TeamSpec, seats: Sequence[int], data: bytes) -> tuple[int, Failure | None, Events | None]:
        """Reads a StepResponse: its step_id, and either a failure or events."""
        step_id, failure, batch, running, waiting = 0, None, (0, 0), 0, 0
        for number, at, to in fields(data, 0, len(data)):
            if number == 1:
                step_id = at
            elif number == 2:
                failure = failure_of_status(data[at:to])
            elif number == 3:
                batch = (at, to)
            elif number == 4:
                running = at
            elif number == 5:
                waiting = at
        if failure is not None:
            return step_id, failure, None
        events = Events(spec, seats, data, *batch)
        events.lanes_running = running
        events.lanes_waiting_for_others = waiting
        return step_id, None, events

    @staticmethod
    def of_watch(spec: TeamSpec, seats: Sequence[int], data: bytes) -> tuple[Events, int, int]:
        """Reads a WatchResponse: its events, dropped_rows and state."""
        batch, dropped, state = (0, 0), 0, 0
        for number, at, to in fields(data, 0, len(data)):
            if number == 1:
                batch = (at, to)
            elif number == 2:
                dropped = at
            elif number == 3:
                state = at
        return Events(spec, seats, data, *batch), dropped, state


class MacroObservations:
    """What the agents hold now: k rows, one for each lane asked for, ascending by lane. numpy columns, read-only.

    Attributes:
        rows, lane, episode, tick, status, observations, legals: as in Events
        lane_state: uint8 [k], LaneState
        pending: bool [k, n]: the seat owes a decision now
        current_action: int32 [k, n]: the current macro-action; -1 if there is none yet, or it may not be seen

    """

    def __init__(self, spec: TeamSpec, data: bytes) -> None:
        """From an encoded GetMacroObservationResponse."""
        message = session_pb2.GetMacroObservationResponse.FromString(data)
        rows, n = message.rows, spec.size
        self.spec = spec
        self.rows = rows
        self.lane = np.array(message.lane, np.int64)
        self.episode = np.array(message.episode, np.int64)
        self.tick = np.array(message.tick, np.int64)
        self.lane_state = np.frombuffer(message.lane_state, np.uint8)
        self.status = np.frombuffer(message.status, np.uint8).reshape(rows, n)
        self.pending = np.frombuffer(message.pending, np.bool_).reshape(rows, n)
        self.current_action = np.frombuffer(message.current_action, "<i4").reshape(rows, n)
        places = [(at, to) for number, at, to in fields(data, 0, len(data)) if number == 8]
        self.observations, self.legals = _group_slabs(spec, rows, data, places)

    def observation(self, row: int, seat: int) -> Array:
        """As Events.observation."""
        agent = self.spec.agents[seat]
        view: Array = self.observations[agent.group][row, agent.rank]
        return view

    def legal(self, row: int, seat: int) -> Array:
        """As Events.legal."""
        agent = self.spec.agents[seat]
        view: Array = self.legals[agent.group][row, agent.rank]
        return view


class MacroStates:
    """The macro-states now: k rows, one for each lane asked for, ascending by lane. numpy columns, read-only.

    Attributes:
        rows, lane, episode, tick: as in Events
        macro_state: [k, n, *state shape]; a row of it, read as one vector, is the joint macro-state
        state: [k, *state shape], or None without View.state

    """

    def __init__(self, spec: TeamSpec, data: bytes) -> None:
        """From an encoded GetMacroStateResponse."""
        message = session_pb2.GetMacroStateResponse.FromString(data)
        rows, state = message.rows, spec.state
        self.rows = rows
        self.lane = np.array(message.lane, np.int64)
        self.episode = np.array(message.episode, np.int64)
        self.tick = np.array(message.tick, np.int64)
        self.macro_state = np.frombuffer(message.macro_state, state.dtype).reshape(rows, spec.size, *state.shape)
        self.state = np.frombuffer(message.state, state.dtype).reshape(rows, *state.shape) if message.state else None


# By field number of EventBatch.
_NAMES = {
    2: "lane",
    3: "episode",
    4: "tick",
    5: "kind",
    6: "status",
    8: "joint_reward",
    9: "joint_tau",
    10: "agent_reward",
    11: "agent_tau",
    12: "state",
    13: "macro_state",
    14: "current_action",
    15: "reward_trace",
    16: "absent",
}

# By AgentStatus; what is not known asks for nothing.
_NEW_OBSERVATION = np.array([False, False, True, False, True, True, False, False])


def _view(data: bytes, place: tuple[int, int], dtype: np.dtype[Any], shape: tuple[int, ...], name: str) -> Array:
    begin, end = place
    count = 1
    for extent in shape:
        count *= extent
    if end - begin != count * dtype.itemsize:
        raise ValueError(f"{name}: {end - begin} bytes (expected: {count * dtype.itemsize})")
    return np.frombuffer(data, dtype, count, begin if count else 0).reshape(shape)


def _group_slabs(
    spec: TeamSpec, rows: int, data: bytes, places: Sequence[tuple[int, int]]
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    observations, legals = [], []
    for g, group in enumerate(spec.groups):
        observation = legal = (0, 0)
        if g < len(places):
            for number, at, to in fields(data, *places[g]):
                if number == 1:
                    observation = (at, to)
                elif number == 2:
                    legal = (at, to)
        size, shape = len(group.seats), group.observation
        observations.append(
            _view(data, observation, shape.dtype, (rows, size, *shape.shape), f"groups[{g}].observation")
        )
        legals.append(_view(data, legal, np.dtype(np.bool_), (rows, size, group.action_count), f"groups[{g}].legal"))
    return tuple(observations), tuple(legals)


def _granted(column: Array | None, name: str) -> Array:
    if column is None:
        raise LookupError(f"{name}: not received (expected: a session created with View({name}=True))")
    return column


def _summary(data: bytes) -> EpisodeSummary:
    m = event_pb2.EpisodeSummary.FromString(data)
    return EpisodeSummary(
        m.lane, m.episode, m.seed, m.ticks, m.decisions, m.total_reward, m.discounted_reward, dict(m.metrics)
    )


def _fault(data: bytes, begin: int, end: int) -> LaneFault:
    lane, episode, tick, failure = 0, 0, 0, Failure("INTERNAL", "")
    for number, at, to in fields(data, begin, end):
        if number == 1:
            lane = at
        elif number == 2:
            episode = at
        elif number == 3:
            tick = at
        elif number == 4:
            failure = failure_of_status(data[at:to])
    return LaneFault(lane, episode, tick, failure)


def _kind_name(kind: int) -> str:
    return EventKind(kind).name if kind in EventKind._value2member_map_ else str(kind)
