"""The client, for programs that wait. `macenv.aio` is the same for asyncio."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import grpc

from macenv import _calls
from macenv._calls import STREAM_ENDED, TIMED_OUT, Attempts, Call, News, SessionValues, Terms
from macenv._channel import Metadata, call_metadata, channel_arguments, checked_target
from macenv.errors import Failure, ServerFailure, failure_of_call
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
    Tls,
    Transport,
    View,
)
from macenv.recording import Recording
from macenv.spec import TeamSpec
from macenv.v1 import event_pb2

T = TypeVar("T")


def connect(
    target: str, *, token: str | None = None, tls: Tls | None = None, options: ClientOptions | None = None
) -> Client:
    """A client of the server at a target. Does not wait for it to be there: the first call does.

    Args:
        target: "host:port", "dns:///host:port" or "unix:/path"
        token: the bearer token that the server's operator gave out, sent with every call; goes in the clear without
            `tls`
        tls: encryption; None for plain text, which suits this machine and networks trusted by other means
        options: how to talk

    Raises:
        OSError: if a file of `tls` cannot be read
        ValueError: if one is not what it should be, the token cannot be sent, or the target is none

    """
    return Client(target, token=token, tls=tls, options=options)


class Client:
    """A client of one server. Thread-safe. Close it after its sessions, or use it with `with`.

    Every method raises `MacenvError`; a server that cannot be reached costs `options.patience` seconds at most.
    """

    def __init__(
        self,
        target: str,
        *,
        token: str | None = None,
        tls: Tls | None = None,
        options: ClientOptions | None = None,
    ) -> None:
        """See `connect`."""
        self._options = options or ClientOptions()
        self._metadata = call_metadata(token)
        credentials, arguments = channel_arguments(tls)
        self._channel = (
            grpc.insecure_channel(checked_target(target), arguments)
            if credentials is None
            else grpc.secure_channel(checked_target(target), credentials, arguments)
        )
        self._callables: dict[str, Any] = {}

    def server_info(self) -> ServerInfo:
        """What the server is. Raises WrongProtocol if it does not speak macenv.v1."""
        return self._run(_calls.server_info())

    def environments(self) -> list[EnvironmentEntry]:
        """All environments that the server offers, ascending by id."""
        entries, page_token = self._run(_calls.environments(""))
        while page_token:
            more, page_token = self._run(_calls.environments(page_token))
            entries += more
        return entries

    def environment(self, name: str, settings: Mapping[str, Any] | None = None) -> TeamSpec:
        """The specification of an environment, "id" or "id@version"; settings that are absent take their defaults."""
        return self._run(_calls.environment(name, settings))

    def create_session(
        self,
        environment: str,
        *,
        settings: Mapping[str, Any] | None = None,
        lanes: int = 1,
        seeds: int | Sequence[int] = (),
        gamma: float = 1.0,
        reset_mode: ResetMode = ResetMode.AUTO,
        view: View = View(),  # noqa: B008 - immutable
        open_seats: Sequence[int] | Mapping[int, Absence] = (),
        spectators: View | None = None,
        lease: float | None = None,
        snapshot: Snapshot | None = None,
        recording: RecordingOptions | None = None,
    ) -> Session:
        """Creates a session, owned by the caller, who closes it.

        Args:
            environment: "id" or "id@version"
            settings: numbers, booleans and strings by name
            lanes: copies of the environment, at least 1
            seeds: none (the server draws them), one (lane seeds are derived from it), or one for each lane
            gamma: discount per tick in the accumulated rewards, 0..1
            reset_mode: what follows the end of an episode
            view: what to receive beyond the ordinary
            open_seats: seats that others may play. As a sequence: nothing runs before all of them have been joined. As
                a mapping: until somebody joins, the server decides for them as their Absence says
            spectators: the most that others may see who have no seat and only `watch`, any number; None for nobody
            lease: seconds of silence that the session survives; None for the server's default
            snapshot: every lane begins as a copy (a fork) of it, with its seeds: `seeds` must then be empty
            recording: what the server records, see Session.fetch_recording; None for nothing

        """
        terms = self._run(
            _calls.create_session(
                environment,
                settings=settings,
                lanes=lanes,
                seeds=seeds,
                gamma=gamma,
                reset_mode=reset_mode,
                view=view,
                open_seats=open_seats,
                spectators=spectators,
                lease=lease,
                snapshot=snapshot,
                recording=recording,
            )
        )
        return Session(self, terms)

    def join(
        self,
        invite: Invite,
        *,
        seats: Sequence[int] = (),
        view: View = View(),  # noqa: B008 - immutable
        request_id: str | None = None,
        lease: float | None = None,
    ) -> Session:
        """Takes seats in a session of somebody else. `step` of it waits for the other players, so each needs a thread
        of its own.

        Args:
            invite: what the session's owner has handed over
            seats: among the invite's; none for all of them that are free
            view: at most what the invite allows
            request_id: a name for this place: joining again with the same one, from any process, comes back to it
            lease: seconds of silence that the place survives

        """
        return self.attach(self._run(_calls.join(invite, seats=seats, view=view, request_id=request_id, lease=lease)))

    def attach(self, key: SessionKey, sent_step_id: int | None = None) -> Session:
        """Comes back to a session whose connection or process was lost.

        Its first `step()` without decisions returns the rows that wait for decisions.

        Args:
            key: `Session.key` of who played before
            sent_step_id: number of the last step that was sent, 0 if there was none, to go on in the middle of it: the
                next `step` is to be given its decisions (and limits) once more. It is executed if the server has not
                taken it yet; otherwise only its events are waited for, and `next_step_taken` says so. For this a
                program keeps, before each step, `last_step_id + 1` and the decisions

        Raises:
            StepConflict: the session has taken another number of steps than that

        """
        return Session(self, self._run(_calls.get_session(key, sent_step_id)))

    def close(self) -> None:
        """Frees the connection. Sessions that were not closed live on until their lease ends. Closing twice is fine."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, call: Call[T]) -> T:
        attempts = Attempts(self._options)
        while True:
            try:
                return call.read(self._once(call.path, call.request, attempts.timeout()))
            except grpc.RpcError as e:
                pause = attempts.pause_after(failure_of_call(e))
            time.sleep(pause)

    def _once(self, path: str, request: bytes, timeout: float) -> bytes:
        callable_ = self._callables.get(path)
        if callable_ is None:
            # Without serializers messages are bytes.
            callable_ = self._callables[path] = self._channel.unary_unary(path)
        answer: bytes = callable_(request, timeout=timeout, metadata=self._metadata)
        return answer


