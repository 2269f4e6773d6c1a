"""How a client talks, and what a session receives. Values; immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple


class Transport(Enum):
    """How steps travel; the results are the same."""

    STREAM = "stream"
    """On one long-lived stream for each session (Play); the faster one."""
    UNARY = "unary"
    """As one call each (Step)."""


class ResetMode(Enum):
    """What follows the end of an episode: the next one at once, or nothing before `session.reset()`."""

    AUTO = 1
    MANUAL = 2


@dataclass(frozen=True)
class ClientOptions:
    """How a client talks to a server. Times in seconds.

    Attributes:
        attempt_timeout: how long one attempt at a call may take before it is tried again; positive
        patience: how long a call is tried again after failures of the connection before it fails for good; a step that
            waits for other players is no failure as long as the server answers; not negative
        step_timeout: how long a step may take in all, waiting for other players included; positive
        transport: how steps travel

    """

    attempt_timeout: float = 30.0
    patience: float = 120.0
    step_timeout: float = 600.0
    transport: Transport = Transport.STREAM

    def __post_init__(self) -> None:
        """Checks the ranges."""
        for name in ("attempt_timeout", "step_timeout"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: {getattr(self, name)} (expected: positive)")
        if not self.patience >= 0:
            raise ValueError(f"patience: {self.patience} (expected: not negative)")


@dataclass(frozen=True)
class Tls:
    """Encryption. All files are PEM.

    Attributes:
        trust: certificates of the authorities that may vouch for the server; None for those that gRPC trusts
        certificate, key: what the client shows to servers that ask for a certificate; both or neither
        server_name: the name that the server's certificate must have; None for the target's host

    """

    trust: Path | str | None = None
    certificate: Path | str | None = None
    key: Path | str | None = field(default=None, repr=False)
    server_name: str | None = None


@dataclass(frozen=True)
class View:
    """What a session receives beyond the ordinary. Everything costs bytes; all but reward_trace is privileged."""

    state: bool = False
    macro_state: bool = False
    current_actions: bool = False
    reward_trace: bool = False
    other_agents: bool = False
    render: bool = False

    @staticmethod
    def training() -> View:
        """What centralised training uses: states, macro-states, macro-actions, reward traces."""
        return View(state=True, macro_state=True, current_actions=True, reward_trace=True)

    @staticmethod
    def everything() -> View:
        """Everything."""
        return View(True, True, True, True, True, True)


@dataclass(frozen=True)
class Absence:
    """What the server does for a seat whose player keeps silent: "wait", "fallback_action", "random_legal" or
    "truncate".

    `action` is for "fallback_action"; `patience` is how many seconds a held seat may be pending before it counts as
    absent (None: only when its lease has run out).
    """

    kind: str
    action: int = 0
    patience: float | None = None

    def __post_init__(self) -> None:
        """Checks the kind."""
        kinds = ("wait", "fallback_action", "random_legal", "truncate")
        if self.kind not in kinds:
            raise ValueError(f"kind: {self.kind!r} (expected: one of {', '.join(kinds)})")


@dataclass(frozen=True)
class RecordingOptions:
    """What the server records of a session, see Session.fetch_recording: the decisions, which is enough to play it
    again.

    Attributes:
        events: also the rows of every event, as the holder of all seats sees them
        privileged: of these also states, macro-states, current macro-actions and reward traces
        max_bytes: recording (not the session) stops at this size; 0 for the most that the server allows

    """

    events: bool = False
    privileged: bool = False
    max_bytes: int = 0


@dataclass(frozen=True)
class Snapshot:
    """A lane as it stood at an event, with everything that its future depends on. `Session.snapshot` takes it.

    Attributes:
        data: opaque; good for every server that has the environment in that version and with those settings
        episode, tick: where the lane stood; -1 where that is not known, as in recordings

    """

    data: bytes = field(repr=False)
    episode: int = -1
    tick: int = -1


@dataclass(frozen=True)
class Drawing:
    """A lane as it stood at its last event, to look at.

    Attributes:
        format: "text/plain" or "image/png", for example
        data: the drawing; text is UTF-8
        episode, tick: what is shown

    """

    format: str
    data: bytes = field(repr=False)
    episode: int
    tick: int

    @property
    def text(self) -> str:
        """The drawing, if it is text. Raises ValueError if not."""
        if not self.format.startswith("text/"):
            raise ValueError(f"format: {self.format} (expected: text/plain; ask for it with render(lane, format))")
        return self.data.decode()


class SessionKey(NamedTuple):
    """What it takes to come back to a session from another process. The token is a secret and not in the repr."""

    session: str
    token: str

    def __repr__(self) -> str:
        return f"SessionKey({self.session})"


class Invite(NamedTuple):
    """A secret that makes another program a player, see Client.join; for `seats` of a session. Not in the repr."""

    session: str
    token: str
    seats: tuple[int, ...]

    def __repr__(self) -> str:
        return f"Invite({self.session}, seats {list(self.seats)})"


@dataclass(frozen=True)
class ServerInfo:
    """What a server is: protocol packages, program, version, optional features."""

    protocols: tuple[str, ...]
    server: str
    version: str
    features: frozenset[str]


@dataclass(frozen=True)
class EnvironmentEntry:
    """One line of a server's catalog."""

    id: str
    version: str
    summary: str
