"""Every mistake has a typed error that says what to do, and costs nothing: the session goes on."""

from __future__ import annotations

import asyncio
import pickle
import socket
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import ExitStack

import grpc
import pytest

import macenv
from macenv import ClientOptions, Transport
from macenv.v1 import catalog_pb2

# Takes one tick in Box Pushing.
STAY = 7

HASTY = ClientOptions(attempt_timeout=1, patience=0.5, step_timeout=2)


@pytest.fixture(params=list(Transport))
def session(target: str, request: pytest.FixtureRequest) -> Iterator[macenv.Session]:
    options = ClientOptions(transport=request.param)
    with (
        macenv.connect(target, options=options) as client,
        client.create_session("bp-10", seeds=7) as session,
    ):
        session.step()
        yield session


MISTAKES: dict[str, tuple[Callable[[macenv.Session], object], type[macenv.MacenvError], str, str]] = {
    "no such macro-action": (
        lambda s: s.step([(0, 0, 99)]),
        macenv.BadAction,
        "ACTION_OUT_OF_RANGE",
        "events.legal",
    ),
    "no fallback": (lambda s: s.step([(0, 0, -1)]), macenv.BadAction, "NO_FALLBACK", "events.legal"),
    "no such lane": (
        lambda s: s.step([(5, 0, 0)]),
        macenv.InvalidField,
        "INVALID_FIELD",
        "correct the fields",
    ),
    "twice": (
        lambda s: s.step([(0, 0, 0), (0, 0, 0)]),
        macenv.InvalidField,
        "INVALID_FIELD",
        "correct the fields",
    ),
    "columns": (
        lambda s: s.step(macenv.Decisions([0, 0], [0, 1], [0])),
        macenv.InvalidField,
        "INVALID_FIELD",
        "correct the fields",
    ),
    "no such lane to reset": (
        lambda s: s.reset([9]),
        macenv.InvalidField,
        "INVALID_FIELD",
        "correct the fields",
    ),
    "not granted": (lambda s: s.macro_state(), macenv.NotGranted, "SEAT_NOT_GRANTED", "invite"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_and_the_session_goes_on(session: macenv.Session, mistake: str) -> None:
    make, kind, reason, advice = MISTAKES[mistake]
    with pytest.raises(kind, match=f"what to do: .*{advice}") as raised:
        make(session)
    assert type(raised.value) is kind
    assert raised.value.reason == reason
    assert session.step([(0, 0, 0), (0, 1, 0)]).rows == 1


def test_a_seat_that_is_busy_is_refused(session: macenv.Session) -> None:
    session.step([(0, 0, 0)], max_ticks=1)
    with pytest.raises(macenv.BadAction) as raised:
        session.step([(0, 0, 0)])
    assert raised.value.reason == "SEAT_ONGOING"
    assert raised.value.metadata["seat"] == "0"


def test_all_bad_settings_are_named_at_once(client: macenv.Client) -> None:
    with pytest.raises(macenv.InvalidField) as raised:
        client.create_session("bp-10", settings={"nonsense": 1}, lanes=0, gamma=2.0)
    assert {"config.nonsense", "lanes", "gamma"} <= set(raised.value.violations)


def test_unknown_environment(client: macenv.Client) -> None:
    with pytest.raises(macenv.EnvironmentNotFound, match=r"client.environments\(\)"):
        client.create_session("chess")


def test_views_that_were_not_asked_for(session: macenv.Session) -> None:
    events = session.step()
    for column in ("state", "macro_state", "current_action"):
        with pytest.raises(LookupError, match="View"):
            getattr(events, column)


def test_a_lane_that_ended(client: macenv.Client) -> None:
    with client.create_session("bp-6", seeds=7, reset_mode=macenv.ResetMode.MANUAL) as session:
        events = session.step()
        while not events.ended:
            events = session.step(events.decide([0] * len(events.due()[0])))
        with pytest.raises(macenv.LaneEnded, match="reset"):
            session.step([(0, 0, 0)])
        session.reset()
        assert session.step().kind.tolist() == [macenv.EventKind.START]


def test_seats_missing_and_taken(client: macenv.Client, target: str) -> None:
    with client.create_session("bp-10", open_seats=[1]) as owner:
        owner.step()
        with pytest.raises(macenv.SeatsMissing, match="session.invites"):
            owner.step([(0, 0, 0)])
        with macenv.connect(target) as other, other.join(owner.invites[0]) as first:
            assert first.seats == (1,)
            with pytest.raises(macenv.SeatTaken, match="lease") as raised:
                other.join(owner.invites[0])
            assert raised.value.retry_after is not None


@pytest.mark.parametrize("transport", list(Transport))
def test_a_closed_session(client: macenv.Client, target: str, transport: Transport) -> None:
    with macenv.connect(target, options=ClientOptions(transport=transport)) as other:
        session = other.create_session("bp-10")
        session.step()
        client.attach(session.key).close()
        with pytest.raises(macenv.SessionExpired, match="create a new session") as raised:
            session.step()
        assert raised.value.metadata["cause"] == "OWNER"


def test_an_expired_lease() -> None:
    with macenv.serve("--max-sessions=2", "--set=lease.shortestSeconds=1") as server, ExitStack() as stack:
        clients = [
            stack.enter_context(macenv.connect(server.target, options=ClientOptions(transport=transport)))
            for transport in Transport
        ]
        forgotten = [client.create_session("bp-10", lease=1.0) for client in clients]
        # Looking at a session would renew its lease; that there is room for others says that both are over.
        for client in clients:
            stack.enter_context(create_when_there_is_room(client))
        for session in forgotten:
            with pytest.raises(macenv.SessionExpired, match="longer lease") as raised:
                session.step()
            assert raised.value.metadata["cause"] == "LEASE_EXPIRED"


def create_when_there_is_room(client: macenv.Client) -> macenv.Session:
    end = time.monotonic() + 30
    while True:
        try:
            return client.create_session("bp-10")
        except macenv.LimitReached:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_a_wrong_session_token(client: macenv.Client, session: macenv.Session) -> None:
    with pytest.raises(macenv.BadToken):
        client.attach(macenv.SessionKey(session.key.session, "wrong"))


def test_a_server_that_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begin = time.monotonic()
    with macenv.connect(f"127.0.0.1:{port}", options=HASTY) as client:
        with pytest.raises(macenv.ServerUnavailable, match=r"macenv.serve\(\)"):
            client.create_session("bp-10")

    async def try_it() -> None:
        async with macenv.aio.connect(f"127.0.0.1:{port}", options=HASTY) as client:
            await client.create_session("bp-10")

    with pytest.raises(macenv.ServerUnavailable):
        asyncio.run(try_it())
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize("transport", list(Transport))
def test_a_server_that_dies_in_the_middle(transport: Transport) -> None:
    options = ClientOptions(attempt_timeout=20, patience=0.5, transport=transport)
    with macenv.serve() as server, macenv.connect(server.target, options=options) as client:
        session = client.create_session("bp-10")
        session.step()
        server.close()
        with pytest.raises(macenv.ServerUnavailable):
            session.step([(0, 0, 0), (0, 1, 0)])
        session.close()


@pytest.mark.parametrize("transport", list(Transport))
def test_a_step_that_waits_for_others_ends_in_time(client: macenv.Client, target: str, transport: Transport) -> None:
    """The server lives and answers, but another player never decides."""
    options = ClientOptions(attempt_timeout=0.5, patience=10, step_timeout=1.5, transport=transport)
    with (
        client.create_session("bp-10", open_seats=[1]) as creator,
        client.join(creator.invites[0]) as other,
        macenv.connect(target, options=options) as hasty,
    ):
        owner = hasty.attach(creator.key)
        other.step()
        events = owner.step()
        begin = time.monotonic()
        with pytest.raises(macenv.ServerUnavailable, match="tried for"):
            owner.step(events.decide([STAY]))
        assert time.monotonic() - begin < 30
        # The decision was taken; asking again with the same one waits for the same answer.
        other.step([(0, 1, STAY)])
        assert owner.step(events.decide([STAY])).tick.tolist() == [1]


def test_asyncio_steps_end_in_time(client: macenv.Client, target: str) -> None:
    async def wait(key: macenv.SessionKey) -> None:
        options = ClientOptions(attempt_timeout=0.5, patience=10, step_timeout=1.5)
        async with macenv.aio.connect(target, options=options) as hasty:
            session = await hasty.attach(key)
            events = await session.step()
            await session.step(events.decide([STAY]))

    with (
        client.create_session("bp-10", open_seats=[1]) as owner,
        client.join(owner.invites[0]),
        pytest.raises(macenv.ServerUnavailable, match="tried for"),
    ):
        asyncio.run(wait(owner.key))


def test_something_that_accepts_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = f"127.0.0.1:{silent.getsockname()[1]}"
        begin = time.monotonic()
        with macenv.connect(target, options=HASTY) as client, pytest.raises(macenv.ServerUnavailable):
            client.server_info()
        assert time.monotonic() - begin < 30


@pytest.mark.parametrize("connect", [macenv.connect, macenv.aio.connect])
@pytest.mark.parametrize("target", ["http://localhost:50051", "https://localhost:50051", "localhost", ""])
def test_what_is_no_address_is_refused_at_once(connect: Callable[[str], object], target: str) -> None:
    with pytest.raises(ValueError, match=rf"target: {target} \(expected: host:port"):
        connect(target)


class OtherServer(grpc.GenericRpcHandler):  # type: ignore[misc]
    """A gRPC server of another protocol, which can at most tell its version."""

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if not details.method.endswith("GetServerInfo"):
            return None
        answer = catalog_pb2.GetServerInfoResponse(protocols=["macenv.v2"], server="future").SerializeToString()
        return grpc.unary_unary_rpc_method_handler(lambda request, context: answer)


def test_a_server_of_another_version() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((OtherServer(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with macenv.connect(f"127.0.0.1:{port}") as client:
            with pytest.raises(macenv.WrongProtocol, match="macenv.v2"):
                client.server_info()
            with pytest.raises(macenv.WrongProtocol, match="check the address"):
                client.create_session("bp-10")
    finally:
        server.stop(None)


def test_errors_survive_pickling() -> None:
    error = macenv.BadAction(macenv.Failure("FAILED_PRECONDITION", "no", "ACTION_ILLEGAL", {}, {"lane": "1"}))
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is macenv.BadAction
    assert str(copy) == str(error)
    assert copy.metadata == {"lane": "1"}


def test_secrets_are_not_shown(session: macenv.Session) -> None:
    assert session.key.token not in repr(session) + repr(session.key) + str(session.key)


@pytest.mark.parametrize("transport", list(Transport))
def test_a_server_that_was_started_again(transport: Transport) -> None:
    """It is found again; a session that it did not bring back is refused, and a new one plays."""
    options = ClientOptions(transport=transport)
    first = macenv.serve()
    port = int(first.target.rpartition(":")[2])
    with macenv.connect(first.target, options=options) as client:
        session = client.create_session("bp-10")
        session.step()
        first.close()
        with macenv.serve(port=port):
            with pytest.raises((macenv.BadToken, macenv.SessionExpired), match="session"):
                session.step([(0, 0, 0), (0, 1, 0)])
            with client.create_session("bp-10") as another:
                assert another.step().rows == 1