class Session(SessionValues):
    """N copies (lanes) of one environment, played by sending decisions and receiving events.

    Every method that goes to the server raises `MacenvError`. After a `RequestRefused` (but `SessionExpired`) nothing
    has changed, and the session goes on. Not thread-safe: one thread at a time. Made by `Client`.
    """

    def __init__(self, client: Client, terms: Terms) -> None:
        """See Client.create_session, join and attach."""
        super().__init__(terms)
        self._client = client
        self._stream: _Stream | None = None

    def step(
        self,
        decisions: Decisions | Iterable[tuple[int, int, int]] = (),
        *,
        max_ticks: int = 0,
        min_ready: int = 0,
    ) -> Events:
        """Sends decisions and waits for the events that follow. Without decisions it collects: first of all the START
        rows.

        Executed exactly once, whatever happens to the connection on the way: a lost request or answer is sent again
        with the same number. After `ServerUnavailable` it is not known whether they were taken: call it again with
        the same ones.

        Args:
            decisions: `events.decide(actions)`, columns, or (lane, seat, macro-action) triples; see Decisions
            max_ticks: stops each lane after at most this many ticks since its previous row; 0 runs to the next event
            min_ready: answers as soon as this many lanes have rows; 0 waits for all that are under way

        Raises:
            BadAction: a macro-action is not legal or not asked for; nothing was applied
            SessionExpired: the session is over

        """
        request = _calls.step_request(self._last_step_id + 1, Decisions.of(decisions), max_ticks, min_ready)
        options = self._client._options
        attempts = Attempts(options, options.step_timeout)
        attempt = self._step_unary if options.transport is Transport.UNARY else self._step_on_stream
        while True:
            outcome = attempt(request, attempts.timeout())
            if isinstance(outcome, Events):
                self._last_step_id = request.step_id
                return outcome
            time.sleep(attempts.pause_after(outcome))

    def reset(self, lanes: Sequence[int] = (), seeds: Sequence[int] = ()) -> list[EpisodeStart]:
        """Begins new episodes; their START rows come with the next `step`. What runs in these lanes is abandoned.

        Args:
            lanes: lanes to reset; none for all
            seeds: none (each lane goes on with its sequence of seeds), or a new lane seed for each lane to reset

        """
        return self._client._run(_calls.reset(self.key, lanes, seeds, ()))

    def reset_episodes(self, lanes: Sequence[int], episode_seeds: Sequence[int]) -> list[EpisodeStart]:
        """Begins new episodes with given seeds, as reported in `EpisodeStart.seed`, for one episode each."""
        return self._client._run(_calls.reset(self.key, lanes, (), episode_seeds))

    def snapshot(self, lane: int = 0) -> Snapshot:
        """Saves a lane as it stood at its last event; decisions taken since are not part of it. For the owner; changes
        nothing.
        """
        return self._client._run(_calls.snapshot(self.key, lane))

    def restore(self, lane: int, snapshot: Snapshot) -> None:
        """Puts a lane back to where one was saved that has the same `spec.fingerprint`. For the owner.

        Its row comes with the next `step`, as if it had just happened, and the same decisions bring the same events
        again. `gamma` must be the same unless the episode had just begun.
        """
        self._client._run(_calls.restore(self.key, lane, snapshot))

    def render(self, lane: int = 0, format: str = "") -> Drawing:  # noqa: A002 - the protocol's word
        """Draws a lane: `format` is one that the environment has, "" for its ordinary one. Needs View.render. Never
        moves a clock.
        """
        return self._client._run(_calls.render(self.key, lane, format))

    def fetch_recording(self) -> Recording:
        """The recording so far, in memory; also after the session has closed, as long as the server keeps it. For the
        owner, if create_session was asked for a `recording`.
        """
        fetch = _calls.Fetch(self.key, self._client._options)
        stream = self._client._channel.unary_stream(_calls.FETCH_RECORDING)
        while True:
            try:
                pieces = stream(fetch.request(), timeout=fetch.timeout(), metadata=self._client._metadata)
                for data in pieces:
                    fetch.take(data)
                return fetch.recording()
            except grpc.RpcError as e:
                pause = fetch.pause_after(failure_of_call(e))
            time.sleep(pause)

    def macro_observation(self, *lanes: int) -> MacroObservations:
        """What the agents of these lanes hold now; of all lanes if none is named. Never moves a clock."""
        return self._client._run(_calls.macro_observation(self.key, self.spec, lanes))

    def macro_state(self, *lanes: int) -> MacroStates:
        """The macro-states of these lanes now; of all if none is named. Needs View.macro_state. Never moves a clock."""
        return self._client._run(_calls.macro_state(self.key, self.spec, lanes))

    def watch(self, *lanes: int) -> Watch:
        """Looks on at these lanes, at all if none is named; above all without a seat, see `spectators` of
        Client.create_session. A newer watch of the same key displaces it, with the reason SUPERSEDED.
        """
        return Watch(self, lanes)

    def close(self) -> None:
        """Ends the session for all its players; for others than the owner: gives the seats back.

        As far as that can be reached: what it does not reach, the lease ends. Closing twice is fine. Never raises.
        """
        if self._closed:
            return
        self._closed = True
        if self._stream is not None:
            self._stream.drop()
        call = _calls.close_session(self.key)
        try:
            self._client._once(call.path, call.request, _calls.CLOSE_SECONDS)
        except (grpc.RpcError, ValueError):  # ValueError: the client was closed before
            pass

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _step_unary(self, request: event_pb2.StepRequest, timeout: float) -> Events | Failure:
        try:
            data = self._client._once(_calls.STEP, _calls.addressed(request, self.key), timeout)
        except grpc.RpcError as e:
            return failure_of_call(e)
        return self._read(request, data)

    def _step_on_stream(self, request: event_pb2.StepRequest, timeout: float) -> Events | Failure:
        stream = self._stream
        if stream is None:
            stream = self._stream = _Stream(self._client._channel, self._client._metadata)
            message = _calls.addressed(request, self.key)
        else:
            message = request.SerializeToString()
        try:
            answer = stream.exchange(message, timeout)
            if isinstance(answer, bytes):
                outcome = self._read(request, answer)
                stream = None
                return outcome
            return _calls.end_of_stream(answer, stream.answered)
        finally:
            # Broken, or given up in the middle, by an interrupt for example: the next attempt opens another.
            if stream is not None:
                stream.drop()
                self._stream = None

    def _read(self, request: event_pb2.StepRequest, data: bytes) -> Events | Failure:
        step_id, failure, events = Events.of_step(self.spec, self.seats, data)
        if step_id != request.step_id:
            message = f"step_id of the answer: {step_id} (expected: {request.step_id})"
            raise ServerFailure(Failure("INTERNAL", message))
        return failure if events is None else events  # type: ignore[return-value]


