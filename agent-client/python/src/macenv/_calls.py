"""The calls of the protocol as bytes to send and functions that read the answer; what carries them is another matter.

The plain and the asyncio client differ in nothing but how they wait.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from macenv.errors import Failure, MacenvError, WrongProtocol, error
from macenv.events import Decisions, EpisodeStart, Events, MacroObservations, MacroStates
from macenv.options import (
    Absence,
    ClientOptions,
    Drawing,
    EnvironmentEntry,
    Invite,
    RecordingOptions,
    ResetMode,
    ServerInfo,
    SessionKey,
    Snapshot,
    View,
)
from macenv.recording import Recording
from macenv.spec import TeamSpec
from macenv.v1 import catalog_pb2, event_pb2, session_pb2

T = TypeVar("T")

CATALOG = "/macenv.v1.CatalogService/"
SESSION = "/macenv.v1.SessionService/"
PLAY = SESSION + "Play"
STEP = SESSION + "Step"
WATCH = SESSION + "Watch"
FETCH_RECORDING = SESSION + "FetchRecording"
CLOSE_SECONDS = 5.0

# Seeds are 64 bits on the wire; numbers below zero stand for their two's complement, as Java writes them.
_MASK = (1 << 64) - 1

_ABSENCE = {"wait": 1, "fallback_action": 2, "random_legal": 3, "truncate": 4}

# The server promises smaller answers; this is a guard against garbage.
_MAX_MESSAGE_BYTES = 64 << 20

CHANNEL_OPTIONS: list[tuple[str, int]] = [
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 50),
    # How long one attempt to connect may take; a server that has just started is slow.
    ("grpc.min_reconnect_backoff_ms", 10_000),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    # Two clients in one program may mean two servers, one after the other, at one address.
    ("grpc.use_local_subchannel_pool", 1),
    # Repeating is done here, where it is known what may be repeated.
    ("grpc.enable_retries", 0),
]


@dataclass(frozen=True)
class Call(Generic[T]):
    """A call that is safe to repeat: it reads, or its request has a number by which the server knows it again."""

    path: str
    request: bytes
    read: Callable[[bytes], T]


@dataclass(frozen=True)
class Terms:
    """What was agreed when a session began."""

    key: SessionKey
    spec: TeamSpec
    lanes: int
    seeds: tuple[int, ...]
    invites: tuple[Invite, ...]
    gamma: float
    reset_mode: ResetMode
    seats: tuple[int, ...]
    last_step_id: int
    # The last one that the server has taken.
    taken_step_id: int


# Of the protocol's enumerations Role, SessionState and RecordingMode.
_SPECTATOR: Any = 3
_CLOSED = 4
_RECORD_DECISIONS: Any = 2
_RECORD_EVENTS: Any = 3


def server_info() -> Call[ServerInfo]:
    """GetServerInfo."""

    def read(data: bytes) -> ServerInfo:
        m = catalog_pb2.GetServerInfoResponse.FromString(data)
        if "macenv.v1" not in m.protocols:
            protocols = ", ".join(m.protocols) or "none"
            raise WrongProtocol(Failure("UNIMPLEMENTED", f"protocols served: {protocols} (expected: macenv.v1)"))
        return ServerInfo(tuple(m.protocols), m.server, m.version, frozenset(m.features))

    return Call(CATALOG + "GetServerInfo", b"", read)


def environments(page_token: str) -> Call[tuple[list[EnvironmentEntry], str]]:
    """A page of ListEnvironments, and the token of the next."""

    def read(data: bytes) -> tuple[list[EnvironmentEntry], str]:
        m = catalog_pb2.ListEnvironmentsResponse.FromString(data)
        return [EnvironmentEntry(e.id, e.version, e.summary) for e in m.environments], m.next_page_token

    request = catalog_pb2.ListEnvironmentsRequest(page_token=page_token)
    return Call(CATALOG + "ListEnvironments", request.SerializeToString(), read)


def environment(name: str, settings: Mapping[str, Any] | None) -> Call[TeamSpec]:
    """GetEnvironment."""
    request = catalog_pb2.GetEnvironmentRequest(environment=name)
    request.config.update(dict(settings or {}))

    def read(data: bytes) -> TeamSpec:
        return TeamSpec.of(catalog_pb2.GetEnvironmentResponse.FromString(data).spec)

    return Call(CATALOG + "GetEnvironment", request.SerializeToString(), read)


def create_session(
    name: str,
    *,
    settings: Mapping[str, Any] | None,
    lanes: int,
    seeds: int | Sequence[int],
    gamma: float,
    reset_mode: ResetMode,
    view: View,
    open_seats: Sequence[int] | Mapping[int, Absence],
    spectators: View | None,
    lease: float | None,
    snapshot: Snapshot | None,
    recording: RecordingOptions | None,
) -> Call[Terms]:
    """CreateSession."""
    request = session_pb2.CreateSessionRequest(
        environment=name,
        lanes=lanes,
        seeds=[seed & _MASK for seed in ([seeds] if isinstance(seeds, int) else seeds)],
        gamma=gamma,
        reset_mode=reset_mode.value,  # type: ignore[arg-type]
        owner_view=_view(view),
        request_id=str(uuid.uuid4()),
    )
    request.config.update(dict(settings or {}))
    for seat in open_seats:
        policy = request.seats.add(seat=seat, assignment=2)
        if isinstance(open_seats, Mapping):
            absence = open_seats[seat]
            policy.optional_at_start = True
            policy.absence.kind = _ABSENCE[absence.kind]  # type: ignore[assignment]
            policy.absence.action = absence.action
            if absence.patience is not None:
                policy.absence.patience.FromNanoseconds(round(absence.patience * 1e9))
    if spectators is not None:
        # Whoever names invites names all of them.
        for seat in sorted(open_seats):
            request.invites.add(seats=[seat], max_uses=1)
        request.invites.add(role=_SPECTATOR, max_view=_view(spectators))
    if lease is not None:
        request.lease.FromNanoseconds(round(lease * 1e9))
    if snapshot is not None:
        request.snapshot = snapshot.data
    if recording is not None:
        request.recording.mode = _RECORD_EVENTS if recording.events else _RECORD_DECISIONS
        request.recording.privileged = recording.privileged
        request.recording.max_bytes = recording.max_bytes

    def read(data: bytes) -> Terms:
        m = session_pb2.CreateSessionResponse.FromString(data)
        return Terms(
            key=SessionKey(m.session, m.token),
            spec=TeamSpec.of(m.spec),
            lanes=lanes,
            seeds=tuple(m.seeds),
            invites=tuple(Invite(m.session, i.token, tuple(i.options.seats)) for i in m.invites),
            gamma=m.gamma,
            reset_mode=_reset_mode(m.reset_mode),
            seats=tuple(m.seats),
            last_step_id=0,
            taken_step_id=0,
        )

    return Call(SESSION + "CreateSession", request.SerializeToString(), read)


def join(
    invite: Invite, *, seats: Sequence[int], view: View, request_id: str | None, lease: float | None
) -> Call[SessionKey]:
    """Join. How far a place that is come back to has got, only `get_session` tells."""
    request = session_pb2.JoinRequest(
        session=invite.session,
        invite=invite.token,
        seats=seats,
        view=_view(view),
        request_id=request_id or str(uuid.uuid4()),
    )
    if lease is not None:
        request.lease.FromNanoseconds(round(lease * 1e9))

    def read(data: bytes) -> SessionKey:
        return SessionKey(invite.session, session_pb2.JoinResponse.FromString(data).token)

    return Call(SESSION + "Join", request.SerializeToString(), read)


def get_session(key: SessionKey, sent_step_id: int | None = None) -> Call[Terms]:
    """GetSession, to go on behind the last step taken, or to repeat the one that was sent last."""
    request = session_pb2.GetSessionRequest(session=key.session, token=key.token, include_spec=True)

    def read(data: bytes) -> Terms:
        m = session_pb2.GetSessionResponse.FromString(data)
        taken = m.grant.last_step_id
        if sent_step_id is not None and sent_step_id not in (taken, taken + 1):
            message = (
                f"sent_step_id: {sent_step_id} "
                f"(expected: {taken}, the last step that the session has taken, or {taken + 1})"
            )
            raise error(Failure("ABORTED", message, "STEP_ID_MISMATCH", metadata={"expected": str(taken + 1)}))
        return Terms(
            key=key,
            spec=TeamSpec.of(m.spec),
            lanes=len(m.lanes),
            seeds=(),
            invites=(),
            gamma=m.gamma,
            reset_mode=_reset_mode(m.reset_mode),
            seats=tuple(m.grant.seats),
            last_step_id=taken if sent_step_id is None else max(0, sent_step_id - 1),
            taken_step_id=taken,
        )

    return Call(SESSION + "GetSession", request.SerializeToString(), read)


def step_request(step_id: int, decisions: Decisions, max_ticks: int, min_ready: int) -> event_pb2.StepRequest:
    """StepRequest, without session and token."""
    return event_pb2.StepRequest(
        step_id=step_id,
        lane=decisions.lane,
        seat=decisions.seat,
        action=decisions.action,
        max_ticks=max_ticks,
        min_ready=min_ready,
    )


def addressed(request: event_pb2.StepRequest, key: SessionKey) -> bytes:
    """The encoded request with session and token, as a unary call and the first message of a stream have it."""
    complete = event_pb2.StepRequest(session=key.session, token=key.token)
    complete.MergeFrom(request)
    return complete.SerializeToString()


def reset(
    key: SessionKey, lanes: Sequence[int], seeds: Sequence[int], episode_seeds: Sequence[int]
) -> Call[list[EpisodeStart]]:
    """Reset."""
    request = session_pb2.ResetRequest(
        session=key.session,
        token=key.token,
        lanes=lanes,
        seeds=[seed & _MASK for seed in seeds],
        episode_seeds=[seed & _MASK for seed in episode_seeds],
        request_id=str(uuid.uuid4()),
    )

    def read(data: bytes) -> list[EpisodeStart]:
        started = session_pb2.ResetResponse.FromString(data).started
        return [EpisodeStart(s.lane, s.episode, s.seed) for s in started]

    return Call(SESSION + "Reset", request.SerializeToString(), read)


def snapshot(key: SessionKey, lane: int) -> Call[Snapshot]:
    """Snapshot."""
    request = session_pb2.SnapshotRequest(session=key.session, token=key.token, lane=lane)

    def read(data: bytes) -> Snapshot:
        m = session_pb2.SnapshotResponse.FromString(data)
        return Snapshot(m.snapshot, m.episode, m.tick)

    return Call(SESSION + "Snapshot", request.SerializeToString(), read)


def restore(key: SessionKey, lane: int, snapshot: Snapshot) -> Call[None]:
    """Restore."""
    request = session_pb2.RestoreRequest(
        session=key.session, token=key.token, lane=lane, snapshot=snapshot.data, request_id=str(uuid.uuid4())
    )
    return Call(SESSION + "Restore", request.SerializeToString(), lambda data: None)


def render(key: SessionKey, lane: int, format: str) -> Call[Drawing]:  # noqa: A002 - the protocol's word
    """Render."""
    request = session_pb2.RenderRequest(session=key.session, token=key.token, lane=lane, format=format)

    def read(data: bytes) -> Drawing:
        m = session_pb2.RenderResponse.FromString(data)
        return Drawing(m.format, m.data, m.episode, m.tick)

    return Call(SESSION + "Render", request.SerializeToString(), read)


def macro_observation(key: SessionKey, spec: TeamSpec, lanes: Sequence[int]) -> Call[MacroObservations]:
    """GetMacroObservation."""
    request = session_pb2.GetMacroObservationRequest(session=key.session, token=key.token, lanes=lanes)
    return Call(
        SESSION + "GetMacroObservation",
        request.SerializeToString(),
        lambda data: MacroObservations(spec, data),
    )


def macro_state(key: SessionKey, spec: TeamSpec, lanes: Sequence[int]) -> Call[MacroStates]:
    """GetMacroState."""
    request = session_pb2.GetMacroStateRequest(session=key.session, token=key.token, lanes=lanes)
    return Call(SESSION + "GetMacroState", request.SerializeToString(), lambda data: MacroStates(spec, data))


def watch_request(key: SessionKey, lanes: Sequence[int]) -> bytes:
    """An encoded WatchRequest."""
    return session_pb2.WatchRequest(session=key.session, token=key.token, lanes=lanes).SerializeToString()


class News:
    """What both kinds of Watch know: how to read a message, and how long to try when the stream is lost."""

    def __init__(self, session: SessionValues, options: ClientOptions) -> None:
        """Looks on at a session."""
        self._spec = session.spec
        self._seats = session.seats
        self._options = options
        self._dropped = 0
        self._last = False
        self._begun = False
        self._attempts: Attempts | None = None

    @property
    def dropped_rows(self) -> int:
        """Rows left out since the connection was made, up to the events that came last."""
        return self._dropped

    def _read(self, data: bytes) -> Events:
        events, self._dropped, state = Events.of_watch(self._spec, self._seats, data)
        self._last = state == _CLOSED
        self._begun = True
        self._attempts = None
        return events

    def _pause_after(self, failure: Failure) -> float:
        """Seconds before the stream is opened again; raises if it is not to be.

        Patience is for a server that cannot be reached, so it begins when a stream breaks that had brought something:
        news may be long in coming. That the session has closed between two streams is the end, which nobody could tell.
        """
        if self._begun and failure.reason == "SESSION_CLOSED":
            self._last = True
            return 0.0
        if self._attempts is None:
            self._attempts = Attempts(self._options)
        return self._attempts.pause_after(failure)


def close_session(key: SessionKey) -> Call[None]:
    """CloseSession."""
    request = session_pb2.CloseSessionRequest(session=key.session, token=key.token)
    return Call(SESSION + "CloseSession", request.SerializeToString(), lambda data: None)


def _view(view: View) -> session_pb2.View:
    return session_pb2.View(
        state=view.state,
        macro_state=view.macro_state,
        current_actions=view.current_actions,
        reward_trace=view.reward_trace,
        other_agents=view.other_agents,
        render=view.render,
    )


def _reset_mode(mode: int) -> ResetMode:
    return ResetMode.MANUAL if mode == ResetMode.MANUAL.value else ResetMode.AUTO


class Attempts:
    """Decides whether a call that failed is tried again, and when.

    Two clocks run: *patience* for a server that cannot be reached, restarted by every sign of life, and a limit for the
        call
    as a whole, for a server that lives but does not finish.
    """

    FIRST_PAUSE = 0.02
    LONGEST_PAUSE = 1.0
    # How often a failure of the transport's machinery, which may as well be a defect, is taken for a cut connection.
    MAX_BROKEN_TRANSPORTS = 3

    def __init__(
        self, options: ClientOptions, limit: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begins now.

        Args:
            options: how patient to be
            limit: seconds for the call as a whole; None: as a call that the server answers at once
            clock: seconds

        """
        self._options = options
        self._clock = clock
        self._limit = options.patience + options.attempt_timeout if limit is None else limit
        self._begin = self._last_sign = clock()
        self._pause = self.FIRST_PAUSE
        self._broken_transports = 0

    def timeout(self) -> float:
        """Seconds for the next attempt."""
        left = self._limit - (self._clock() - self._begin)
        return max(0.001, min(left, self._options.attempt_timeout))

    def pause_after(self, failure: Failure) -> float:
        """Seconds to wait before the next attempt.

        Raises:
            MacenvError: if there is to be none

        """
        now = self._clock()
        if failure.code == "UNAVAILABLE":
            worthwhile = now - self._last_sign < self._options.patience
        elif failure.code == "DEADLINE_EXCEEDED":
            # The server is at work: it says so, or the time for the attempt ran out.
            self._last_sign = now
            self._pause = self.FIRST_PAUSE
            worthwhile = True
        elif failure.code in ("INTERNAL", "CANCELLED", "UNKNOWN") and not failure.reason:
            # No macenv server says that: the transport stumbled.
            self._broken_transports += 1
            worthwhile = self._broken_transports <= self.MAX_BROKEN_TRANSPORTS
        else:
            worthwhile = False
        if not worthwhile or now - self._begin >= self._limit:
            raise self.given_up(failure) from None
        pause = self._pause if failure.retry_after is None else min(failure.retry_after, self.LONGEST_PAUSE)
        self._pause = min(2 * self._pause, self.LONGEST_PAUSE)
        return pause

    def given_up(self, failure: Failure) -> MacenvError:
        """The error to raise, which says for how long it was tried."""
        if failure.code in ("UNAVAILABLE", "DEADLINE_EXCEEDED"):
            seconds = self._clock() - self._begin
            failure = replace(failure, message=f"{failure.message} (tried for {seconds:.1f} s)")
        return error(failure)


