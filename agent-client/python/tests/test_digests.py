"""The determinism law.

The trajectory depends on environment, seeds and decisions alone, not on who asks for it, or how.
"""

from __future__ import annotations

import asyncio
import threading

import pytest
from conformance import DIGESTS, Rule
from proxy import Proxy

import macenv
from macenv import ClientOptions, TrajectoryDigest, Transport

BP_10 = next(digest for environment, seed, digest in DIGESTS if (environment, seed) == ("bp-10", 7))
CT_10 = next(digest for environment, seed, digest in DIGESTS if (environment, seed) == ("ct-10", 7))


def played(session: macenv.Session) -> str:
    digest = TrajectoryDigest(3, 2)
    loop = macenv.EpisodeLoop(session, Rule(), digest)
    while not digest.complete:
        loop.play(1)
    return digest.all()


@pytest.mark.parametrize("transport", list(Transport))
@pytest.mark.parametrize(("environment", "seed", "expected"), DIGESTS)
def test_digests_are_those_of_the_java_client(
    target: str, environment: str, seed: int, expected: str, transport: Transport
) -> None:
    with (
        macenv.connect(target, options=ClientOptions(transport=transport)) as client,
        client.create_session(environment, lanes=3, seeds=seed, gamma=0.95) as session,
    ):
        assert played(session) == expected


@pytest.mark.parametrize("transport", list(Transport))
def test_asyncio_goes_the_same_way(target: str, transport: Transport) -> None:
    async def play() -> str:
        digest = TrajectoryDigest(3, 2)
        async with macenv.aio.connect(target, options=ClientOptions(transport=transport)) as client:
            session = await client.create_session("ct-10", lanes=3, seeds=7, gamma=0.95)
            async with session:
                loop = macenv.aio.AsyncEpisodeLoop(session, Rule(), digest)
                while not digest.complete:
                    await loop.play(1)
        return digest.all()

    assert asyncio.run(play()) == CT_10


def test_seeds_are_64_bits_signed_or_not(client: macenv.Client) -> None:
    with client.create_session("ct-10", lanes=3, seeds=2**64 - 1, gamma=0.95) as session:
        assert played(session) == next(d for e, s, d in DIGESTS if (e, s) == ("ct-10", -1))


@pytest.mark.parametrize("transport", list(Transport))
def test_cut_connections_change_nothing(proxy: Proxy, transport: Transport) -> None:
    """Exactly once: answers are lost at every place in them, and no decision is lost or applied twice."""
    options = ClientOptions(transport=transport)
    with (
        macenv.connect(proxy.target, options=options) as client,
        client.create_session("ct-10", lanes=3, seeds=7, gamma=0.95) as session,
    ):
        cuts = [0, 17, 400, 1500, 1501, 2, 5000, 333, 4000, 1]
        proxy.cut_answers(cuts)
        assert played(session) == CT_10
        assert proxy.cuts_made == len(cuts)


def test_asyncio_survives_cut_connections(proxy: Proxy) -> None:
    async def play() -> str:
        digest = TrajectoryDigest(3, 2)
        async with macenv.aio.connect(proxy.target) as client:
            async with await client.create_session("ct-10", lanes=3, seeds=7, gamma=0.95) as session:
                proxy.cut_answers([0, 17, 400, 1500, 1501, 2, 5000])
                loop = macenv.aio.AsyncEpisodeLoop(session, Rule(), digest)
                while not digest.complete:
                    await loop.play(1)
        return digest.all()

    assert asyncio.run(play()) == CT_10
    assert proxy.cuts_made == 7


def test_tick_by_tick_is_the_same_game(client: macenv.Client) -> None:
    """max_ticks and min_ready cut answers differently, and change no trajectory: the rows between are left out here."""
    digest = TrajectoryDigest(3, 2)
    rows: dict[int, list[tuple[int, int, int]]] = {0: [], 1: [], 2: []}
    whole: dict[int, list[tuple[int, int, int]]] = {0: [], 1: [], 2: []}
    for kept, arguments in ((whole, {}), (rows, {"max_ticks": 1, "min_ready": 1})):
        with client.create_session("ct-10", lanes=3, seeds=7) as session:
            decisions = macenv.Decisions()
            while any(len(lane) < 30 for lane in kept.values()):
                events = session.step(decisions, **arguments)
                for r in range(events.rows):
                    if events.kind[r] != macenv.EventKind.TICK_LIMIT:
                        lane = int(events.lane[r])
                        kept[lane].append((int(events.episode[r]), int(events.tick[r]), int(events.kind[r])))
                due = [(r, s, Rule().choose(events, r, s)) for r, s in zip(*events.due(), strict=True)]
                decisions = macenv.Decisions.of((int(events.lane[r]), int(s), a) for r, s, a in due)
    assert all(rows[lane][:30] == whole[lane][:30] for lane in rows)
    assert not digest.complete


def test_players_of_one_episode_go_the_same_way(client: macenv.Client, target: str) -> None:
    """Each agent by a client of its own; what each receives of its seat is what a single player would."""
    with client.create_session("bp-10", seeds=7, open_seats=[0, 1]) as owner:
        ends: dict[int, list[macenv.EpisodeSummary]] = {}

        def player(seat: int, invite: macenv.Invite) -> None:
            with macenv.connect(target) as own, own.join(invite) as session:
                assert session.seats == (seat,)
                ends[seat] = macenv.EpisodeLoop(session, Rule()).play(2)

        threads = [threading.Thread(target=player, args=p) for p in enumerate(owner.invites)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    with client.create_session("bp-10", seeds=7) as session:
        alone = macenv.EpisodeLoop(session, Rule()).play(2)
    for seat in (0, 1):
        assert [(e.ticks, e.total_reward) for e in ends[seat]] == [(e.ticks, e.total_reward) for e in alone]


def test_another_process_goes_on(client: macenv.Client, target: str) -> None:
    """What a killed process knew is its session's key; the rest the server knows."""
    digest = TrajectoryDigest(1)
    lost = client.create_session("ct-10", seeds=7)
    events = lost.step()
    digest(events)
    for _ in range(5):
        decisions = events.decide([Rule().choose(events, r, s) for r, s in zip(*events.due(), strict=True)])
        events = lost.step(decisions)
        digest(events)
    with macenv.connect(target) as other, other.attach(macenv.SessionKey(*lost.key)) as session:
        again = session.step()
        assert (again.lane.tolist(), again.tick.tolist()) == (events.lane.tolist(), events.tick.tolist())
        assert (again.observations[0] == events.observations[0]).all()
        summaries = macenv.EpisodeLoop(session, Rule(), digest).play(1)
    with client.create_session("ct-10", seeds=7) as session:
        assert macenv.EpisodeLoop(session, Rule()).play(1)[0].ticks == summaries[0].ticks