class Watch(News, Iterator[Events]):
    """Looks on at a session: an iterator over the newest events, which ends when the session has closed.

    The first have the last row of each lane. Who reads too slowly misses rows, but no result: `events.ended` then has
    entries without a row, and `joint_reward` and `joint_tau` of the next row cover what was missed of its episode. The
    players never wait. If the connection is lost, it is made anew, and the next events begin like the first. `next`
    raises `MacenvError`. Not thread-safe, but for `close`. Close it, or use it with `with`.
    """

    def __init__(self, session: Session, lanes: Sequence[int]) -> None:
        """See Session.watch."""
        super().__init__(session, session._client._options)
        self._channel = session._client._channel
        self._metadata = session._client._metadata
        self._request = _calls.watch_request(session.key, lanes)
        self._call: Any = None
        self._closed = threading.Event()

    def __next__(self) -> Events:
        while not (self._last or self._closed.is_set()):
            try:
                if self._call is None:
                    self._call = self._channel.unary_stream(_calls.WATCH)(self._request, metadata=self._metadata)
                    if self._closed.is_set():
                        self._call.cancel()
                data: bytes = next(self._call)
                return self._read(data)
            except StopIteration:
                self._last = True
            except grpc.RpcError as e:
                self._call = None  # another attempt opens another
                if not self._closed.is_set():
                    self._closed.wait(self._pause_after(failure_of_call(e)))
        raise StopIteration

    def close(self) -> None:
        """Ends it; a thread that waits is told that there is nothing more. Closing twice is fine. Never raises."""
        self._closed.set()
        call = self._call
        if call is not None:
            call.cancel()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Stream:
    """One Play stream, with one request under way at a time.

    gRPC has no time limit for a single answer on a stream, so a watch looks at the clock now and then and cuts the
    stream when an answer is overdue.
    """

    _WATCH_SECONDS = 0.1

    def __init__(self, channel: grpc.Channel, metadata: Metadata) -> None:
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._call = channel.stream_stream(_calls.PLAY)(iter(self._requests.get, None), metadata=metadata)
        self._deadline = float("inf")
        self._overdue = False
        self.answered = False
        self._dropped = threading.Event()
        threading.Thread(target=self._watch, name="macenv-play-watch", daemon=True).start()

    def exchange(self, message: bytes, timeout: float) -> bytes | Failure:
        self._deadline = time.monotonic() + timeout
        self._requests.put(message)
        try:
            answer: bytes = next(self._call)
        except StopIteration:
            return STREAM_ENDED
        except grpc.RpcError as e:
            return TIMED_OUT if self._overdue else failure_of_call(e)
        self._deadline = float("inf")
        self.answered = True
        return answer

    def drop(self) -> None:
        self._dropped.set()
        self._requests.put(None)
        self._call.cancel()

    def _watch(self) -> None:
        while not self._dropped.wait(self._WATCH_SECONDS) and self._call.is_active():
            if time.monotonic() > self._deadline:
                self._overdue = True
                self._call.cancel()
        # Lets gRPC's thread go that waits for requests, also where a client was closed before its sessions.
        self._requests.put(None)