class Fetch:
    """A recording on its way, piece by piece; after a cut it goes on where it was."""

    def __init__(self, key: SessionKey, options: ClientOptions) -> None:
        """Nothing is there yet."""
        self._key = key
        self._options = options
        self._data = bytearray()
        self._attempts = Attempts(options)

    def request(self) -> bytes:
        """Asks for all that is missing."""
        return session_pb2.FetchRecordingRequest(
            session=self._key.session, token=self._key.token, offset=len(self._data)
        ).SerializeToString()

    def timeout(self) -> float:
        """Seconds for the next attempt."""
        return self._attempts.timeout()

    def take(self, data: bytes) -> None:
        """A piece has come."""
        piece = session_pb2.FetchRecordingResponse.FromString(data)
        if piece.offset != len(self._data):
            message = f"offset of a piece: {piece.offset} (expected: {len(self._data)})"
            raise error(Failure("INTERNAL", message))
        self._data += piece.data
        self._attempts = Attempts(self._options)

    def pause_after(self, failure: Failure) -> float:
        """Seconds before the next attempt; raises if there is to be none."""
        return self._attempts.pause_after(failure)

    def recording(self) -> Recording:
        """All of it."""
        try:
            return Recording(bytes(self._data))
        except ValueError as e:
            raise error(Failure("INTERNAL", str(e))) from None


