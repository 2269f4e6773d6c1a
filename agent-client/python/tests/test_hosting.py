"""A Python class as an environment of the project's own server: checked, judged by `conform`, and played."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import foragers
import numpy as np
import numpy.typing as npt
import pytest
from conformance import Rule

import macenv
from macenv import host
from macenv.server import find_launcher

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
Indices = npt.NDArray[np.int64]


class Counted(foragers.Foragers):
    """Foragers that count what their host calls."""

    calls: ClassVar[list[tuple[str, int]]] = []

    def reset(self, lanes: Indices) -> None:
        self.calls.append(("reset", len(lanes)))
        super().reset(lanes)

    def step(self, lanes: Indices, actions: Indices, ticks: Indices) -> host.Tick:
        self.calls.append(("step", len(lanes)))
        return super().step(lanes, actions, ticks)


@pytest.fixture(scope="module")
def hosted() -> Iterator[host.Host]:
    with host.serve(Counted) as hosted:
        yield hosted


@pytest.fixture(scope="module")
def target(hosted: host.Host) -> Iterator[str]:
    # Few sessions, as `conform` fills the server up.
    with macenv.serve("--max-sessions", "40", environment_hosts=[hosted]) as server:
        yield server.target


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(find_launcher()), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def digest(target: str, lanes: int, episodes: int) -> str:
    digest = macenv.TrajectoryDigest(lanes, episodes)
    with macenv.connect(target) as client, client.create_session("foragers", lanes=lanes, seeds=7) as session:
        loop = macenv.EpisodeLoop(session, Rule(), digest)
        while not digest.complete:
            loop.play(1)
    return digest.all()


def test_check_finds_that_every_promise_is_kept(hosted: host.Host) -> None:
    checked = run("check", "foragers", "--environment-host", hosted.target)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "foragers: 15 of 15 promises kept" in checked.stdout


def test_check_finds_a_broken_promise() -> None:
    class Unbounded(foragers.Foragers):
        def states(self, lanes: Indices) -> npt.ArrayLike:
            return 2 * np.asarray(super().states(lanes))

    with host.serve(Unbounded) as wrong:
        checked = run("check", "foragers", "--environment-host", wrong.target)
    assert checked.returncode == 1
    assert "bounds are kept" in checked.stdout
    assert "14 of 15 promises kept" in checked.stdout


def test_a_server_with_hosted_environments_conforms(target: str) -> None:
    judged = run("conform", "--target", target, "--env", "foragers")
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert " 0 failed" in judged.stdout


def test_the_same_seeds_and_decisions_give_the_same_digest(target: str) -> None:
    assert digest(target, 8, 3) == digest(target, 8, 3)


def test_all_lanes_advance_in_one_call_for_each_tick(target: str) -> None:
    with macenv.connect(target) as client, client.create_session("foragers", lanes=8, seeds=7) as session:
        Counted.calls.clear()
        events = session.step()
        ended = 0
        for _ in range(100):
            rows, seats = events.due()
            events = session.step(
                events.decide([Rule().choose(events, row, seat) for row, seat in zip(rows, seats, strict=True)])
            )
            ticks = int(max(events.joint_tau))
            steps = [lanes for call, lanes in Counted.calls if call == "step"]
            resets = [lanes for call, lanes in Counted.calls if call == "reset"]
            assert (len(steps), steps[0]) == (ticks, 8)
            assert resets == ([len(events.ended)] if events.ended else [])
            ended += len(events.ended)
            Counted.calls.clear()
        assert ended > 8


def test_the_example_finds_the_fruit(target: str) -> None:
    assert foragers.main(target) > 6


def test_an_exception_of_the_authors_faults_the_lanes_and_a_reset_goes_on() -> None:
    class Moody(foragers.Foragers):
        moody = True

        def step(self, lanes: Indices, actions: Indices, ticks: Indices) -> host.Tick:
            if Moody.moody:
                raise KeyError("no such tree")
            return super().step(lanes, actions, ticks)

    with (
        host.serve(Moody) as hosted,
        macenv.serve(environment_hosts=[hosted]) as server,
        macenv.connect(server.target) as client,
        client.create_session("foragers", seeds=7) as session,
    ):
        events = session.step(session.step().decide([0, 0]))
        assert events.faults[0].failure.message.startswith(
            "foragers at its host: KeyError: 'no such tree' (step of Moody, test_"
        )
        Moody.moody = False
        session.reset()
        assert session.step(session.step().decide([0, 0])).tick[0] > 0


def test_a_host_that_was_killed_is_gone_on_with_when_it_is_back(tmp_path: Path) -> None:
    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "macenv.host", "foragers:Foragers", "--listen", f"unix:{tmp_path}/host"],
            cwd=EXAMPLES,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == f"macenv host: 1 environment at unix:{tmp_path}/host\n"
        return process

    first = start()
    with (
        macenv.serve(environment_hosts=[f"unix:{tmp_path}/host"]) as server,
        macenv.connect(server.target) as client,
        client.create_session("foragers", seeds=7) as session,
    ):
        start_row = session.step()
        first.kill()
        first.communicate()
        fault = session.step(start_row.decide([0, 0])).faults[0]
        assert "is gone" in fault.failure.message
        second = start()
        session.reset()
        assert session.step(session.step().decide([0, 0])).tick[0] > 0
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=30)
        assert second.returncode == 0


def test_the_page_shows_the_example() -> None:
    page = (EXAMPLES.parents[2] / "docs" / "hosting-a-python-environment.md").read_text()
    program = {line.strip() for line in (EXAMPLES / "foragers.py").read_text().splitlines()}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        if not block.startswith("with macenv.connect("):
            assert [line for line in block.splitlines() if line.strip() not in program] == []
