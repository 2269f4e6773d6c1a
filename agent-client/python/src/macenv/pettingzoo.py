"""PettingZoo environments of macro-action tasks. Needs the package pettingzoo (`pip install macenv[pettingzoo]`).

Time in them is counted in decisions. An observation is a dictionary: `observation`, the macro-observation that the
agent holds, and `action_mask`, the macro-actions it may choose. Agents that are still busy are handled as each
interface can:

- `MacroParallelEnv`: everybody is asked each time. The mask of a busy agent allows what it is doing and nothing else,
  and what is said for it is ignored. The reward is the team's since the last step; `info["tau"]` is how many ticks that
  were.
- `MacroAECEnv`: only those are asked whose macro-action has ended, in order of seat. The reward that an agent finds at
  its turn is that of its own macro-action; `info["tau"]` is how many ticks that took.

Infos have both clocks: `joint_reward`, `joint_tau`, `agent_reward`, `agent_tau`; also `pending`, `status` (AgentStatus)
and `tick`.

Seeds are lane seeds: after `reset(seed=s)` the episodes of this and of the following resets are those of a session with
`seeds=s`. Not thread-safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from pettingzoo import AECEnv, ParallelEnv

from macenv._game import Game, box, held
from macenv.client import Client
from macenv.events import EventKind, Events
from macenv.options import View

Dict = dict[str, Any]


class _Team:
    """One lane, and what its agents see of it."""

    def __init__(
        self, client: Client | str, environment: str, settings: Mapping[str, Any] | None, gamma: float, state: bool
    ) -> None:
        self.game = Game(client, environment, settings=settings, gamma=gamma, view=View(state=state))
        self.spec = self.game.spec
        self.names = [agent.name for agent in self.spec.agents]
        self.observation_spaces = {
            name: gymnasium.spaces.Dict(
                {
                    "observation": box(self.spec.observation(seat)),
                    "action_mask": gymnasium.spaces.Box(0, 1, (self.spec.action_count(seat),), np.int8),
                }
            )
            for seat, name in enumerate(self.names)
        }
        self.action_spaces = {
            name: gymnasium.spaces.Discrete(self.spec.action_count(seat)) for seat, name in enumerate(self.names)
        }
        self.actions = np.zeros(self.spec.size, np.int64)
        self.events: Events

    def begin(self, seed: int | None) -> None:
        self.events = self.game.begin([] if seed is None else [seed])

    def step(self) -> None:
        """Lets those who are pending begin what `actions` says."""
        self.events = self.game.step(self.events.decide(self.actions[None]))

    @property
    def kind(self) -> int:
        return int(self.events.kind[0])

    def pending(self, seat: int) -> bool:
        return bool(self.events.pending[0, seat])

    def observation(self, seat: int) -> Dict:
        if self.pending(seat) or self.over:
            mask = self.events.legal(0, seat).astype(np.int8)
        else:
            mask = np.zeros(self.spec.action_count(seat), np.int8)
            mask[self.actions[seat]] = 1
        return {"observation": held(self.events, 0, seat), "action_mask": mask}

    @property
    def terminated(self) -> bool:
        return self.kind == EventKind.END_TERMINATED

    @property
    def truncated(self) -> bool:
        return self.kind == EventKind.END_TRUNCATED

    @property
    def over(self) -> bool:
        return self.terminated or self.truncated

    def info(self, seat: int, tau: int) -> Dict:
        e = self.events
        return {
            "tau": tau,
            "pending": self.pending(seat),
            "status": int(e.status[0, seat]),
            "tick": int(e.tick[0]),
            "joint_reward": float(e.joint_reward[0]),
            "joint_tau": int(e.joint_tau[0]),
            "agent_reward": float(e.agent_reward[0, seat]),
            "agent_tau": int(e.agent_tau[0, seat]),
        }

    def state(self) -> np.ndarray[Any, Any]:
        return np.array(self.events.state[0])


class MacroParallelEnv(ParallelEnv):  # type: ignore[misc]
    """All agents at once; a step is a decision event. See the module.

    Args:
        client: a client, or the address of a server
        environment: a cooperative environment, "id" or "id@version"
        settings: of the environment
        gamma: discount per tick within the rewards of a step
        state: whether `state()` is wanted

    """

    def __init__(
        self,
        client: Client | str,
        environment: str,
        *,
        settings: Mapping[str, Any] | None = None,
        gamma: float = 1.0,
        state: bool = False,
    ) -> None:
        """See the class."""
        self._team = _Team(client, environment, settings, gamma, state)
        if not self._team.spec.cooperative:
            self._team.game.close()
            raise ValueError(f"environment: {environment} has a reward for each agent (expected: a shared one)")
        self.metadata = {"name": f"macenv/{environment}", "render_modes": [], "is_parallelizable": True}
        self.render_mode = None
        self.possible_agents = list(self._team.names)
        self.agents: list[str] = []
        self.observation_spaces = self._team.observation_spaces
        self.action_spaces = self._team.action_spaces
        if state:
            self.state_space = box(self._team.spec.state)

    def observation_space(self, agent: str) -> gymnasium.Space[Any]:
        """Always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gymnasium.Space[Any]:
        """Always the same object."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: Dict | None = None) -> tuple[Dict, Dict]:
        """Begins an episode; whatever was under way is abandoned. There are no options."""
        self._team.begin(seed)
        self.agents = list(self.possible_agents)
        return self._observations(), self._infos()

    def step(self, actions: Mapping[str, int]) -> tuple[Dict, Dict, Dict, Dict, Dict]:
        """Goes on to the next event.

        Args:
            actions: a macro-action for each agent that is pending; those of the others are ignored

        """
        team = self._team
        if not self.agents:
            return {}, {}, {}, {}, {}
        for seat, name in enumerate(self.possible_agents):
            if team.pending(seat):
                if name not in actions:
                    raise ValueError(f"actions: none for {name}, who is pending (expected: one)")
                team.actions[seat] = actions[name]
        team.step()
        reward = float(team.events.joint_reward[0])
        results = (
            self._observations(),
            dict.fromkeys(self.agents, reward),
            dict.fromkeys(self.agents, team.terminated),
            dict.fromkeys(self.agents, team.truncated),
            self._infos(),
        )
        if team.over:
            self.agents = []
        return results

    def state(self) -> np.ndarray[Any, Any]:
        """The global state; if it was asked for when the environment was made."""
        return self._team.state()

    def render(self) -> None:
        """Nothing to see."""

    def close(self) -> None:
        """Ends the session."""
        self._team.game.close()

    def _observations(self) -> Dict:
        return {name: self._team.observation(seat) for seat, name in enumerate(self.possible_agents)}

    def _infos(self) -> Dict:
        tau = int(self._team.events.joint_tau[0])
        return {name: self._team.info(seat, tau) for seat, name in enumerate(self.possible_agents)}


class MacroAECEnv(AECEnv):  # type: ignore[misc]
    """One agent at a time: those whose macro-action has ended. See the module; arguments as of MacroParallelEnv."""

    def __init__(
        self,
        client: Client | str,
        environment: str,
        *,
        settings: Mapping[str, Any] | None = None,
        gamma: float = 1.0,
        state: bool = False,
    ) -> None:
        """See the class."""
        super().__init__()
        self._team = _Team(client, environment, settings, gamma, state)
        self.metadata = {"name": f"macenv/{environment}", "render_modes": [], "is_parallelizable": False}
        self.render_mode = None
        self.possible_agents = list(self._team.names)
        self.agents: list[str] = []
        self.agent_selection = ""
        self.observation_spaces = self._team.observation_spaces
        self.action_spaces = self._team.action_spaces
        if state:
            self.state_space = box(self._team.spec.state)

    def observation_space(self, agent: str) -> gymnasium.Space[Any]:
        """Always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gymnasium.Space[Any]:
        """Always the same object."""
        return self.action_spaces[agent]

    def observe(self, agent: str) -> Dict:
        """What the agent holds."""
        return self._team.observation(self.possible_agents.index(agent))

    def reset(self, seed: int | None = None, options: Dict | None = None) -> None:
        """Begins an episode; whatever was under way is abandoned. There are no options."""
        self._team.begin(seed)
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self._take_note()

    def step(self, action: int | None) -> None:
        """Decides for `agent_selection`. When all who are pending have decided, goes on to the next event."""
        if not self.agents:
            return
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        if action is None:
            raise ValueError(f"action: None for {agent}, who is pending (expected: a macro-action)")
        team = self._team
        team.actions[self.possible_agents.index(agent)] = action
        self._cumulative_rewards[agent] = 0.0
        self._clear_rewards()
        self._waiting.pop(0)
        if self._waiting:
            self.agent_selection = self._waiting[0]
        else:
            team.step()
            for seat, name in enumerate(self.possible_agents):
                if team.pending(seat) or team.over:
                    self.rewards[name] = float(team.events.agent_reward[0, seat])
            self._take_note()
        self._accumulate_rewards()

    def state(self) -> np.ndarray[Any, Any]:
        """The global state; if it was asked for when the environment was made."""
        return self._team.state()

    def render(self) -> None:
        """Nothing to see."""

    def close(self) -> None:
        """Ends the session."""
        self._team.game.close()

    def _take_note(self) -> None:
        team = self._team
        self.terminations = dict.fromkeys(self.agents, team.terminated)
        self.truncations = dict.fromkeys(self.agents, team.truncated)
        self.infos = {
            name: team.info(seat, int(team.events.agent_tau[0, seat])) for seat, name in enumerate(self.possible_agents)
        }
        self._waiting = [name for seat, name in enumerate(self.possible_agents) if team.pending(seat)]
        self.agent_selection = (self._waiting or self.agents)[0]
