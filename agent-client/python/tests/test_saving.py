"""Lanes are saved, put back, copied and drawn; sessions are recorded, and played again from what was recorded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from proxy import Proxy

import macenv
from macenv import RecordingOptions, View
from macenv.recording import crc32c

GAMMA = 0.95


def first_legal(events: macenv.Events) -> macenv.Decisions:
    """Choices that differ from row to row and are the same whenever the rows are."""
    rows, seats = events.due()
    chosen = []
    for row, seat in zip(rows, seats, strict=True):
        legal = np.flatnonzero(events.legal(row, seat))
        chosen.append(legal[int(events.tick[row] * 7 + events.lane[row] * 5 + seat) % len(legal)])
    return events.decide(chosen)


def course(session: macenv.Session, steps: int) -> list[str]:
    """Plays on, and says what happened."""
    said = []
    events = session.step()
    for _ in range(steps):
        said.append(f"{events!r} {events.joint_reward.tolist()} {[o.tolist() for o in events.observations]}")
        events = session.step(first_legal(events))
    return said


def test_a_lane_that_is_put_back_has_the_same_future(client: macenv.Client) -> None:
    with client.create_session("ct-2", seeds=7, gamma=GAMMA) as session:
        events = session.step()
        for _ in range(4):
            events = session.step(first_legal(events))
        saved = session.snapshot()
        assert (saved.episode, saved.tick) == (0, events.tick[0])
        session.restore(0, saved)
        first = course(session, 6)
        session.restore(0, saved)
        assert course(session, 6) == first
        assert repr(events) in first[0]


def test_a_fork_goes_on_like_its_parent(client: macenv.Client) -> None:
    with client.create_session("ct-2", seeds=7, gamma=GAMMA) as parent:
        parent.step(first_legal(parent.step()))
        saved = parent.snapshot(0)
        with client.create_session("ct-2", lanes=2, gamma=GAMMA, snapshot=saved) as fork:
            assert fork.seeds == ()
            assert fork.step().tick.tolist() == [saved.tick, saved.tick]
        with client.create_session("ct-2", gamma=GAMMA, snapshot=saved) as fork:
            copied = course(fork, 6)
        parent.restore(0, saved)
        assert course(parent, 6) == copied


def test_what_is_wrong_with_a_snapshot_is_said(client: macenv.Client) -> None:
    with client.create_session("ct-2") as session, client.create_session("bp-10") as other:
        saved = session.snapshot()
        with pytest.raises(macenv.RequestRefused) as mismatch:
            other.restore(0, saved)
        assert mismatch.value.reason == "SNAPSHOT_MISMATCH"
        with pytest.raises(macenv.ServerFailure) as corrupt:
            session.restore(0, macenv.Snapshot(saved.data[:-3]))
        assert corrupt.value.reason == "SNAPSHOT_CORRUPT"


def test_a_lane_is_drawn(client: macenv.Client) -> None:
    with client.create_session("bp-10", seeds=7, view=View(render=True)) as session:
        events = session.step()
        text = session.render(format="text/plain")
        assert (text.format, text.episode, text.tick) == ("text/plain", 0, 0)
        assert text.text.startswith("bp-10   tick 0")
        png = session.render(0, "image/png")
        assert png.data.startswith(b"\x89PNG")
        with pytest.raises(ValueError, match="text/plain"):
            _ = png.text
        session.step(first_legal(events))
        assert session.render().tick > 0
        with pytest.raises(macenv.InvalidField):
            session.render(0, "image/gif")
    with client.create_session("bp-10") as blind, pytest.raises(macenv.NotGranted):
        blind.render()


def play_again(client: macenv.Client, recording: macenv.Recording) -> list[macenv.Events]:
    """Plays what was decided, and gives what came of it."""
    happened = []
    options = {**recording.header.options, "view": View.everything()}
    with client.create_session(recording.header.environment, **options) as again:
        for entry in recording:
            match entry:
                case macenv.RecordedDecisions():
                    happened.append(again.step(entry.decisions, max_ticks=entry.max_ticks))
                case macenv.RecordedReset(lane_seeds=()):
                    again.reset_episodes([s.lane for s in entry.started], [s.seed for s in entry.started])
                case macenv.RecordedReset():
                    again.reset([s.lane for s in entry.started], entry.lane_seeds)
                case macenv.RecordedLane():
                    again.restore(entry.lane, entry.snapshot)
    return happened


def places(all_events: list[macenv.Events]) -> list[tuple[int, ...]]:
    """Lane, episode, tick and kind of all rows."""
    return [
        (int(e.lane[r]), int(e.episode[r]), int(e.tick[r]), int(e.kind[r])) for e in all_events for r in range(e.rows)
    ]


def rows(all_events: list[macenv.Events]) -> list[tuple[object, ...]]:
    """All rows, by lane: those of different lanes may come in any order."""
    found = []
    for events in all_events:
        for r in range(events.rows):
            place = (events.lane[r], events.episode[r], events.tick[r], events.kind[r])
            seen = [o[r].tolist() for o in events.observations]
            found.append((*map(int, place), events.joint_reward[r], seen, events.state[r].tolist()))
    return sorted(found, key=lambda row: row[0])


def test_a_recorded_session_plays_again(client: macenv.Client, tmp_path: Path) -> None:
    recorded = RecordingOptions(events=True, privileged=True)
    session = client.create_session("ct-2", lanes=2, seeds=7, gamma=GAMMA, recording=recorded)
    events = session.step()
    for number in range(12):
        if number == 4:
            saved = session.snapshot(1)
            session.reset([0], [9])
            events = session.step()
        if number == 8:
            session.reset_episodes([1], [5])
            session.restore(0, saved)
            events = session.step()
        events = session.step(first_legal(events), max_ticks=3)
    assert not session.fetch_recording().complete
    session.close()
    file = tmp_path / "session.macenv"
    session.fetch_recording().write(file)

    recording = macenv.Recording.read(file)
    assert recording.complete
    header = recording.header
    assert (header.environment, header.lanes, header.gamma) == (f"ct-2@{session.spec.version}", 2, GAMMA)
    assert header.lane_seeds == session.seeds
    assert header.spec.fingerprint == session.spec.fingerprint
    assert (header.recorded.events, header.recorded.privileged) == (True, True)
    entries = list(recording)
    assert [e.sequence for e in entries] == sorted(e.sequence for e in entries)
    assert {type(e) for e in entries} == {
        *(macenv.RecordedGrant, macenv.RecordedDecisions, macenv.RecordedEvents, macenv.RecordedReset),
        *(macenv.RecordedLane, macenv.RecordedClose),
    }
    assert isinstance(entries[-1], macenv.RecordedClose)
    assert entries[-1].cause == "OWNER"
    happened = [e.events for e in entries if isinstance(e, macenv.RecordedEvents)]
    assert len(rows(happened)) > 20
    # Rows that a reset overtook are in the recording, and were never sent.
    assert set(map(repr, rows(play_again(client, recording)))) <= set(map(repr, rows(happened)))
    assert len(rows(play_again(client, recording))) > 20


def test_a_fork_is_recorded_with_its_snapshots(client: macenv.Client) -> None:
    with client.create_session("ct-2", seeds=7, gamma=GAMMA) as parent:
        parent.step(first_legal(parent.step()))
        with client.create_session(
            "ct-2", lanes=2, gamma=GAMMA, snapshot=parent.snapshot(), recording=RecordingOptions(events=True)
        ) as fork:
            course(fork, 4)
            recording = fork.fetch_recording()
        lanes = [e for e in recording if isinstance(e, macenv.RecordedLane)]
        assert [(e.lane, e.cause) for e in lanes] == [(0, "start"), (1, "start")]
        assert recording.header.lane_seeds == ()
        happened = [e.events for e in recording if isinstance(e, macenv.RecordedEvents)]

        assert sorted(places(happened)) == sorted(places(play_again(client, recording)))


def test_a_recording_is_fetched_through_cuts(client: macenv.Client, proxy: Proxy) -> None:
    with client.create_session("ct-2", seeds=7, recording=RecordingOptions(events=True, privileged=True)) as session:
        course(session, 800)
        whole = session.fetch_recording()
        assert len(whole.data) > 200_000
        proxy.cut_answers([70_000, 70_000])
        with macenv.connect(proxy.target) as through:
            assert through.attach(session.key).fetch_recording().data == whole.data
        assert proxy.cuts_made == 2


def test_asyncio_saves_draws_and_records(target: str) -> None:
    async def play() -> None:
        async with (
            macenv.aio.connect(target) as client,
            await client.create_session("bp-10", seeds=7, view=View(render=True), recording=RecordingOptions()) as one,
        ):
            events = await one.step()
            saved = await one.snapshot()
            after = repr(await one.step(first_legal(events)))
            await one.restore(0, saved)
            assert repr(await one.step()) == repr(events)
            assert repr(await one.step(first_legal(events))) == after
            assert (await one.render(0, "text/plain")).text
            async with await client.create_session("bp-10", snapshot=saved) as fork:
                assert repr(await fork.step()) == repr(events)
            kinds = [type(e) for e in await one.fetch_recording()]
            assert kinds.count(macenv.RecordedDecisions) == 4

    asyncio.run(play())


def test_a_session_that_is_not_recorded(client: macenv.Client) -> None:
    with client.create_session("bp-10") as session, pytest.raises(macenv.RequestRefused) as raised:
        session.fetch_recording()
    assert raised.value.reason == "RECORDING_NOT_FOUND"


def test_what_is_no_recording() -> None:
    with pytest.raises(ValueError, match="MACENV01"):
        macenv.Recording(b"something else")
    with pytest.raises(ValueError, match="no header"):
        macenv.Recording(b"MACENV01")


def test_a_damaged_entry_ends_a_recording(client: macenv.Client) -> None:
    with client.create_session("bp-10", seeds=7, recording=RecordingOptions(events=True)) as session:
        course(session, 3)
        whole = session.fetch_recording()
    damaged = bytearray(whole.data)
    damaged[-1] ^= 1
    for data in (bytes(damaged), whole.data[:-1]):
        assert len(list(macenv.Recording(data))) == len(list(whole)) - 1


def test_checksums_are_castagnolis() -> None:
    assert crc32c(b"123456789") == 0xE3069283
