"""Looking on at a session, with and without asyncio."""

from __future__ import annotations

import asyncio
import threading

import pytest
from proxy import Proxy

import macenv


def decide(events: macenv.Events) -> macenv.Decisions:
    """The first legal macro-action of everybody who is pending."""
    rows, seats = events.due()
    return events.decide([int(events.legal(row, seat).argmax()) for row, seat in zip(rows, seats, strict=True)])


class Player:
    """Goes on when the spectator has seen where the lane stands, so that nothing is left out."""

    def __init__(self, owner: macenv.Session) -> None:
        self._owner = owner
        self._played = owner.step()
        self._total = 0.0
        self.ended = 0

    def saw(self, seen: macenv.Events) -> None:
        assert not seen.status.any(), "only the course of the game"
        for row in range(seen.rows):
            self._total += float(seen.joint_reward[row])
            stands = seen.kind[row] == self._played.kind[0] and seen.tick[row] == self._played.tick[0]
            if stands and self._played.pending[0].any():
                self._played = self._owner.step(decide(self._played))
        for episode in seen.ended:
            assert episode.total_reward == self._total
            self.ended += 1


def test_a_spectator_sees_the_course_of_the_game_alone(client: macenv.Client) -> None:
    with client.create_session("bp-6", seeds=7, spectators=macenv.View()) as owner:
        spectator = client.join(owner.invites[-1])
        assert spectator.seats == ()
        player = Player(owner)
        with spectator.watch() as watch:
            while player.ended == 0:
                player.saw(next(watch))
            assert watch.dropped_rows == 0


def test_asyncio_sees_the_same(client: macenv.Client, target: str) -> None:
    async def look_on(invite: macenv.Invite, player: Player) -> None:
        async with macenv.aio.connect(target) as asynchronous:
            spectator = await asynchronous.join(invite)
            async with spectator.watch() as watch:
                async for seen in watch:
                    player.saw(seen)
                    if player.ended:
                        break
                assert watch.dropped_rows == 0

    with client.create_session("bp-6", seeds=7, spectators=macenv.View()) as owner:
        asyncio.run(look_on(owner.invites[-1], Player(owner)))


def test_it_ends_with_the_session(client: macenv.Client) -> None:
    owner = client.create_session("bp-10")
    owner.step()
    spectator = client.attach(owner.key)
    for _ in spectator.watch():
        owner.close()


def test_close_wakes_who_waits(client: macenv.Client) -> None:
    with client.create_session("bp-10") as owner:
        owner.step()
        watch = client.attach(owner.key).watch()
        next(watch)
        rest: list[macenv.Events] = []
        waiting = threading.Thread(target=lambda: rest.extend(watch))
        waiting.start()
        watch.close()
        waiting.join(60)
        assert not waiting.is_alive()
        assert rest == []


def test_refusals_have_types(client: macenv.Client) -> None:
    with client.create_session("bp-10") as owner:
        with pytest.raises(macenv.InvalidField, match="INVALID_FIELD"):
            next(owner.watch(3))
        first = owner.watch()
        next(first)
        with owner.watch() as newer:
            next(newer)
            with pytest.raises(macenv.RequestRefused, match="SUPERSEDED"):
                next(first)


def test_it_goes_on_when_connections_are_cut(client: macenv.Client, proxy: Proxy) -> None:
    owner = client.create_session("bp-10", seeds=7, spectators=macenv.View())
    played = owner.step()
    with macenv.connect(proxy.target) as through:
        spectator = through.join(owner.invites[-1])
        proxy.cut_answers([1500, 1500, 1500])
        for _ in spectator.watch():
            if proxy.cuts_made >= 3:
                owner.close()
            else:
                played = owner.step(decide(played))
        assert proxy.cuts_made >= 3


def test_it_ends_when_the_session_has_closed_between_two_connections(client: macenv.Client, proxy: Proxy) -> None:
    owner = client.create_session("bp-10", seeds=7, spectators=macenv.View())
    with macenv.connect(proxy.target) as through:
        spectator = through.join(owner.invites[-1])
        watch, late = spectator.watch(), spectator.watch()
        next(watch)
        proxy.cut_answers([1])  # the news that it has closed
        owner.close()
        assert list(watch) == []
        assert proxy.cuts_made == 1
        with pytest.raises(macenv.SessionExpired):  # one that never began
            next(late)


def test_asyncio_ends_likewise(client: macenv.Client, proxy: Proxy) -> None:
    async def look_on(owner: macenv.Session) -> list[macenv.Events]:
        async with macenv.aio.connect(proxy.target) as through:
            spectator = await through.join(owner.invites[-1])
            async with spectator.watch() as watch:
                await anext(watch)
                proxy.cut_answers([1])
                owner.close()
                return [news async for news in watch]

    assert asyncio.run(look_on(client.create_session("bp-10", seeds=7, spectators=macenv.View()))) == []
    assert proxy.cuts_made == 1
