"""What the adapters share: lanes that are begun by hand, and spaces made of specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from macenv.client import Client, Session, connect
from macenv.errors import error
from macenv.events import Decisions, Events
from macenv.options import Absence, ResetMode, View
from macenv.spec import TeamSpec, TensorSpec


class Game:
    """A session that is created when it is first begun, and its environment."""

    def __init__(
        self,
        client: Client | str,
        environment: str,
        *,
        settings: Mapping[str, Any] | None,
        gamma: float,
        view: View,
        lanes: int = 1,
        reset_mode: ResetMode = ResetMode.MANUAL,
        open_seats: Mapping[int, Absence] | None = None,
    ) -> None:
        """A client is the caller's to close; one made here, from an address, is closed with the game."""
        self._own_client = connect(client) if isinstance(client, str) else None
        self._client = self._own_client or client
        assert isinstance(self._client, Client)
        self.spec: TeamSpec = self._client.environment(environment, settings)
        self.open_seats = open_seats or {}
        self._wanted: dict[str, Any] = {
            "environment": environment,
            "settings": settings,
            "gamma": gamma,
            "view": view,
            "lanes": lanes,
            "reset_mode": reset_mode,
        }
        self._session: Session | None = None

    def begin(self, seeds: Sequence[int]) -> Events:
        """Begins new episodes in all lanes: with these lane seeds, or going on with the seeds there are. START rows."""
        if self._session is None:
            assert isinstance(self._client, Client)
            self._session = self._client.create_session(seeds=seeds, open_seats=self.open_seats, **self._wanted)
        else:
            self._session.reset(range(self._wanted["lanes"]) if seeds else (), seeds)
        return self._checked(self._session.step())

    def step(self, decisions: Decisions) -> Events:
        """What follows decisions."""
        if self._session is None:
            raise gymnasium.error.ResetNeeded("step before reset (expected: reset() first)")
        return self._checked(self._session.step(decisions))

    def close(self) -> None:
        """Ends the session."""
        if self._session is not None:
            self._session.close()
            self._session = None
        if self._own_client is not None:
            self._own_client.close()

    @staticmethod
    def _checked(events: Events) -> Events:
        if events.faults:
            raise error(events.faults[0].failure)
        return events


def box(tensor: TensorSpec, *leading: int) -> gymnasium.spaces.Box:
    """The space of a tensor; with leading dimensions, of several."""
    shape = (*leading, *tensor.shape)
    if np.issubdtype(tensor.dtype, np.floating):
        lowest: Any = -np.inf
        highest: Any = np.inf
    else:
        limits = np.iinfo(tensor.dtype)
        lowest, highest = limits.min, limits.max
    low = np.broadcast_to(lowest if tensor.low is None else tensor.low, shape).astype(tensor.dtype)
    high = np.broadcast_to(highest if tensor.high is None else tensor.high, shape).astype(tensor.dtype)
    return gymnasium.spaces.Box(low, high, shape, tensor.dtype.type)


def held(events: Events, row: int, seat: int) -> npt.NDArray[Any]:
    """The agent's macro-observation, as an array of its own: callers of the adapters may change it."""
    return np.array(events.observation(row, seat))
