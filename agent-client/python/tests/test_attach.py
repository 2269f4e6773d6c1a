"""Whoever has a session's key goes on with it, also in the middle of a step."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import grpc
import pytest

import macenv
from macenv import ClientOptions, Decisions, Transport, _calls

# Takes one tick in Box Pushing.
STAY = 7


@pytest.mark.parametrize("transport", list(Transport))
@pytest.mark.parametrize("arrived", [True, False])
def test_a_successor_repeats_the_step_that_was_sent_last(target: str, transport: Transport, arrived: bool) -> None:
    """A program that is killed does not know whether its last step arrived; its successor need not know either."""
    with macenv.connect(target, options=ClientOptions(transport=transport)) as client:
        first = client.create_session("bp-10", seeds=7)
        sent = first.step().decide([STAY, 0])
        sent_step_id = first.last_step_id + 1
        if arrived:
            first.step(sent, max_ticks=3)

        with client.attach(first.key, sent_step_id) as second:
            assert (second.last_step_id, second.next_step_taken) == (1, arrived)
            events = second.step(sent, max_ticks=3)
            assert events.tick.tolist() == [1]
            assert (second.last_step_id, second.next_step_taken) == (2, False)
            assert second.step(events.decide([STAY]), max_ticks=3).tick.tolist() == [2]


def test_a_successor_follows_a_step_that_is_under_way(client: macenv.Client, target: str) -> None:
    """It waits for another player; when that one has decided, the successor gets the events."""
    hasty = ClientOptions(attempt_timeout=0.5, step_timeout=0.5)
    with (
        client.create_session("bp-10", seeds=7, open_seats=[1]) as owner,
        client.join(owner.invites[0]) as other,
        macenv.connect(target, options=hasty) as doomed,
    ):
        other.step()
        killed = doomed.attach(owner.key)
        events = killed.step()
        with pytest.raises(macenv.ServerUnavailable):
            killed.step(events.decide([STAY]))

        async def follow() -> list[int]:
            async with macenv.aio.connect(target) as another:
                session = await another.attach(owner.key, sent_step_id=2)
                assert (session.last_step_id, session.next_step_taken) == (1, True)
                waiting = asyncio.create_task(session.step(events.decide([STAY])))
                await asyncio.to_thread(other.step, [(0, 1, STAY)])
                ticks: list[int] = (await waiting).tick.tolist()
                return ticks

        assert asyncio.run(follow()) == [1]


def test_a_step_that_is_repeated_with_other_decisions_is_refused(client: macenv.Client) -> None:
    with client.create_session("bp-10", seeds=7) as first:
        first.step([])
        first.step([(0, 0, STAY), (0, 1, STAY)])
        second = client.attach(first.key, 2)
        with pytest.raises(macenv.StepConflict, match="same decisions") as raised:
            second.step([(0, 0, 0), (0, 1, 0)])
        assert raised.value.reason == "STEP_ID_REUSED"


@pytest.mark.parametrize("sent", [2, 5])
def test_a_successor_is_told_that_the_session_has_gone_on(client: macenv.Client, sent: int) -> None:
    with client.create_session("bp-10") as session:
        assert client.attach(session.key, 0).last_step_id == 0
        for _ in range(3):
            session.step()
        with pytest.raises(macenv.StepConflict, match=rf"sent_step_id: {sent} \(expected: 3,") as raised:
            client.attach(session.key, sent)
        assert raised.value.metadata["expected"] == "4"


@pytest.fixture
def waiting(client: macenv.Client) -> Iterator[tuple[macenv.SessionKey, macenv.Session]]:
    """A session whose next step waits for another player, and that player."""
    with (
        client.create_session("bp-10", seeds=7, open_seats=[1]) as owner,
        client.join(owner.invites[0]) as other,
    ):
        other.step()
        owner.step()
        yield owner.key, other


def until_taken(client: macenv.Client, key: macenv.SessionKey, step_id: int) -> None:
    while client.attach(key).last_step_id < step_id:
        pass


def older_stream(target: str, key: macenv.SessionKey) -> str:
    """A stream of the same client whose request comes late: it takes over. Returns with what it ended."""
    request = _calls.step_request(2, Decisions([0], [0], [STAY]), 0, 0)
    with grpc.insecure_channel(target) as channel:
        late = channel.stream_stream(_calls.PLAY)(iter([_calls.addressed(request, key)]), timeout=20)
        with pytest.raises(grpc.RpcError) as ended:
            next(late)
    return str(dict(ended.value.trailing_metadata() or ()).get("macenv-reason"))


def test_a_stream_displaced_by_an_older_one_before_it_was_answered_is_opened_again(
    client: macenv.Client, target: str, waiting: tuple[macenv.SessionKey, macenv.Session]
) -> None:
    key, other = waiting
    session = client.attach(key)
    happened: list[macenv.Events] = []
    step = threading.Thread(target=lambda: happened.append(session.step([(0, 0, STAY)])))
    step.start()
    until_taken(client, key, 2)
    assert older_stream(target, key) == "SUPERSEDED"  # the session has taken over again
    other.step([(0, 1, STAY)])
    step.join()
    assert happened[0].tick.tolist() == [1]


def test_asyncio_opens_a_displaced_stream_again(
    client: macenv.Client, target: str, waiting: tuple[macenv.SessionKey, macenv.Session]
) -> None:
    key, other = waiting

    async def play() -> list[int]:
        async with macenv.aio.connect(target) as another:
            session = await another.attach(key)
            step = asyncio.create_task(session.step([(0, 0, STAY)]))
            await asyncio.to_thread(until_taken, client, key, 2)
            assert await asyncio.to_thread(older_stream, target, key) == "SUPERSEDED"
            await asyncio.to_thread(other.step, [(0, 1, STAY)])
            ticks: list[int] = (await step).tick.tolist()
            return ticks

    assert asyncio.run(play()) == [1]


def test_a_client_that_is_displaced_by_another_is_told_so(
    client: macenv.Client, target: str, waiting: tuple[macenv.SessionKey, macenv.Session]
) -> None:
    """Its stream has been answered before, so whoever has taken over is another client, and is not fought."""
    key, other = waiting
    session = client.attach(key, 1)
    session.step()
    errors: list[macenv.StepConflict] = []

    def step() -> None:
        with pytest.raises(macenv.StepConflict) as displaced:
            session.step([(0, 0, STAY)])
        errors.append(displaced.value)

    thread = threading.Thread(target=step)
    thread.start()
    until_taken(client, key, 2)
    with macenv.connect(target) as elsewhere:
        taking_over = elsewhere.attach(key, 2)
        second = threading.Thread(target=lambda: taking_over.step([(0, 0, STAY)]))
        second.start()
        thread.join()
        assert errors[0].reason == "SUPERSEDED"
        other.step([(0, 1, STAY)])
        second.join()
