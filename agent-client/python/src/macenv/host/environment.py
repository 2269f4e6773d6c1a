"""What an author writes: an environment as a class of numpy arrays over lanes."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Label:
    """A named run of entries in an observation or the state: how many, and the bounds that they keep."""

    name: str
    size: int = 1
    low: float = 0.0
    high: float = 1.0
    doc: str = ""


@dataclass(frozen=True)
class MacroAction:
    """One macro-action: its name, and the fewest and the most ticks that it can last when it ends by itself.

    `primitive`: it always lasts one tick and stands for one primitive action.
    """

    name: str
    min_ticks: int = 1
    max_ticks: int = 1
    doc: str = ""
    primitive: bool = False


@dataclass(frozen=True)
class Agent:
    """One agent: its name, its macro-actions in the order of their indices, the layout of its observation."""

    name: str
    macro_actions: Sequence[MacroAction]
    observation: Sequence[Label]


class Tick(NamedTuple):
    """What came of one tick in k lanes, for n agents."""

    rewards: npt.ArrayLike
    """[k], the team's."""
    ended: npt.ArrayLike
    """[k, n], whether the agent's macro-action ended with this tick."""
    terminated: npt.ArrayLike
    """[k], whether the task of the episode is over."""


class Environment(abc.ABC):
    """A MacDec-POMDP in many lanes at once. Its own lanes are numbered from 0; each is an episode of its own.

    The server keeps the clock and the horizon, says who has to decide, holds what agents saw last, and never sends a
    macro-action that is not legal. The environment says what a tick does and whose macro-action ends with it. An object
    is used by one thread at a time; each session has objects of its own.

    `lanes`, the first argument of every method, is the numbers of the k lanes concerned, [k], each once; what is taken
    and given has a row for each, in that order. The law of determinism: what comes of a lane depends on its seed and
    its macro-actions alone, so draw from `self.random[lane]` for that lane and from nothing else.
    """

    id: ClassVar[str]
    """Lower-case letters, digits and hyphens, starting with a letter; what clients ask for."""
    version: ClassVar[str] = "1"
    """To be changed whenever the same seed and macro-actions give another trajectory."""
    doc: ClassVar[str] = ""
    """What it is about; the first sentence is its summary."""
    agents: ClassVar[Sequence[Agent]]
    """The n agents, in seat order."""
    state_labels: ClassVar[Sequence[Label]]
    """The layout of the state."""
    horizon: ClassVar[int] = 0
    """Ticks after which the server truncates an episode; 0 means never."""
    deterministic: ClassVar[bool] = False
    """Whether the seed makes no difference."""
    max_macro_ticks: ClassVar[int] = 0
    """A macro-action that lasts longer is a fault. 0: the horizon, or 10,000 without one."""

    random: list[np.random.Generator]
    """Each lane's own generator; set before the first reset, seeded anew before each."""

    @abc.abstractmethod
    def __init__(self, lanes: int) -> None:
        """Makes room for this many lanes."""

    @abc.abstractmethod
    def reset(self, lanes: Indices) -> None:
        """Begins an episode in these lanes."""

    @abc.abstractmethod
    def step(self, lanes: Indices, actions: Indices, ticks: Indices) -> Tick:
        """Advances these lanes by one tick.

        Args:
            lanes: [k]
            actions: [k, n], the macro-action of every agent, those that go on included
            ticks: [k, n], for how many ticks it has been in effect before this one: 0 where it begins

        """

    @abc.abstractmethod
    def observations(self, lanes: Indices) -> Sequence[npt.ArrayLike]:
        """What each agent sees now: for each of the n agents [k, its number of entries]."""

    @abc.abstractmethod
    def states(self, lanes: Indices) -> npt.ArrayLike:
        """The state now, [k, S]."""

    def legals(self, lanes: Indices) -> Sequence[npt.ArrayLike] | None:
        """What each agent may choose now: for each of the n agents [k, its macro-actions]; None: everything."""
        return None
