"""Recordings of sessions: what was decided, and if wanted what came of it, in one file.

recording = session.fetch_recording()  # of a session created with recording=RecordingOptions()
with client.create_session(recording.header.environment, **recording.header.options) as again:
    for entry in recording:
        match entry:
            case RecordedDecisions():
                events = again.step(entry.decisions, max_ticks=entry.max_ticks)
            case RecordedReset():
                again.reset_episodes([s.lane for s in entry.started], [s.seed for s in entry.started])
            case RecordedLane():
                again.restore(entry.lane, entry.snapshot)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from macenv.events import Decisions, EpisodeStart, Events
from macenv.options import RecordingOptions, ResetMode, Snapshot
from macenv.spec import TeamSpec
from macenv.v1 import recording_pb2

_MAGIC = b"MACENV01"
# Length and checksum of a record.
_HEAD = struct.Struct("<II")
# Of the protocol's enumerations RecordingMode and GrantState.
_EVENTS = 3
_GRANT_STATES = {1: "HELD", 2: "LAPSED"}


@dataclass(frozen=True)
class RecordingHeader:
    """What the session is.

    Attributes:
        session: its name
        spec: the environment
        lanes: N
        lane_seeds: N values; empty after a start from a snapshot: then one RecordedLane for each lane follows
        gamma, reset_mode: as of the session
        recorded: what is recorded; `max_bytes` is what the server allowed
        created: when the session was
        server: name and version of the server, for people

    """

    session: str
    spec: TeamSpec
    lanes: int
    lane_seeds: tuple[int, ...]
    gamma: float
    reset_mode: ResetMode
    recorded: RecordingOptions
    created: datetime
    server: str

    @property
    def environment(self) -> str:
        """The environment with its version, for `create_session`."""
        return f"{self.spec.environment}@{self.spec.version}"

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of `create_session` for a session that plays the recording again, with all seats."""
        return {
            "settings": self.spec.settings,
            "lanes": self.lanes,
            "seeds": self.lane_seeds,
            "gamma": self.gamma,
            "reset_mode": self.reset_mode,
        }


@dataclass(frozen=True)
class RecordedGrant:
    """A grant came into being or changed. `grant`: 0 is the owner's, then 1, 2, ... in order of joining. `seats`: given
    when it comes into being. `state`: "HELD", "LAPSED", or "" when it was given back.
    """

    sequence: int
    grant: int
    seats: tuple[int, ...]
    state: str


@dataclass(frozen=True)
class RecordedDecisions:
    """Decisions that took effect together: one step, or (`step_id` 0) what the server decided for absent players.

    `decisions` are those that took effect, never -1; `episode` and `tick` say when each was made, `absent` whether the
    server made it. To play them again take `max_ticks`, but wait for all lanes: which of them come first with
    `min_ready` is a matter of time.
    """

    sequence: int
    grant: int
    step_id: int
    decisions: Decisions
    episode: tuple[int, ...]
    tick: tuple[int, ...]
    absent: tuple[bool, ...]
    max_ticks: int
    min_ready: int


@dataclass(frozen=True)
class RecordedEvents:
    """Lanes stopped; as the holder of all seats sees it, with everything if the recording is `privileged`."""

    sequence: int
    events: Events


@dataclass(frozen=True)
class RecordedReset:
    """Episodes were begun by reset; `lane_seeds`: one for each of them, or none if the lanes kept theirs."""

    sequence: int
    started: tuple[EpisodeStart, ...]
    lane_seeds: tuple[int, ...]


@dataclass(frozen=True)
class RecordedLane:
    """A lane began, or was put back, as a copy: `cause` is "start" or says which call it was."""

    sequence: int
    lane: int
    snapshot: Snapshot
    cause: str


@dataclass(frozen=True)
class RecordedTruncation:
    """The server ended an episode because a player was absent."""

    sequence: int
    lane: int
    episode: int
    tick: int


@dataclass(frozen=True)
class RecordedClose:
    """The session closed; the last entry. `cause`: "OWNER", "LEASE_EXPIRED" or "SERVER_SHUTDOWN"."""

    sequence: int
    cause: str
    closed: datetime


RecordedEntry = (
    RecordedGrant
    | RecordedDecisions
    | RecordedEvents
    | RecordedReset
    | RecordedLane
    | RecordedTruncation
    | RecordedClose
)


