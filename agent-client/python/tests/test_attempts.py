from __future__ import annotations

import pytest

import macenv
from macenv._calls import Attempts
from macenv.errors import Failure

UNREACHABLE = Failure("UNAVAILABLE", "connection refused")
SLOW = Failure("DEADLINE_EXCEEDED", "", "STEP_RUNNING")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def attempts(clock: Clock, limit: float | None = None) -> Attempts:
    return Attempts(macenv.ClientOptions(attempt_timeout=5, patience=10, step_timeout=60), limit, clock)


def test_pauses_grow_to_a_second() -> None:
    tries = attempts(Clock())
    assert [tries.pause_after(UNREACHABLE) for _ in range(8)] == [
        0.02,
        0.04,
        0.08,
        0.16,
        0.32,
        0.64,
        1.0,
        1.0,
    ]


def test_a_server_that_is_gone_is_given_up_after_the_patience() -> None:
    clock = Clock()
    tries = attempts(clock)
    clock.now = 9.9
    tries.pause_after(UNREACHABLE)
    clock.now = 10.0
    with pytest.raises(macenv.ServerUnavailable, match=r"tried for 10.0 s.*\n.*what to do"):
        tries.pause_after(UNREACHABLE)


def test_a_server_at_work_is_waited_for_up_to_the_limit_of_a_step() -> None:
    clock = Clock()
    tries = attempts(clock, 60)
    for clock.now in (15.0, 30.0, 45.0, 59.0):
        assert tries.timeout() == 5 or clock.now == 59.0
        assert tries.pause_after(SLOW) == 0.02
    assert tries.timeout() == 1
    clock.now = 60.0
    with pytest.raises(macenv.ServerUnavailable):
        tries.pause_after(SLOW)


def test_a_sign_of_life_restarts_the_patience() -> None:
    clock = Clock()
    tries = attempts(clock, 60)
    clock.now = 9.0
    tries.pause_after(SLOW)
    clock.now = 18.0
    tries.pause_after(UNREACHABLE)
    clock.now = 19.0
    with pytest.raises(macenv.ServerUnavailable):
        tries.pause_after(UNREACHABLE)


def test_the_servers_wish_is_respected_up_to_a_second() -> None:
    tries = attempts(Clock())
    assert tries.pause_after(Failure("UNAVAILABLE", "", "DRAINING", retry_after=0.3)) == 0.3
    assert tries.pause_after(Failure("UNAVAILABLE", "", "DRAINING", retry_after=30)) == 1.0


def test_a_transport_that_stumbles_is_tried_three_times() -> None:
    tries = attempts(Clock())
    for _ in range(3):
        tries.pause_after(Failure("INTERNAL", "RST_STREAM"))
    with pytest.raises(macenv.ServerFailure):
        tries.pause_after(Failure("INTERNAL", "RST_STREAM"))


def test_what_the_server_decided_is_final() -> None:
    with pytest.raises(macenv.ServerFailure):
        attempts(Clock()).pause_after(Failure("INTERNAL", "", "SERVER_DEFECT"))
    with pytest.raises(macenv.BadAction):
        attempts(Clock()).pause_after(Failure("FAILED_PRECONDITION", "", "ACTION_ILLEGAL"))
