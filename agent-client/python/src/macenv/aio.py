"""The client, for asyncio. Everything is as in `macenv.client`, and waits with `await`.

async with macenv.aio.connect("localhost:50051") as client:
    async with await client.create_session("bp-10", seeds=7) as session:
        events = await session.step()
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import grpc
import grpc.aio

from macenv import _calls
from macenv._calls import STREAM_ENDED, TIMED_OUT, Attempts, Call, News, SessionValues, Terms
from macenv._channel import call_metadata, channel_arguments, checked_target
from macenv.errors import Failure, ServerFailure, failure_of_call
from macenv.events import Decisions, EpisodeStart, EpisodeSummary, Events, MacroObservations, MacroStates
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
from macenv.play import Policy, turn
from macenv.recording import Recording
from macenv.spec import TeamSpec
from macenv.v1 import event_pb2

T = TypeVar("T")


def connect(
    target: str, *, token: str | None = None, tls: Tls | None = None, options: ClientOptions | None = None
) -> AsyncClient:
    """See macenv.connect. To be called, and used, in one event loop."""
    return AsyncClient(target, token=token, tls=tls, options=options)


class AsyncClient:
    """See macenv.Client. Its sessions may be used by different tasks of one event loop."""

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
            grpc.aio.insecure_channel(checked_target(target), arguments)
            if credentials is None
            else grpc.aio.secure_channel(checked_target(target), credentials, arguments)
        )
        self._callables: dict[str, Any] = {}

    async def server_info(self) -> ServerInfo:
        """See macenv.Client."""
        return await self._run(_calls.server_info())

    async def environments(self) -> list[EnvironmentEntry]:
        """See macenv.Client."""
        entries, page_token = await self._run(_calls.environments(""))
        while page_token:
            more, page_token = await self._run(_calls.environments(page_token))
            entries += more
        return entries

    async def environment(self, name: str, settings: Mapping[str, Any] | None = None) -> TeamSpec:
        """See macenv.Client."""
        return await self._run(_calls.environment(name, settings))

    async def create_session(
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
    ) -> AsyncSession:
        """See macenv.Client."""
        terms = await self._run(
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
        return AsyncSession(self, terms)

    async def join(
        self,
        invite: Invite,
        *,
        seats: Sequence[int] = (),
        view: View = View(),  # noqa: B008 - immutable
        request_id: str | None = None,
        lease: float | None = None,
    ) -> AsyncSession:
        """See macenv.Client. Players of one episode may be tasks of one event loop."""
        key = await self._run(_calls.join(invite, seats=seats, view=view, request_id=request_id, lease=lease))
        return await self.attach(key)

    async def attach(self, key: SessionKey, sent_step_id: int | None = None) -> AsyncSession:
        """See macenv.Client."""
        return AsyncSession(self, await self._run(_calls.get_session(key, sent_step_id)))

    async def close(self) -> None:
        """See macenv.Client."""
        await self._channel.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _run(self, call: Call[T]) -> T:
        attempts = Attempts(self._options)
        while True:
            try:
                return call.read(await self._once(call.path, call.request, attempts.timeout()))
            except grpc.RpcError as e:
                pause = attempts.pause_after(failure_of_call(e))
            await asyncio.sleep(pause)

    async def _once(self, path: str, request: bytes, timeout: float) -> bytes:
        callable_ = self._callables.get(path)
        if callable_ is None:
            callable_ = self._callables[path] = self._channel.unary_unary(path)
        answer: bytes = await callable_(request, timeout=timeout, metadata=self._metadata)
        return answer


class AsyncSession(SessionValues):
    """See macenv.Session.

    One task at a time; a step that is cancelled is repeated by calling it again with the same decisions.
    """

    def __init__(self, client: AsyncClient, terms: Terms) -> None:
        """See AsyncClient.create_session, join and attach."""
        super().__init__(terms)
        self._client = client
        self._stream: Any = None
        self._stream_answered = False

    async def step(
        self,
        decisions: Decisions | Iterable[tuple[int, int, int]] = (),
        *,
        max_ticks: int = 0,
        min_ready: int = 0,
    ) -> Events:
        """See macenv.Session.step."""
        request = _calls.step_request(self._last_step_id + 1, Decisions.of(decisions), max_ticks, min_ready)
        options = self._client._options
        attempts = Attempts(options, options.step_timeout)
        attempt = self._step_unary if options.transport is Transport.UNARY else self._step_on_stream
        while True:
            outcome = await attempt(request, attempts.timeout())
            if isinstance(outcome, Events):
                self._last_step_id = request.step_id
                return outcome
            await asyncio.sleep(attempts.pause_after(outcome))

    async def reset(self, lanes: Sequence[int] = (), seeds: Sequence[int] = ()) -> list[EpisodeStart]:
        """See macenv.Session.reset."""
        return await self._client._run(_calls.reset(self.key, lanes, seeds, ()))

    async def reset_episodes(self, lanes: Sequence[int], episode_seeds: Sequence[int]) -> list[EpisodeStart]:
        """See macenv.Session.reset_episodes."""
        return await self._client._run(_calls.reset(self.key, lanes, (), episode_seeds))

    async def snapshot(self, lane: int = 0) -> Snapshot:
        """See macenv.Session.snapshot."""
        return await self._client._run(_calls.snapshot(self.key, lane))

    async def restore(self, lane: int, snapshot: Snapshot) -> None:
        """See macenv.Session.restore."""
        await self._client._run(_calls.restore(self.key, lane, snapshot))

    async def render(self, lane: int = 0, format: str = "") -> Drawing:  # noqa: A002 - the protocol's word
        """See macenv.Session.render."""
        return await self._client._run(_calls.render(self.key, lane, format))

    async def fetch_recording(self) -> Recording:
        """See macenv.Session.fetch_recording."""
        fetch = _calls.Fetch(self.key, self._client._options)
        stream = self._client._channel.unary_stream(_calls.FETCH_RECORDING)
        while True:
            try:
                pieces = stream(fetch.request(), timeout=fetch.timeout(), metadata=self._client._metadata)
                async for data in pieces:
                    fetch.take(data)
                return fetch.recording()
            except grpc.RpcError as e:
                pause = fetch.pause_after(failure_of_call(e))
            await asyncio.sleep(pause)

    async def macro_observation(self, *lanes: int) -> MacroObservations:
        """See macenv.Session.macro_observation."""
        return await self._client._run(_calls.macro_observation(self.key, self.spec, lanes))

    async def macro_state(self, *lanes: int) -> MacroStates:
        """See macenv.Session.macro_state."""
        return await self._client._run(_calls.macro_state(self.key, self.spec, lanes))

    def watch(self, *lanes: int) -> AsyncWatch:
        """See macenv.Session.watch; for `async for`."""
        return AsyncWatch(self, lanes)

    async def close(self) -> None:
        """See macenv.Session.close."""
        if self._closed:
            return
        self._closed = True
        self._drop()
        call = _calls.close_session(self.key)
        try:
            await self._client._once(call.path, call.request, _calls.CLOSE_SECONDS)
        except (grpc.RpcError, grpc.aio.UsageError):  # UsageError: the client was closed before
            pass

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _step_unary(self, request: event_pb2.StepRequest, timeout: float) -> Events | Failure:
        try:
            data = await self._client._once(_calls.STEP, _calls.addressed(request, self.key), timeout)
        except grpc.RpcError as e:
            return failure_of_call(e)
        return self._read(request, data)

    async def _step_on_stream(self, request: event_pb2.StepRequest, timeout: float) -> Events | Failure:
        opened = self._stream is None
        if opened:
            self._stream = self._client._channel.stream_stream(_calls.PLAY)(metadata=self._client._metadata)
            self._stream_answered = False
        message = _calls.addressed(request, self.key) if opened else request.SerializeToString()
        answered = False
        try:
            await self._stream.write(message)
            answer = await asyncio.wait_for(self._stream.read(), timeout)
            if answer is grpc.aio.EOF:
                code = await self._stream.code()
                return STREAM_ENDED if code is grpc.StatusCode.OK else await self._end_of_stream()
            outcome = self._read(request, answer)
            answered = self._stream_answered = True
            return outcome
        except TimeoutError:
            return TIMED_OUT
        except asyncio.InvalidStateError:
            # The stream had ended before the request was written.
            return await self._end_of_stream()
        except grpc.RpcError as e:
            return _calls.end_of_stream(failure_of_call(e), self._stream_answered)
        finally:
            if not answered:
                self._drop()

    async def _end_of_stream(self) -> Failure:
        code = await self._stream.code()
        if code is grpc.StatusCode.OK:
            return STREAM_ENDED
        details, trailers = await self._stream.details(), await self._stream.trailing_metadata()
        empty = grpc.aio.Metadata()
        failure = failure_of_call(grpc.aio.AioRpcError(code, empty, trailers or empty, details))
        return _calls.end_of_stream(failure, self._stream_answered)

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None

    def _read(self, request: event_pb2.StepRequest, data: bytes) -> Events | Failure:
        step_id, failure, events = Events.of_step(self.spec, self.seats, data)
        if step_id != request.step_id:
            message = f"step_id of the answer: {step_id} (expected: {request.step_id})"
            raise ServerFailure(Failure("INTERNAL", message))
        return failure if events is None else events  # type: ignore[return-value]


class AsyncWatch(News, AsyncIterator[Events]):
    """See macenv.Watch. One task at a time; a wait that is cancelled may be begun again."""

    def __init__(self, session: AsyncSession, lanes: Sequence[int]) -> None:
        """See AsyncSession.watch."""
        super().__init__(session, session._client._options)
        self._channel = session._client._channel
        self._metadata = session._client._metadata
        self._request = _calls.watch_request(session.key, lanes)
        self._call: Any = None

    async def __anext__(self) -> Events:
        """Waits for events."""
        while not self._last:
            try:
                if self._call is None:
                    self._call = self._channel.unary_stream(_calls.WATCH)(self._request, metadata=self._metadata)
                data: Any = await self._call.read()
                if data is not grpc.aio.EOF:
                    return self._read(data)
                self._last = True
                break
            except asyncio.CancelledError:
                self.close()
                raise
            except grpc.RpcError as e:
                self._call = None  # another attempt opens another
                pause = self._pause_after(failure_of_call(e))
            await asyncio.sleep(pause)
        raise StopAsyncIteration

    def close(self) -> None:
        """Ends the stream. Closing twice is fine. Never raises."""
        if self._call is not None:
            self._call.cancel()
            self._call = None

    async def __aenter__(self) -> AsyncWatch:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class AsyncEpisodeLoop:
    """See macenv.EpisodeLoop."""

    def __init__(self, session: AsyncSession, policy: Policy, listener: Callable[[Events], None] | None = None) -> None:
        """See macenv.EpisodeLoop."""
        self._session = session
        self._policy = policy
        self._listener = listener
        self._decisions = Decisions()

    async def play(self, episodes: int) -> list[EpisodeSummary]:
        """See macenv.EpisodeLoop.play."""
        ended: list[EpisodeSummary] = []
        while len(ended) < episodes:
            events = await self._session.step(self._decisions)
            if self._listener is not None:
                self._listener(events)
            ended += events.ended
            self._decisions, to_reset = turn(self._session, self._policy, events)
            if to_reset:
                await self._session.reset(to_reset)
        return ended
