"""What an author writes, what the host makes of it, and what it says when something is wrong with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import grpc
import numpy as np
import numpy.typing as npt
import pytest

from macenv import host
from macenv.host._lanes import Lanes, Shape
from macenv.v1 import host_pb2

Indices = npt.NDArray[np.int64]
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


class Lamps(host.Environment):
    """One agent counts to three at each `Count`, or looks for a tick; the state is a number drawn at the start."""

    id = "lamps"
    agents: ClassVar[Sequence[host.Agent]] = (
        host.Agent("ann", [host.MacroAction("Count", 3, 3), host.MacroAction("Look")], [host.Label("ticks", high=20)]),
    )
    state_labels = (host.Label("drawn"),)
    horizon = 20

    def __init__(self, lanes: int) -> None:
        self.drawn = np.zeros(lanes)
        self.tick = np.zeros(lanes)
        self.steps: list[list[int]] = []

    def reset(self, lanes: Indices) -> None:
        self.drawn[lanes] = [self.random[lane].random() for lane in lanes]
        self.tick[lanes] = 0

    def step(self, lanes: Indices, actions: Indices, ticks: Indices) -> host.Tick:
        self.steps.append(lanes.tolist())
        self.tick[lanes] += 1
        return host.Tick(
            rewards=self.tick[lanes],
            ended=np.where(actions == 0, ticks == 2, True),
            terminated=np.zeros(len(lanes), np.bool_),
        )

    def observations(self, lanes: Indices) -> Sequence[npt.ArrayLike]:
        return [self.tick[lanes][:, None]]

    def states(self, lanes: Indices) -> npt.ArrayLike:
        return self.drawn[lanes][:, None]


COUNT, LOOK = 0, 1


def task(lane: int, *actions: int, seed: int | None = None, ticks: int = 20, **more: Any) -> host_pb2.Task:
    stretches = [host_pb2.Stretch(macro_actions=[action], max_ticks=ticks) for action in actions]
    return host_pb2.Task(lane=lane, stretches=stretches, seed=seed, **more)


def run(lanes: Lanes, *tasks: host_pb2.Task) -> list[host_pb2.Outcome]:
    return lanes.run(host_pb2.RunRequest(tasks=tasks))


def seen(row: host_pb2.Row) -> list[float]:
    return list(np.frombuffer(row.observations, "<f8"))


@pytest.fixture
def lanes() -> Lanes:
    return Lanes(Shape(Lamps))


# ---------------------------------------------------------------------------------------------- lanes


def test_an_episode_runs_from_event_to_event(lanes: Lanes) -> None:
    (start,) = run(lanes, task(0, seed=1))
    assert (start.row.tick, list(start.row.ended), list(start.row.legal), seen(start.row)) == (0, [1], [1, 1], [0])
    (counted,) = run(lanes, task(0, COUNT))
    assert (counted.row.tick, list(counted.rewards), seen(counted.row)) == (3, [1, 2, 3], [3])


def test_a_stretch_may_end_before_the_macro_action_which_then_goes_on(lanes: Lanes) -> None:
    (cut,) = run(lanes, task(0, COUNT, seed=1, ticks=2))
    assert (list(cut.row.ended), list(cut.rewards), seen(cut.row)) == ([0], [1, 2], [0])
    (ended,) = run(lanes, task(0, -1))
    assert (list(ended.row.ended), list(ended.rewards), seen(ended.row)) == ([1], [3], [3])


def test_whoever_is_amid_a_macro_action_keeps_what_it_saw_and_what_it_might_do() -> None:
    class Pair(Lamps):
        agents = tuple(host.Agent(name, Lamps.agents[0].macro_actions, Lamps.agents[0].observation) for name in "ab")

        def observations(self, lanes: Indices) -> Sequence[npt.ArrayLike]:
            return [self.tick[lanes][:, None]] * 2

        def legals(self, lanes: Indices) -> Sequence[npt.ArrayLike]:
            return [np.stack([self.tick[lanes] == 0, self.tick[lanes] >= 0], axis=1)] * 2

    (looked,) = run(
        Lanes(Shape(Pair)),
        host_pb2.Task(lane=0, seed=1, stretches=[host_pb2.Stretch(macro_actions=[COUNT, LOOK], max_ticks=20)]),
    )
    assert (list(looked.row.ended), seen(looked.row), list(looked.row.legal)) == ([0, 1], [0, 1], [1, 1, 0, 1])


def test_all_lanes_of_a_request_advance_in_one_call_as_long_as_they_can(lanes: Lanes) -> None:
    run(lanes, *(task(lane, seed=lane) for lane in range(3)))
    outcomes = run(lanes, task(0, COUNT), task(1, LOOK), task(2, COUNT))
    assert [outcome.row.tick for outcome in outcomes] == [3, 1, 3]
    (batch,) = lanes._batches
    assert [len(step) for step in batch.environment.steps] == [3, 2, 2]  # type: ignore[attr-defined]


def test_what_comes_of_a_lane_depends_on_its_seed_and_its_macro_actions_alone(lanes: Lanes) -> None:
    run(lanes, *(task(lane, seed=lane) for lane in range(3)))
    (_, among, _) = run(lanes, task(0, LOOK), task(1, COUNT, LOOK), task(2, COUNT))
    (alone,) = run(Lanes(Shape(Lamps)), task(7, COUNT, LOOK, seed=1))
    assert among.row == alone.row
    assert among.rewards == alone.rewards == [4]


def test_an_episode_ends_at_the_horizon_and_the_next_one_begins_at_once(lanes: Lanes) -> None:
    (end,) = run(lanes, task(0, *[COUNT] * 7, seed=1, next_seed=2))
    assert (end.row.tick, end.terminated, list(end.row.ended)) == (20, False, [0])
    assert (end.next_start.tick, seen(end.next_start)) == (0, [0])
    (other,) = run(Lanes(Shape(Lamps)), task(0, seed=2))
    assert end.next_start == other.row
    (goes_on,) = run(lanes, task(0, LOOK))
    assert goes_on.row.tick == 1


def test_lanes_that_begin_one_after_the_other_advance_together_where_they_were_expected() -> None:
    lanes = Lanes(Shape(Lamps), expected=3)
    for lane in range(3):
        run(lanes, task(lane, seed=lane))
    run(lanes, *(task(lane, COUNT) for lane in range(3)))
    (batch,) = lanes._batches
    assert [len(step) for step in batch.environment.steps] == [3, 3, 3]  # type: ignore[attr-defined]


def test_released_lanes_make_room_for_others(lanes: Lanes) -> None:
    run(lanes, task(0, seed=1), task(1, seed=1))
    lanes.run(host_pb2.RunRequest(tasks=[task(2, seed=1)], released=[0]))
    assert len(lanes._batches) == 1
    (unknown,) = run(lanes, task(0, LOOK))
    assert "lane 0 has no episode here (expected: a seed first)" in unknown.failure


@pytest.mark.parametrize("action", [-1, 2])
def test_a_macro_action_out_of_range_is_refused(lanes: Lanes, action: int) -> None:
    (refused,) = run(lanes, task(0, action, seed=1))
    assert f"macro-action {action} of agent 0 (expected: a legal one" in refused.failure


# ---------------------------------------------------------------------------------------------- what authors do wrong


def given(method: str, answer: Callable[[int], Any]) -> type[Lamps]:
    """Lamps with another answer of a method, a function of the number of lanes."""
    return type("Wrong", (Lamps,), {method: lambda self, lanes, *more: answer(len(lanes))})


def tick(rewards: Any = 0.0, ended: Any = True, terminated: Any = False) -> Callable[[int], Any]:
    return lambda k: host.Tick(np.full(k, rewards), np.full((k, 1), ended), np.full(k, terminated))


WRONG = [
    ("step", tick(rewards=np.nan), "rewards[0]: nan (expected: a finite number)"),
    ("step", lambda k: host.Tick(0.0, [[True]] * k, [False] * k), "rewards: shape () (expected: (1,))"),
    ("step", lambda k: host.Tick([0] * k, [True] * k, [False] * k), "ended: shape (1,) (expected: (1, 1))"),
    ("step", tick(ended=2), "ended: int64 other than 0 and 1 (expected: flags)"),
    ("step", tick(ended=True), "ended: Count of ann after 1 ticks (expected: 3 to 3)"),
    ("step", lambda k: None, "'NoneType' object has no attribute 'rewards'"),
    ("observations", lambda k: [], "observations: 0 arrays (expected: one for each of the 1 agents)"),
    ("observations", lambda k: [np.zeros(k)], "observations[0]: shape (1,) (expected: (1, 1))"),
    ("observations", lambda k: [np.full((k, 1), np.inf)], "observations[0][0, 0]: inf (expected: a finite number)"),
    ("states", lambda k: np.zeros((k, 2)), "states: shape (1, 2) (expected: (1, 1))"),
    ("legals", lambda k: [np.ones((k, 3))], "legals[0]: shape (1, 3) (expected: (1, 2))"),
    ("legals", lambda k: [np.zeros((k, 2))], "legals[0]: no macro-action (expected: at least one for an agent"),
    ("reset", lambda k: 1 / 0, "ZeroDivisionError: division by zero (reset of Wrong, test_host.py:"),
]


@pytest.mark.parametrize(("method", "answer", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_what_is_wrong_is_said_with_its_place(method: str, answer: Callable[[int], Any], message: str) -> None:
    (outcome,) = run(Lanes(Shape(given(method, answer))), task(0, COUNT, seed=1))
    assert message in outcome.failure
    assert "of Wrong" in outcome.failure
    assert "_lanes.py" not in outcome.failure
    assert not outcome.HasField("row")


def test_a_class_that_cannot_be_made_says_so() -> None:
    def fail(self: Any, lanes: int) -> None:
        raise OSError("no such map")

    (outcome,) = run(Lanes(Shape(type("Wrong", (Lamps,), {"__init__": fail}))), task(0, seed=1))
    assert "OSError: no such map (__init__ of Wrong" in outcome.failure


def test_after_a_failure_the_next_episode_begins_in_a_new_object() -> None:
    class Fragile(Lamps):
        broken = False

        def step(self, lanes: Indices, actions: Indices, ticks: Indices) -> host.Tick:
            if actions[0, 0] == LOOK:
                self.broken = True
            if self.broken:
                raise RuntimeError("torn")
            return super().step(lanes, actions, ticks)

    lanes = Lanes(Shape(Fragile))
    (torn,) = run(lanes, task(0, LOOK, seed=1))
    assert torn.failure.startswith("RuntimeError: torn (step of Fragile")
    (whole,) = run(lanes, task(0, COUNT, seed=1))
    assert (whole.failure, whole.row.tick) == ("", 3)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"id": "No Name"}, "id No Name (expected: lower-case letters, digits and hyphens"),
        ({"agents": ()}, "no agents (expected: at least one)"),
        ({"agents": (host.Agent("ann", [], []),)}, "ann has 0 macro-actions and 0 labels (expected: at least one of"),
    ],
)
def test_a_class_that_describes_nothing_is_not_hosted(attributes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="Wrong: ") as refused:
        host.serve(type("Wrong", (Lamps,), attributes))
    assert message in str(refused.value)


def test_a_class_is_whole_and_has_a_name_of_its_own() -> None:
    class Nameless(host.Environment):
        pass

    class Silent(host.Environment):
        id = "silent"
        agents = Lamps.agents
        state_labels = Lamps.state_labels

    with pytest.raises(ValueError, match="Nameless: no id"):
        host.serve(Nameless)  # type: ignore[type-abstract]
    with pytest.raises(ValueError, match="Silent: no __init__, observations, reset, states, step"):
        host.serve(Silent)  # type: ignore[type-abstract]
    with pytest.raises(ValueError, match="lamps: the id of two classes"):
        host.serve(Lamps, Lamps)
    with pytest.raises(ValueError, match="environments: none"):
        host.serve()


# ---------------------------------------------------------------------------------------------- the process


@pytest.mark.parametrize("address", ["0.0.0.0:0", "203.0.113.1:6000", "6000", "localhost:x"])
def test_a_host_listens_on_this_machine_alone(address: str) -> None:
    with pytest.raises(ValueError, match=r"address: .* \(expected: unix:PATH, or a loopback address"):
        host.serve(Lamps, address=address)


def test_an_address_that_is_taken_is_said() -> None:
    with host.serve(Lamps) as one, pytest.raises(OSError, match=f"cannot listen on {one.target}"):
        host.serve(Lamps, address=one.target)


def test_a_socket_is_for_its_user_alone_and_goes_with_its_host(tmp_path: Path) -> None:
    path = tmp_path / "host"
    with host.serve(Lamps, address=f"unix:{path}") as one:
        assert one.target == f"unix:{path}"
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()


def calls(target: str) -> tuple[grpc.Channel, Any, Any]:
    channel = grpc.insecure_channel(target)
    prefix = "/macenv.host.v1.HostService/"
    describe = channel.unary_unary(
        prefix + "Describe", host_pb2.DescribeRequest.SerializeToString, host_pb2.DescribeResponse.FromString
    )
    run = channel.stream_stream(prefix + "Run", host_pb2.RunRequest.SerializeToString, host_pb2.RunResponse.FromString)
    return channel, describe, run


def test_a_host_offers_its_classes_and_answers_in_order_under_its_generation() -> None:
    def requests() -> Iterator[host_pb2.RunRequest]:
        yield host_pb2.RunRequest(environment="lamps", number=1, tasks=[task(0, seed=1)])
        yield host_pb2.RunRequest(number=2, tasks=[task(0, LOOK)])

    with host.serve(Lamps) as one:
        channel, describe, run = calls(one.target)
        with channel:
            offered = describe(host_pb2.DescribeRequest(), timeout=10)
            assert [(offer.id, offer.horizon, offer.max_macro_ticks) for offer in offered.offers] == [("lamps", 20, 20)]
            answers = list(run(requests(), timeout=10))
            assert [(a.generation, a.number, a.outcomes[0].row.tick) for a in answers] == [
                (offered.generation, 1, 0),
                (offered.generation, 2, 1),
            ]
            with pytest.raises(grpc.RpcError, match=r"environment: nothing \(expected: one of lamps\)"):
                list(run(iter([host_pb2.RunRequest(environment="nothing", number=1)]), timeout=10))
    with host.serve(Lamps) as other:
        channel, describe, _ = calls(other.target)
        with channel:
            assert describe(host_pb2.DescribeRequest(), timeout=10).generation != offered.generation


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["foragers"], "foragers (expected: MODULE:CLASS)"),
        (["nowhere:Foragers"], "nowhere:Foragers: No module named 'nowhere' (expected: a module that can be imported)"),
        (["foragers:TREES"], "foragers:TREES (expected: a subclass of macenv.host.Environment)"),
        (["foragers:Foragers", "--listen", "0.0.0.0:0"], "(expected: unix:PATH, or a loopback address"),
    ],
)
def test_the_command_says_what_it_expects(arguments: list[str], message: str) -> None:
    command = [sys.executable, "-m", "macenv.host", *arguments]
    ended = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
