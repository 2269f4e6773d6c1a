"""Environments in which agents decide at different times, over the protocol macenv.v1.

    import macenv
    import numpy as np

    with macenv.connect("localhost:50051") as client, client.create_session("bp-10", seeds=7) as session:
        episodes = macenv.EpisodeLoop(session, macenv.RandomPolicy(np.random.default_rng(1))).play(10)
        print(episodes)

`connect` and `Client` for programs that wait, `macenv.aio` for asyncio, `serve` to start a server, `macenv.errors` for
what can go wrong; `macenv.gymnasium` and `macenv.pettingzoo` are adapters, and need those packages.
"""

from macenv import aio
from macenv.client import Client, Session, Watch, connect
from macenv.errors import (
    AccessDenied,
    BadAction,
    BadToken,
    EnvironmentNotFound,
    Failure,
    FeatureAbsent,
    InvalidField,
    LaneEnded,
    LaneFaulted,
    LimitReached,
    MacenvError,
    NotGranted,
    RequestRefused,
    SeatsMissing,
    SeatTaken,
    ServerFailure,
    ServerUnavailable,
    SessionExpired,
    StepConflict,
    WrongProtocol,
)
from macenv.events import (
    AgentStatus,
    Decisions,
    EpisodeStart,
    EpisodeSummary,
    EventKind,
    Events,
    LaneFault,
    LaneState,
    MacroObservations,
    MacroStates,
)
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
from macenv.play import EpisodeLoop, Policy, RandomPolicy, TrajectoryDigest
from macenv.recording import (
    RecordedClose,
    RecordedDecisions,
    RecordedEntry,
    RecordedEvents,
    RecordedGrant,
    RecordedLane,
    RecordedReset,
    RecordedTruncation,
    Recording,
    RecordingHeader,
)
from macenv.server import Server, serve
from macenv.spec import Agent, Group, MacroAction, Setting, TeamSpec, TensorSpec

__version__ = "0.1.0.dev0"

__all__ = [
    "Absence",
    "AccessDenied",
    "Agent",
    "AgentStatus",
    "BadAction",
    "BadToken",
    "Client",
    "ClientOptions",
    "Decisions",
    "Drawing",
    "EnvironmentEntry",
    "EnvironmentNotFound",
    "EpisodeLoop",
    "EpisodeStart",
    "EpisodeSummary",
    "EventKind",
    "Events",
    "Failure",
    "FeatureAbsent",
    "Group",
    "InvalidField",
    "Invite",
    "LaneEnded",
    "LaneFault",
    "LaneFaulted",
    "LaneState",
    "LimitReached",
    "MacenvError",
    "MacroAction",
    "MacroObservations",
    "MacroStates",
    "NotGranted",
    "Policy",
    "RandomPolicy",
    "RecordedClose",
    "RecordedDecisions",
    "RecordedEntry",
    "RecordedEvents",
    "RecordedGrant",
    "RecordedLane",
    "RecordedReset",
    "RecordedTruncation",
    "Recording",
    "RecordingHeader",
    "RecordingOptions",
    "RequestRefused",
    "ResetMode",
    "SeatTaken",
    "SeatsMissing",
    "Server",
    "ServerFailure",
    "ServerInfo",
    "ServerUnavailable",
    "Session",
    "SessionExpired",
    "SessionKey",
    "Setting",
    "Snapshot",
    "StepConflict",
    "TeamSpec",
    "TensorSpec",
    "Tls",
    "TrajectoryDigest",
    "Transport",
    "View",
    "Watch",
    "WrongProtocol",
    "aio",
    "connect",
    "serve",
]