TIMED_OUT = Failure("DEADLINE_EXCEEDED", "no answer in time")
STREAM_ENDED = Failure("UNAVAILABLE", "the server ended the stream")
_LATE = Failure("UNAVAILABLE", "an older stream of this session took over, whose request came late")


def end_of_stream(failure: Failure, answered: bool) -> Failure:
    """What the end of a stream means, which has been answered or not.

    What broke the connection before may have let its last request through after the first one of this stream, which is
    then to be opened again. Whoever takes over from a client takes over a stream that has been answered; as good as
    always.
    """
    return _LATE if failure.reason == "SUPERSEDED" and not answered else failure


class SessionValues:
    """What a session knows of itself, whichever way it waits."""

    def __init__(self, terms: Terms) -> None:
        """From its terms."""
        self._terms = terms
        self._last_step_id = terms.last_step_id
        self._closed = False

    @property
    def key(self) -> SessionKey:
        """What it takes to come back to this session, see Client.attach."""
        return self._terms.key

    @property
    def spec(self) -> TeamSpec:
        """The environment."""
        return self._terms.spec

    @property
    def lanes(self) -> int:
        """The number of lanes, N."""
        return self._terms.lanes

    @property
    def seeds(self) -> tuple[int, ...]:
        """The N lane seeds in force at creation.

        A session created with them gives the same trajectories. Empty for others than the owner.
        """
        return self._terms.seeds

    @property
    def invites(self) -> tuple[Invite, ...]:
        """One invite for each open seat, ascending by seat, and one more, without seats, if there may be spectators.

        Empty for others than the owner, and after attach.
        """
        return self._terms.invites

    @property
    def gamma(self) -> float:
        """The discount per tick in the accumulated rewards."""
        return self._terms.gamma

    @property
    def reset_mode(self) -> ResetMode:
        """What follows the end of an episode."""
        return self._terms.reset_mode

    @property
    def seats(self) -> tuple[int, ...]:
        """The seats this session decides for, ascending."""
        return self._terms.seats

    @property
    def last_step_id(self) -> int:
        """The number of the last step whose events have been received, 0 before the first; after attach without
        `sent_step_id` that of the last step that the server has taken. The next step has the next number.
        """
        return self._last_step_id

    @property
    def next_step_taken(self) -> bool:
        """True if the server has already taken the next step, see `sent_step_id` of Client.attach: it is under way or
        over, and to be repeated with the same decisions.
        """
        return self._last_step_id < self._terms.taken_step_id

    def __repr__(self) -> str:
        t = self._terms
        return f"{type(self).__name__}({t.key.session}: {t.spec.environment}, {t.lanes} lanes, seats {list(t.seats)})"