class Recording:
    """A recording: its `header`, and its entries, in the order in which they took effect in each lane.

    Iterating reads them, as often as wanted. What is not an entry of a kind that this client knows is left out, and
    so is a last one that was being written when the server died.

    Attributes:
        data: the file
        header: what the session is

    """

    def __init__(self, data: bytes) -> None:
        """From a file's bytes.

        Raises:
            ValueError: if this is no recording

        """
        self.data = data
        if data[: len(_MAGIC)] != _MAGIC:
            raise ValueError(f"recording: begins with {data[: len(_MAGIC)]!r} (expected: {_MAGIC!r})")
        first = next(self._records(), None)
        if first is None or not first.HasField("header"):
            raise ValueError(f"recording: no header in its {len(data)} bytes (expected: the first entry)")
        if not first.header.HasField("options"):
            raise ValueError("recording: a server's journal (expected: what fetch_recording() gives)")
        self.header = _header(first.header)

    @staticmethod
    def read(file: Path | str) -> Recording:
        """From a file, as `write` and `bin/macenv record` make it."""
        return Recording(Path(file).read_bytes())

    def write(self, file: Path | str) -> None:
        """Into a file, for `bin/macenv replay`."""
        Path(file).write_bytes(self.data)

    @property
    def complete(self) -> bool:
        """True if the session had closed, so that nothing more will be recorded, and there was room for all of it."""
        *_, last = self._records()
        return last.HasField("close")

    def __iter__(self) -> Iterator[RecordedEntry]:
        for message in self._records():
            entry = self._entry(message)
            if entry is not None:
                yield entry

    def __repr__(self) -> str:
        return f"Recording({self.header.session}: {self.header.environment}, {len(self.data)} bytes)"

    def _records(self) -> Iterator[recording_pb2.RecordingEntry]:
        at = len(_MAGIC)
        while at + _HEAD.size <= len(self.data):
            length, checksum = _HEAD.unpack_from(self.data, at)
            payload = self.data[at + _HEAD.size : at + _HEAD.size + length]
            if len(payload) < length or crc32c(payload) != checksum:
                return
            yield recording_pb2.RecordingEntry.FromString(payload)
            at += _HEAD.size + length

    def _entry(self, message: recording_pb2.RecordingEntry) -> RecordedEntry | None:
        sequence = message.sequence
        match message.WhichOneof("entry"):
            case "grant":
                g = message.grant
                return RecordedGrant(sequence, g.grant, tuple(g.seats), _GRANT_STATES.get(g.grant_state, ""))
            case "decisions":
                d = message.decisions
                if not d.step_id and not d.lane:
                    return None  # the server looked who is absent, and found nobody
                return RecordedDecisions(
                    sequence=sequence,
                    grant=d.grant,
                    step_id=d.step_id,
                    decisions=Decisions(list(d.lane), list(d.seat), list(d.action)),
                    episode=tuple(d.episode),
                    tick=tuple(d.tick),
                    absent=tuple(map(bool, d.absent)) or (False,) * len(d.lane),
                    max_ticks=d.max_ticks,
                    min_ready=d.min_ready,
                )
            case "events":
                data = message.events.SerializeToString()
                spec = self.header.spec
                return RecordedEvents(sequence, Events(spec, range(spec.size), data, 0, len(data)))
            case "reset":
                r = message.reset
                started = tuple(EpisodeStart(s.lane, s.episode, s.seed) for s in r.started)
                return RecordedReset(sequence, started, tuple(r.lane_seeds))
            case "lane":
                lane = message.lane
                return RecordedLane(sequence, lane.lane, Snapshot(lane.snapshot), lane.cause)
            case "truncation":
                t = message.truncation
                return RecordedTruncation(sequence, t.lane, t.episode, t.tick)
            case "close":
                return RecordedClose(sequence, message.close.cause, _time(message.close.closed))
            case _:
                return None


def _header(m: recording_pb2.RecordingHeader) -> RecordingHeader:
    return RecordingHeader(
        session=m.session,
        spec=TeamSpec.of(m.spec),
        lanes=m.lanes,
        lane_seeds=tuple(m.lane_seeds),
        gamma=m.gamma,
        reset_mode=ResetMode.AUTO if m.auto_reset else ResetMode.MANUAL,
        recorded=RecordingOptions(m.options.mode == _EVENTS, m.options.privileged, m.options.max_bytes),
        created=_time(m.created),
        server=m.server,
    )


def _time(timestamp: Any) -> datetime:
    time: datetime = timestamp.ToDatetime(tzinfo=UTC)
    return time


def _table() -> list[int]:
    # Castagnoli's polynomial, bits reversed.
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """CRC-32C."""
    crc = 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF
