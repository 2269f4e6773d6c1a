"""Gymnasium environments. Needs the package gymnasium (`pip install macenv[gymnasium]`).

- `MacroEnv`: one agent of a team as a semi-Markov decision process; the server plays the others.
- `MacroVectorEnv`: a whole team in many lanes at once, as arrays.

Time in them is counted in decisions; `info["tau"]` is how many ticks each took, and the discount of a step is
`gamma ** tau`. Seeds are lane seeds. Not thread-safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from macenv._game import Game, box, held
from macenv.client import Client
from macenv.events import Decisions, EventKind, Events
from macenv.options import Absence, ResetMode, View
from macenv.seeds import lane_seeds

Array = npt.NDArray[Any]
Dict = dict[str, Any]


class MacroEnv(gymnasium.Env[Array, np.int64]):
    """One agent. A step is one of its macro-actions: the reward is the discounted sum over its `info["tau"]` ticks.

    Observations are macro-observations; `info["action_mask"]` says which macro-actions are legal (int8). One that is
    not raises `macenv.BadAction`, and the episode goes on. Infos also have both clocks: `agent_reward`, `agent_tau`,
    `joint_reward`, `joint_tau`; and `status` and `tick`.

    Args:
        client: a client, or the address of a server
        environment: "id" or "id@version"
        seat: the agent's
        others: what the server does for the other seats; random legal macro-actions, drawn from the episode's seed,
            unless said otherwise
        settings: of the environment
        gamma: discount per tick within a reward

    """

    def __init__(
        self,
        client: Client | str,
        environment: str,
        *,
        seat: int = 0,
        others: Absence = Absence("random_legal"),  # noqa: B008 - immutable
        settings: Mapping[str, Any] | None = None,
        gamma: float = 1.0,
    ) -> None:
        """See the class."""
        self._game = Game(client, environment, settings=settings, gamma=gamma, view=View())
        spec = self._game.spec
        if not 0 <= seat < spec.size:
            self._game.close()
            raise ValueError(f"seat: {seat} (expected: 0 to {spec.size - 1})")
        self._game.open_seats = {s: others for s in range(spec.size) if s != seat}
        self._seat = seat
        self.metadata = {"render_modes": []}
        self.observation_space = box(spec.observation(seat))
        self.action_space = gymnasium.spaces.Discrete(spec.action_count(seat))

    def reset(self, *, seed: int | None = None, options: Dict | None = None) -> tuple[Array, Dict]:
        """Begins an episode; whatever was under way is abandoned. There are no options."""
        super().reset(seed=seed)
        events = self._game.begin([] if seed is None else [seed])
        return held(events, 0, self._seat), self._info(events)

    def step(self, action: np.int64 | int) -> tuple[Array, float, bool, bool, Dict]:
        """Carries out a macro-action to its end, or the episode's."""
        events = self._game.step(Decisions([0], [self._seat], [int(action)]))
        kind = events.kind[0]
        return (
            held(events, 0, self._seat),
            float(events.agent_reward[0, self._seat]),
            bool(kind == EventKind.END_TERMINATED),
            bool(kind == EventKind.END_TRUNCATED),
            self._info(events),
        )

    def close(self) -> None:
        """Ends the session."""
        self._game.close()

    def _info(self, events: Events) -> Dict:
        tau = int(events.agent_tau[0, self._seat])
        return {
            "tau": tau,
            "action_mask": events.legal(0, self._seat).astype(np.int8),
            "status": int(events.status[0, self._seat]),
            "tick": int(events.tick[0]),
            "agent_reward": float(events.agent_reward[0, self._seat]),
            "agent_tau": tau,
            "joint_reward": float(events.joint_reward[0]),
            "joint_tau": int(events.joint_tau[0]),
        }


class MacroVectorEnv(gymnasium.vector.VectorEnv[Array, Array, Array]):
    """A team of n equal agents in N lanes. A step takes every lane to its next event, with one call to the server.

    Observations are [N, n, *macro-observation]. Actions are [N, n], of which those of pending agents are taken. Rewards
    are the team's, [N], over `info["tau"]` ticks. In infos: `pending` [N, n], `action_mask` [N, n, A], `tau` [N],
    `agent_reward` and `agent_tau` [N, n], `status` [N, n].

    A lane whose episode ends begins the next one in the same step (AutoresetMode.SAME_STEP): observations and infos are
    the new episode's, but `tau`, the clocks and the reward are the step's; `info["final_obs"]` [N, n, ...] is what was
    held at the end, where `info["_final_obs"]` [N] says that one ended.

    Args:
        client: a client, or the address of a server
        environment: "id" or "id@version", with agents of one shape
        lanes: N
        settings: of the environment
        gamma: discount per tick within a reward

    """

    def __init__(
        self,
        client: Client | str,
        environment: str,
        lanes: int,
        *,
        settings: Mapping[str, Any] | None = None,
        gamma: float = 1.0,
    ) -> None:
        """See the class."""
        self._game = Game(
            client, environment, settings=settings, gamma=gamma, view=View(), lanes=lanes, reset_mode=ResetMode.AUTO
        )
        spec = self._game.spec
        if len(spec.groups) != 1:
            self._game.close()
            raise ValueError(f"environment: {environment} has {len(spec.groups)} groups of agents (expected: 1)")
        group = spec.groups[0]
        self.num_envs = lanes
        self.metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}
        self.single_observation_space = box(group.observation, spec.size)
        self.observation_space = box(group.observation, lanes, spec.size)
        self.single_action_space = gymnasium.spaces.MultiDiscrete([group.action_count] * spec.size)
        self.action_space = gymnasium.spaces.MultiDiscrete(np.full((lanes, spec.size), group.action_count))
        self._pending: Array = np.zeros((lanes, spec.size), bool)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Dict | None = None
    ) -> tuple[Array, Dict]:
        """Begins episodes in all lanes: with lane seeds derived from one, or with one for each lane."""
        super().reset(seed=seed if isinstance(seed, int) else None)
        if seed is None:
            seeds: list[int] = []
        elif isinstance(seed, int):
            seeds = lane_seeds(seed, self.num_envs)
        else:
            seeds = [s for s in seed if s is not None]
            if len(seeds) != self.num_envs:
                raise ValueError(f"seed: {len(seeds)} seeds (expected: one, or {self.num_envs})")
        events = self._game.begin(seeds)
        self._pending = np.array(events.pending)
        return np.array(events.observations[0]), self._info(events, slice(None), slice(None))

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, Dict]:
        """Takes every lane to its next event."""
        lanes, seats = np.nonzero(self._pending)
        events = self._game.step(Decisions(lanes, seats, np.asarray(actions)[lanes, seats]))
        # A lane has one row, or END and START. Of each lane: its first row tells of the step, its last what comes now.
        start = events.kind == EventKind.START
        told, now = np.flatnonzero(~start), np.flatnonzero(np.append(events.lane[1:] != events.lane[:-1], True))
        kind = events.kind[told]
        over = (kind == EventKind.END_TERMINATED) | (kind == EventKind.END_TRUNCATED)
        observations = np.array(events.observations[0][now])
        self._pending = np.array(events.pending[now])
        info = self._info(events, told, now)
        if over.any():
            info["final_obs"] = np.array(events.observations[0][told])
            info["_final_obs"] = over
        return (
            observations,
            np.array(events.joint_reward[told]),
            kind == EventKind.END_TERMINATED,
            kind == EventKind.END_TRUNCATED,
            info,
        )

    def close_extras(self, **kwargs: Any) -> None:
        """Ends the session."""
        self._game.close()

    def _info(self, events: Events, told: Any, now: Any) -> Dict:
        return {
            "pending": np.array(events.pending[now]),
            "action_mask": events.legals[0][now].astype(np.int8),
            "status": np.array(events.status[told]),
            "tau": np.array(events.joint_tau[told]),
            "agent_reward": np.array(events.agent_reward[told]),
            "agent_tau": np.array(events.agent_tau[told]),
        }
