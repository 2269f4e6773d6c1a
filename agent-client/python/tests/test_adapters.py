"""PettingZoo's and Gymnasium's own checkers, unmodified, and what they do not look at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conformance import Rule

import macenv
from macenv.seeds import episode_seed, lane_seeds

pettingzoo = pytest.importorskip("pettingzoo")
gymnasium = pytest.importorskip("gymnasium")

from gymnasium.utils.env_checker import check_env  # noqa: E402
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test  # noqa: E402

from macenv.gymnasium import MacroEnv, MacroVectorEnv  # noqa: E402
from macenv.pettingzoo import MacroAECEnv, MacroParallelEnv  # noqa: E402

ENVIRONMENTS = ["bp-10", "wtd-s", "ct-10"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_parallel_api(client: macenv.Client, environment: str) -> None:
    env = MacroParallelEnv(client, environment)
    parallel_api_test(env, num_cycles=200)
    env.close()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_aec_api(client: macenv.Client, environment: str) -> None:
    env = MacroAECEnv(client, environment)
    api_test(env, num_cycles=100)
    env.close()


def test_seeds_of_both(client: macenv.Client) -> None:
    parallel_seed_test(lambda: MacroParallelEnv(client, "ct-10"), num_cycles=50)
    seed_test(lambda: MacroAECEnv(client, "ct-10"), num_cycles=50)


@pytest.mark.parametrize("seat", [0, 1])
@pytest.mark.parametrize("environment", ["bp-10", "ct-10"])
def test_gymnasium_checker(client: macenv.Client, environment: str, seat: int) -> None:
    env = MacroEnv(client, environment, seat=seat)
    check_env(env, skip_render_check=True)
    env.close()


def one_episode(client: macenv.Client) -> list[macenv.Events]:
    kept: list[macenv.Events] = []
    with client.create_session("bp-10", seeds=7, gamma=0.9) as session:
        macenv.EpisodeLoop(session, Rule(), kept.append).play(1)
    return kept


def choice(env: Any, name: str, observation: dict[str, Any], info: dict[str, Any]) -> int:
    """Rule, episode 0, lane 0."""
    legal = np.flatnonzero(observation["action_mask"])
    return int(legal[(7 * info["tick"] + 5 * env.possible_agents.index(name)) % len(legal)])


def test_parallel_steps_are_events(client: macenv.Client) -> None:
    """Same seed, same decisions: the same rewards, ticks and observations; busy agents keep what they are doing."""
    expected = one_episode(client)
    env = MacroParallelEnv(client, "bp-10", gamma=0.9, state=True)
    observations, infos = env.reset(seed=7)
    assert env.state().shape == env.state_space.shape == (18,)
    doing: dict[str, int] = {}
    for events in expected[1:]:
        actions = {}
        for name in env.agents:
            mask = observations[name]["action_mask"]
            if infos[name]["pending"]:
                actions[name] = choice(env, name, observations[name], infos[name])
            else:
                assert mask.sum() == 1
                assert mask[doing[name]] == 1
        doing.update(actions)
        observations, rewards, terminations, truncations, infos = env.step(actions)
        for seat, name in enumerate(env.possible_agents):
            assert rewards[name] == events.joint_reward[0]
            assert infos[name]["tau"] == events.joint_tau[0]
            assert infos[name]["agent_reward"] == events.agent_reward[0, seat]
            assert infos[name]["agent_tau"] == events.agent_tau[0, seat]
            assert (observations[name]["observation"] == events.observation(0, seat)).all()
            assert terminations[name] == (events.kind[0] == macenv.EventKind.END_TERMINATED)
            assert truncations[name] == (events.kind[0] == macenv.EventKind.END_TRUNCATED)
    assert env.agents == []
    env.close()


def test_aec_asks_only_those_who_are_pending(client: macenv.Client) -> None:
    """And each finds, at its turn, the reward and the ticks of its own macro-action."""
    expected = one_episode(client)
    env = MacroAECEnv(client, "bp-10", gamma=0.9)
    env.reset(seed=7)
    for events in expected[:-1]:
        for seat in events.due()[1]:
            name = env.possible_agents[seat]
            assert env.agent_selection == name
            observation, reward, terminated, truncated, info = env.last()
            assert reward == events.agent_reward[0, seat]
            assert info["tau"] == events.agent_tau[0, seat]
            assert not terminated
            assert not truncated
            env.step(choice(env, name, observation, info))
    end = expected[-1]
    for seat, name in enumerate(env.possible_agents):
        _, reward, terminated, truncated, info = env.last()
        assert env.agent_selection == name
        assert reward == end.agent_reward[0, seat]
        assert (terminated, truncated) == (end.kind[0] == 3, end.kind[0] == 4)
        env.step(None)
    assert env.agents == []
    env.close()


def test_a_pending_agent_must_decide(client: macenv.Client) -> None:
    env = MacroParallelEnv(client, "bp-10")
    env.reset()
    with pytest.raises(ValueError, match="none for agent1"):
        env.step({"agent0": 0})
    env.close()


def test_one_agent_is_a_semi_markov_process(client: macenv.Client) -> None:
    env = MacroEnv(client, "bp-10", seat=1, gamma=0.9)
    _, info = env.reset(seed=3)
    assert info["tau"] == 0
    ticks = 0
    over = False
    while not over:
        _, reward, terminated, truncated, info = env.step(4)
        ticks += info["tau"]
        assert info["tau"] > 0
        assert reward == info["agent_reward"]
        assert info["tick"] == ticks
        over = terminated or truncated
    with pytest.raises(macenv.LaneEnded):
        env.step(4)
    with pytest.raises(ValueError, match="seat: 2"):
        MacroEnv(client, "bp-10", seat=2)
    env.close()


def test_a_vector_of_lanes_goes_the_way_of_a_session(client: macenv.Client) -> None:
    env = MacroVectorEnv(client, "bp-10", 4, gamma=0.9)
    random = np.random.default_rng(2)
    observations, info = env.reset(seed=7)
    assert env.observation_space.contains(observations)
    ended = 0
    with client.create_session("bp-10", lanes=4, seeds=7, gamma=0.9) as session:
        events = session.step()
        for _ in range(150):
            actions = random.integers(0, 8, (4, 2))
            lanes = events.lane[events.pending.any(axis=1)]
            assert lanes.tolist() == [0, 1, 2, 3]
            pending_rows = np.flatnonzero(events.pending.any(axis=1))
            table = np.zeros((events.rows, 2), int)
            table[pending_rows] = actions
            events = session.step(events.decide(table))
            observations, rewards, terminated, truncated, info = env.step(actions)
            told = events.kind != macenv.EventKind.START
            assert (rewards == events.joint_reward[told]).all()
            assert (info["tau"] == events.joint_tau[told]).all()
            assert terminated.sum() + truncated.sum() == len(events.ended)
            if events.ended:
                lane = events.ended[0].lane
                row = int(np.flatnonzero(events.lane == lane)[0])
                assert info["_final_obs"][lane]
                assert (info["final_obs"][lane] == events.observations[0][row]).all()
                assert (observations[lane] == events.observations[0][row + 1]).all()
            ended += len(events.ended)
    assert ended > 3
    again, _ = env.reset(seed=list(lane_seeds(7, 4)))
    assert again.shape == (4, 2, 5)
    env.close()


def test_addresses_will_do(target: str) -> None:
    env = MacroParallelEnv(target, "bp-6")
    env.reset(seed=0)
    env.close()


def test_seeds_are_those_of_the_protocol(client: macenv.Client) -> None:
    assert [f"{episode_seed(0x2A, e):x}" for e in range(3)] == [
        "bdd732262feb6e95",
        "28efe333b266f103",
        "47526757130f9f52",
    ]
    assert [f"{seed:x}" for seed in lane_seeds(7, 4)] == [
        "7",
        "44c3cd7f43c661c",
        "e6984080bab12a02",
        "953aeb70673e29cb",
    ]
    with client.create_session("bp-10", lanes=4, seeds=7) as session:
        assert list(session.seeds) == lane_seeds(7, 4)
        assert [s.seed for s in session.step().started] == [episode_seed(s, 0) for s in session.seeds]
