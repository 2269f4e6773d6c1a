"""What an environment is, as its players see it.

The team, its macro-actions, the sizes of everything. Values; immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from macenv.v1 import spec_pb2

# By DataType: UNSPECIFIED, UINT8, INT32, INT64, FLOAT32, FLOAT64, BOOL.
_DTYPES = [None, "u1", "<i4", "<i8", "<f4", "<f8", "?"]


@dataclass(frozen=True)
class TensorSpec:
    """Shape, type and bounds of a tensor.

    `low` and `high` are None (no bound) or arrays that broadcast to `shape`. `labels` names ranges of the flattened
    elements.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    labels: Mapping[str, slice]
    low: npt.NDArray[Any] | None
    high: npt.NDArray[Any] | None

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    @staticmethod
    def of(message: spec_pb2.TensorSpec) -> TensorSpec:
        """From the wire."""
        dtype = np.dtype(_DTYPES[message.dtype] or "<f4")
        shape = tuple(message.shape)

        def bound(data: bytes) -> npt.NDArray[Any] | None:
            values = np.frombuffer(data, dtype)
            if len(values) == 0:
                return None
            return values.reshape(shape) if len(values) == np.prod(shape) else values.reshape(())

        labels = {label.name: slice(label.begin, label.end) for label in message.labels}
        return TensorSpec(dtype, shape, labels, bound(message.low), bound(message.high))


@dataclass(frozen=True)
class MacroAction:
    """One macro-action.

    `max_ticks` 0: only `TeamSpec.max_macro_ticks` bounds it. `primitive`: it always takes one tick.
    """

    name: str
    doc: str
    min_ticks: int
    max_ticks: int
    primitive: bool


@dataclass(frozen=True)
class Agent:
    """One agent: its name, its group, its place (`rank`) among the agents of the group, its macro-actions by id."""

    name: str
    group: int
    rank: int
    macro_actions: tuple[MacroAction, ...]


@dataclass(frozen=True)
class Group:
    """Agents whose observations and numbers of macro-actions agree: `seats`, ascending."""

    name: str
    seats: tuple[int, ...]
    observation: TensorSpec
    action_count: int


@dataclass(frozen=True)
class Setting:
    """A setting of the environment. `type` is "integer", "number", "boolean", "choice" or "string"."""

    name: str
    type: str
    default: float | bool | str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    doc: str


@dataclass(frozen=True)
class TeamSpec:
    """An environment under one set of settings.

    `agents[i]` has seat i. `horizon`: most ticks in an episode, 0 for no limit. `cooperative`: all agents share one
    reward. `fingerprint`: hash of everything that bears on trajectories and shapes. `settings`: the values in force.
    """

    environment: str
    version: str
    description: str
    fingerprint: str
    agents: tuple[Agent, ...]
    groups: tuple[Group, ...]
    state: TensorSpec
    horizon: int
    cooperative: bool
    deterministic: bool
    max_macro_ticks: int
    settings: Mapping[str, float | bool | str]
    setting_specs: tuple[Setting, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Number of agents, n."""
        return len(self.agents)

    def observation(self, seat: int) -> TensorSpec:
        """The agent's macro-observation."""
        return self.groups[self.agents[seat].group].observation

    def action_count(self, seat: int) -> int:
        """Number of the agent's macro-actions; their ids are 0..action_count-1."""
        return self.groups[self.agents[seat].group].action_count

    @staticmethod
    def of(message: spec_pb2.EnvSpec) -> TeamSpec:
        """From the wire."""
        seats: list[list[int]] = [[] for _ in message.groups]
        agents = []
        for seat, agent in enumerate(message.agents):
            actions = tuple(
                MacroAction(a.name, a.doc, a.min_ticks, a.max_ticks, a.primitive) for a in agent.macro_actions
            )
            agents.append(Agent(agent.name, agent.group, len(seats[agent.group]), actions))
            seats[agent.group].append(seat)
        groups = [
            Group(group.name, tuple(members), TensorSpec.of(group.observation), group.num_actions)
            for group, members in zip(message.groups, seats, strict=True)
        ]
        return TeamSpec(
            environment=message.id,
            version=message.version,
            description=message.description,
            fingerprint=message.fingerprint,
            agents=tuple(agents),
            groups=tuple(groups),
            state=TensorSpec.of(message.state),
            horizon=message.horizon,
            cooperative=message.cooperative,
            deterministic=message.features.deterministic,
            max_macro_ticks=message.features.max_macro_ticks,
            settings={name: _value(value) for name, value in message.config_values.fields.items()},
            setting_specs=tuple(_setting(s) for s in message.config),
        )


_SETTING_TYPES = ["", "integer", "number", "boolean", "choice", "string"]


def _setting(message: spec_pb2.ConfigField) -> Setting:
    return Setting(
        name=message.name,
        type=_SETTING_TYPES[message.type] if message.type < len(_SETTING_TYPES) else "",
        default=_value(message.default_value),
        minimum=message.minimum if message.HasField("minimum") else None,
        maximum=message.maximum if message.HasField("maximum") else None,
        choices=tuple(message.choices),
        doc=message.doc,
    )


def _value(message: Any) -> float | bool | str:
    value: float | bool | str = getattr(message, message.WhichOneof("kind"))
    return value
