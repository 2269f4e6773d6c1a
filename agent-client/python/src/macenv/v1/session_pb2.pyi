import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from macenv.v1 import event_pb2 as _event_pb2
from macenv.v1 import recording_pb2 as _recording_pb2
from macenv.v1 import spec_pb2 as _spec_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ResetMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESET_MODE_UNSPECIFIED: _ClassVar[ResetMode]
    RESET_MODE_AUTO: _ClassVar[ResetMode]
    RESET_MODE_MANUAL: _ClassVar[ResetMode]

class SeatAssignment(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEAT_ASSIGNMENT_UNSPECIFIED: _ClassVar[SeatAssignment]
    SEAT_ASSIGNMENT_OWNER: _ClassVar[SeatAssignment]
    SEAT_ASSIGNMENT_OPEN: _ClassVar[SeatAssignment]

class AbsenceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ABSENCE_KIND_UNSPECIFIED: _ClassVar[AbsenceKind]
    ABSENCE_KIND_WAIT: _ClassVar[AbsenceKind]
    ABSENCE_KIND_FALLBACK_ACTION: _ClassVar[AbsenceKind]
    ABSENCE_KIND_RANDOM_LEGAL: _ClassVar[AbsenceKind]
    ABSENCE_KIND_TRUNCATE: _ClassVar[AbsenceKind]

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_OWNER: _ClassVar[Role]
    ROLE_PLAYER: _ClassVar[Role]
    ROLE_SPECTATOR: _ClassVar[Role]

class SessionState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_STATE_UNSPECIFIED: _ClassVar[SessionState]
    SESSION_STATE_CREATED: _ClassVar[SessionState]
    SESSION_STATE_ACTIVE: _ClassVar[SessionState]
    SESSION_STATE_DRAINING: _ClassVar[SessionState]
    SESSION_STATE_CLOSED: _ClassVar[SessionState]

class CloseReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOSE_REASON_UNSPECIFIED: _ClassVar[CloseReason]
    CLOSE_REASON_OWNER: _ClassVar[CloseReason]
    CLOSE_REASON_LEASE_EXPIRED: _ClassVar[CloseReason]
    CLOSE_REASON_SERVER_SHUTDOWN: _ClassVar[CloseReason]

class GrantState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GRANT_STATE_UNSPECIFIED: _ClassVar[GrantState]
    GRANT_STATE_HELD: _ClassVar[GrantState]
    GRANT_STATE_LAPSED: _ClassVar[GrantState]

class LaneState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LANE_STATE_UNSPECIFIED: _ClassVar[LaneState]
    LANE_STATE_IDLE: _ClassVar[LaneState]
    LANE_STATE_AWAITING: _ClassVar[LaneState]
    LANE_STATE_RUNNING: _ClassVar[LaneState]
    LANE_STATE_PAUSED: _ClassVar[LaneState]
    LANE_STATE_FAULTED: _ClassVar[LaneState]
RESET_MODE_UNSPECIFIED: ResetMode
RESET_MODE_AUTO: ResetMode
RESET_MODE_MANUAL: ResetMode
SEAT_ASSIGNMENT_UNSPECIFIED: SeatAssignment
SEAT_ASSIGNMENT_OWNER: SeatAssignment
SEAT_ASSIGNMENT_OPEN: SeatAssignment
ABSENCE_KIND_UNSPECIFIED: AbsenceKind
ABSENCE_KIND_WAIT: AbsenceKind
ABSENCE_KIND_FALLBACK_ACTION: AbsenceKind
ABSENCE_KIND_RANDOM_LEGAL: AbsenceKind
ABSENCE_KIND_TRUNCATE: AbsenceKind
ROLE_UNSPECIFIED: Role
ROLE_OWNER: Role
ROLE_PLAYER: Role
ROLE_SPECTATOR: Role
SESSION_STATE_UNSPECIFIED: SessionState
SESSION_STATE_CREATED: SessionState
SESSION_STATE_ACTIVE: SessionState
SESSION_STATE_DRAINING: SessionState
SESSION_STATE_CLOSED: SessionState
CLOSE_REASON_UNSPECIFIED: CloseReason
CLOSE_REASON_OWNER: CloseReason
CLOSE_REASON_LEASE_EXPIRED: CloseReason
CLOSE_REASON_SERVER_SHUTDOWN: CloseReason
GRANT_STATE_UNSPECIFIED: GrantState
GRANT_STATE_HELD: GrantState
GRANT_STATE_LAPSED: GrantState
LANE_STATE_UNSPECIFIED: LaneState
LANE_STATE_IDLE: LaneState
LANE_STATE_AWAITING: LaneState
LANE_STATE_RUNNING: LaneState
LANE_STATE_PAUSED: LaneState
LANE_STATE_FAULTED: LaneState

class CreateSessionRequest(_message.Message):
    __slots__ = ("environment", "config", "lanes", "seeds", "gamma", "reset_mode", "owner_view", "seats", "absence", "lease", "snapshot", "snapshot_id", "recording", "request_id", "invites")
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    SEEDS_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    RESET_MODE_FIELD_NUMBER: _ClassVar[int]
    OWNER_VIEW_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    ABSENCE_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    RECORDING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INVITES_FIELD_NUMBER: _ClassVar[int]
    environment: str
    config: _struct_pb2.Struct
    lanes: int
    seeds: _containers.RepeatedScalarFieldContainer[int]
    gamma: float
    reset_mode: ResetMode
    owner_view: View
    seats: _containers.RepeatedCompositeFieldContainer[SeatPolicy]
    absence: AbsencePolicy
    lease: _duration_pb2.Duration
    snapshot: bytes
    snapshot_id: str
    recording: _recording_pb2.RecordingOptions
    request_id: str
    invites: _containers.RepeatedCompositeFieldContainer[InviteOptions]
    def __init__(self, environment: _Optional[str] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., lanes: _Optional[int] = ..., seeds: _Optional[_Iterable[int]] = ..., gamma: _Optional[float] = ..., reset_mode: _Optional[_Union[ResetMode, str]] = ..., owner_view: _Optional[_Union[View, _Mapping]] = ..., seats: _Optional[_Iterable[_Union[SeatPolicy, _Mapping]]] = ..., absence: _Optional[_Union[AbsencePolicy, _Mapping]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., snapshot: _Optional[bytes] = ..., snapshot_id: _Optional[str] = ..., recording: _Optional[_Union[_recording_pb2.RecordingOptions, _Mapping]] = ..., request_id: _Optional[str] = ..., invites: _Optional[_Iterable[_Union[InviteOptions, _Mapping]]] = ...) -> None: ...

class View(_message.Message):
    __slots__ = ("state", "macro_state", "current_actions", "reward_trace", "other_agents", "render")
    STATE_FIELD_NUMBER: _ClassVar[int]
    MACRO_STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENT_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    REWARD_TRACE_FIELD_NUMBER: _ClassVar[int]
    OTHER_AGENTS_FIELD_NUMBER: _ClassVar[int]
    RENDER_FIELD_NUMBER: _ClassVar[int]
    state: bool
    macro_state: bool
    current_actions: bool
    reward_trace: bool
    other_agents: bool
    render: bool
    def __init__(self, state: _Optional[bool] = ..., macro_state: _Optional[bool] = ..., current_actions: _Optional[bool] = ..., reward_trace: _Optional[bool] = ..., other_agents: _Optional[bool] = ..., render: _Optional[bool] = ...) -> None: ...

class SeatPolicy(_message.Message):
    __slots__ = ("seat", "assignment", "optional_at_start", "absence")
    SEAT_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_AT_START_FIELD_NUMBER: _ClassVar[int]
    ABSENCE_FIELD_NUMBER: _ClassVar[int]
    seat: int
    assignment: SeatAssignment
    optional_at_start: bool
    absence: AbsencePolicy
    def __init__(self, seat: _Optional[int] = ..., assignment: _Optional[_Union[SeatAssignment, str]] = ..., optional_at_start: _Optional[bool] = ..., absence: _Optional[_Union[AbsencePolicy, _Mapping]] = ...) -> None: ...

class AbsencePolicy(_message.Message):
    __slots__ = ("kind", "action", "patience")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    PATIENCE_FIELD_NUMBER: _ClassVar[int]
    kind: AbsenceKind
    action: int
    patience: _duration_pb2.Duration
    def __init__(self, kind: _Optional[_Union[AbsenceKind, str]] = ..., action: _Optional[int] = ..., patience: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class InviteOptions(_message.Message):
    __slots__ = ("seats", "role", "max_view", "max_uses")
    SEATS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    MAX_VIEW_FIELD_NUMBER: _ClassVar[int]
    MAX_USES_FIELD_NUMBER: _ClassVar[int]
    seats: _containers.RepeatedScalarFieldContainer[int]
    role: Role
    max_view: View
    max_uses: int
    def __init__(self, seats: _Optional[_Iterable[int]] = ..., role: _Optional[_Union[Role, str]] = ..., max_view: _Optional[_Union[View, _Mapping]] = ..., max_uses: _Optional[int] = ...) -> None: ...

class Invite(_message.Message):
    __slots__ = ("token", "options")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    token: str
    options: InviteOptions
    def __init__(self, token: _Optional[str] = ..., options: _Optional[_Union[InviteOptions, _Mapping]] = ...) -> None: ...

class CreateSessionResponse(_message.Message):
    __slots__ = ("session", "token", "spec", "seeds", "lease", "invites", "limits", "seats", "gamma", "reset_mode")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    SEEDS_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    INVITES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    RESET_MODE_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    spec: _spec_pb2.EnvSpec
    seeds: _containers.RepeatedScalarFieldContainer[int]
    lease: _duration_pb2.Duration
    invites: _containers.RepeatedCompositeFieldContainer[Invite]
    limits: SessionLimits
    seats: _containers.RepeatedScalarFieldContainer[int]
    gamma: float
    reset_mode: ResetMode
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., spec: _Optional[_Union[_spec_pb2.EnvSpec, _Mapping]] = ..., seeds: _Optional[_Iterable[int]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., invites: _Optional[_Iterable[_Union[Invite, _Mapping]]] = ..., limits: _Optional[_Union[SessionLimits, _Mapping]] = ..., seats: _Optional[_Iterable[int]] = ..., gamma: _Optional[float] = ..., reset_mode: _Optional[_Union[ResetMode, str]] = ...) -> None: ...

class SessionLimits(_message.Message):
    __slots__ = ("row_bytes", "max_outstanding", "max_message_bytes", "max_response_bytes")
    ROW_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_OUTSTANDING_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_RESPONSE_BYTES_FIELD_NUMBER: _ClassVar[int]
    row_bytes: int
    max_outstanding: int
    max_message_bytes: int
    max_response_bytes: int
    def __init__(self, row_bytes: _Optional[int] = ..., max_outstanding: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., max_response_bytes: _Optional[int] = ...) -> None: ...

class GetSessionRequest(_message.Message):
    __slots__ = ("session", "token", "include_spec")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_SPEC_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    include_spec: bool
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., include_spec: _Optional[bool] = ...) -> None: ...

class GetSessionResponse(_message.Message):
    __slots__ = ("state", "lease_remaining", "seats", "lanes", "grant", "fingerprint", "spec", "gamma", "reset_mode", "limits")
    STATE_FIELD_NUMBER: _ClassVar[int]
    LEASE_REMAINING_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    GRANT_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    RESET_MODE_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    state: SessionState
    lease_remaining: _duration_pb2.Duration
    seats: _containers.RepeatedCompositeFieldContainer[SeatInfo]
    lanes: _containers.RepeatedCompositeFieldContainer[LaneInfo]
    grant: GrantInfo
    fingerprint: str
    spec: _spec_pb2.EnvSpec
    gamma: float
    reset_mode: ResetMode
    limits: SessionLimits
    def __init__(self, state: _Optional[_Union[SessionState, str]] = ..., lease_remaining: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., seats: _Optional[_Iterable[_Union[SeatInfo, _Mapping]]] = ..., lanes: _Optional[_Iterable[_Union[LaneInfo, _Mapping]]] = ..., grant: _Optional[_Union[GrantInfo, _Mapping]] = ..., fingerprint: _Optional[str] = ..., spec: _Optional[_Union[_spec_pb2.EnvSpec, _Mapping]] = ..., gamma: _Optional[float] = ..., reset_mode: _Optional[_Union[ResetMode, str]] = ..., limits: _Optional[_Union[SessionLimits, _Mapping]] = ...) -> None: ...

class SeatInfo(_message.Message):
    __slots__ = ("seat", "assignment", "grant_state", "lease_remaining")
    SEAT_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    GRANT_STATE_FIELD_NUMBER: _ClassVar[int]
    LEASE_REMAINING_FIELD_NUMBER: _ClassVar[int]
    seat: int
    assignment: SeatAssignment
    grant_state: GrantState
    lease_remaining: _duration_pb2.Duration
    def __init__(self, seat: _Optional[int] = ..., assignment: _Optional[_Union[SeatAssignment, str]] = ..., grant_state: _Optional[_Union[GrantState, str]] = ..., lease_remaining: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class LaneInfo(_message.Message):
    __slots__ = ("lane", "state", "episode", "tick", "pending", "lane_seed", "episode_seed")
    LANE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    LANE_SEED_FIELD_NUMBER: _ClassVar[int]
    EPISODE_SEED_FIELD_NUMBER: _ClassVar[int]
    lane: int
    state: LaneState
    episode: int
    tick: int
    pending: _containers.RepeatedScalarFieldContainer[int]
    lane_seed: int
    episode_seed: int
    def __init__(self, lane: _Optional[int] = ..., state: _Optional[_Union[LaneState, str]] = ..., episode: _Optional[int] = ..., tick: _Optional[int] = ..., pending: _Optional[_Iterable[int]] = ..., lane_seed: _Optional[int] = ..., episode_seed: _Optional[int] = ...) -> None: ...

class GrantInfo(_message.Message):
    __slots__ = ("role", "seats", "view", "last_step_id", "lease")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    LAST_STEP_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    role: Role
    seats: _containers.RepeatedScalarFieldContainer[int]
    view: View
    last_step_id: int
    lease: _duration_pb2.Duration
    def __init__(self, role: _Optional[_Union[Role, str]] = ..., seats: _Optional[_Iterable[int]] = ..., view: _Optional[_Union[View, _Mapping]] = ..., last_step_id: _Optional[int] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CloseSessionRequest(_message.Message):
    __slots__ = ("session", "token")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ...) -> None: ...

class CloseSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class JoinRequest(_message.Message):
    __slots__ = ("session", "invite", "seats", "role", "view", "request_id", "lease")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    INVITE_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    session: str
    invite: str
    seats: _containers.RepeatedScalarFieldContainer[int]
    role: Role
    view: View
    request_id: str
    lease: _duration_pb2.Duration
    def __init__(self, session: _Optional[str] = ..., invite: _Optional[str] = ..., seats: _Optional[_Iterable[int]] = ..., role: _Optional[_Union[Role, str]] = ..., view: _Optional[_Union[View, _Mapping]] = ..., request_id: _Optional[str] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class JoinResponse(_message.Message):
    __slots__ = ("token", "spec", "lease", "seats", "limits", "lanes", "gamma", "reset_mode", "role")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    RESET_MODE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    token: str
    spec: _spec_pb2.EnvSpec
    lease: _duration_pb2.Duration
    seats: _containers.RepeatedScalarFieldContainer[int]
    limits: SessionLimits
    lanes: int
    gamma: float
    reset_mode: ResetMode
    role: Role
    def __init__(self, token: _Optional[str] = ..., spec: _Optional[_Union[_spec_pb2.EnvSpec, _Mapping]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., seats: _Optional[_Iterable[int]] = ..., limits: _Optional[_Union[SessionLimits, _Mapping]] = ..., lanes: _Optional[int] = ..., gamma: _Optional[float] = ..., reset_mode: _Optional[_Union[ResetMode, str]] = ..., role: _Optional[_Union[Role, str]] = ...) -> None: ...

class GetMacroObservationRequest(_message.Message):
    __slots__ = ("session", "token", "lanes")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lanes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lanes: _Optional[_Iterable[int]] = ...) -> None: ...

class GetMacroObservationResponse(_message.Message):
    __slots__ = ("rows", "lane", "episode", "tick", "lane_state", "status", "pending", "groups", "current_action")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    LANE_STATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_ACTION_FIELD_NUMBER: _ClassVar[int]
    rows: int
    lane: _containers.RepeatedScalarFieldContainer[int]
    episode: _containers.RepeatedScalarFieldContainer[int]
    tick: _containers.RepeatedScalarFieldContainer[int]
    lane_state: bytes
    status: bytes
    pending: bytes
    groups: _containers.RepeatedCompositeFieldContainer[_event_pb2.GroupSlab]
    current_action: bytes
    def __init__(self, rows: _Optional[int] = ..., lane: _Optional[_Iterable[int]] = ..., episode: _Optional[_Iterable[int]] = ..., tick: _Optional[_Iterable[int]] = ..., lane_state: _Optional[bytes] = ..., status: _Optional[bytes] = ..., pending: _Optional[bytes] = ..., groups: _Optional[_Iterable[_Union[_event_pb2.GroupSlab, _Mapping]]] = ..., current_action: _Optional[bytes] = ...) -> None: ...

class GetMacroStateRequest(_message.Message):
    __slots__ = ("session", "token", "lanes")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lanes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lanes: _Optional[_Iterable[int]] = ...) -> None: ...

class GetMacroStateResponse(_message.Message):
    __slots__ = ("rows", "lane", "episode", "tick", "macro_state", "state")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    MACRO_STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    rows: int
    lane: _containers.RepeatedScalarFieldContainer[int]
    episode: _containers.RepeatedScalarFieldContainer[int]
    tick: _containers.RepeatedScalarFieldContainer[int]
    macro_state: bytes
    state: bytes
    def __init__(self, rows: _Optional[int] = ..., lane: _Optional[_Iterable[int]] = ..., episode: _Optional[_Iterable[int]] = ..., tick: _Optional[_Iterable[int]] = ..., macro_state: _Optional[bytes] = ..., state: _Optional[bytes] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("session", "token", "lanes", "min_interval")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lanes: _containers.RepeatedScalarFieldContainer[int]
    min_interval: _duration_pb2.Duration
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lanes: _Optional[_Iterable[int]] = ..., min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("events", "dropped_rows", "state")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    DROPPED_ROWS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    events: _event_pb2.EventBatch
    dropped_rows: int
    state: SessionState
    def __init__(self, events: _Optional[_Union[_event_pb2.EventBatch, _Mapping]] = ..., dropped_rows: _Optional[int] = ..., state: _Optional[_Union[SessionState, str]] = ...) -> None: ...

class ResetRequest(_message.Message):
    __slots__ = ("session", "token", "lanes", "seeds", "episode_seeds", "request_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    SEEDS_FIELD_NUMBER: _ClassVar[int]
    EPISODE_SEEDS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lanes: _containers.RepeatedScalarFieldContainer[int]
    seeds: _containers.RepeatedScalarFieldContainer[int]
    episode_seeds: _containers.RepeatedScalarFieldContainer[int]
    request_id: str
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lanes: _Optional[_Iterable[int]] = ..., seeds: _Optional[_Iterable[int]] = ..., episode_seeds: _Optional[_Iterable[int]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ResetResponse(_message.Message):
    __slots__ = ("started",)
    STARTED_FIELD_NUMBER: _ClassVar[int]
    started: _containers.RepeatedCompositeFieldContainer[_event_pb2.EpisodeStart]
    def __init__(self, started: _Optional[_Iterable[_Union[_event_pb2.EpisodeStart, _Mapping]]] = ...) -> None: ...

class SnapshotRequest(_message.Message):
    __slots__ = ("session", "token", "lane", "store")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lane: int
    store: bool
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lane: _Optional[int] = ..., store: _Optional[bool] = ...) -> None: ...

class SnapshotResponse(_message.Message):
    __slots__ = ("snapshot", "snapshot_id", "episode", "tick")
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    snapshot: bytes
    snapshot_id: str
    episode: int
    tick: int
    def __init__(self, snapshot: _Optional[bytes] = ..., snapshot_id: _Optional[str] = ..., episode: _Optional[int] = ..., tick: _Optional[int] = ...) -> None: ...

class RestoreRequest(_message.Message):
    __slots__ = ("session", "token", "lane", "snapshot", "snapshot_id", "request_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lane: int
    snapshot: bytes
    snapshot_id: str
    request_id: str
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lane: _Optional[int] = ..., snapshot: _Optional[bytes] = ..., snapshot_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RestoreResponse(_message.Message):
    __slots__ = ("episode", "tick")
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    episode: int
    tick: int
    def __init__(self, episode: _Optional[int] = ..., tick: _Optional[int] = ...) -> None: ...

class RenderRequest(_message.Message):
    __slots__ = ("session", "token", "lane", "format")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    lane: int
    format: str
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., lane: _Optional[int] = ..., format: _Optional[str] = ...) -> None: ...

class RenderResponse(_message.Message):
    __slots__ = ("format", "data", "episode", "tick")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    format: str
    data: bytes
    episode: int
    tick: int
    def __init__(self, format: _Optional[str] = ..., data: _Optional[bytes] = ..., episode: _Optional[int] = ..., tick: _Optional[int] = ...) -> None: ...

class FetchRecordingRequest(_message.Message):
    __slots__ = ("session", "token", "offset")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    offset: int
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., offset: _Optional[int] = ...) -> None: ...

class FetchRecordingResponse(_message.Message):
    __slots__ = ("offset", "data", "complete")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    offset: int
    data: bytes
    complete: bool
    def __init__(self, offset: _Optional[int] = ..., data: _Optional[bytes] = ..., complete: _Optional[bool] = ...) -> None: ...
