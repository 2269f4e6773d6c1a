import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from macenv.v1 import event_pb2 as _event_pb2
from macenv.v1 import spec_pb2 as _spec_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecordingMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECORDING_MODE_UNSPECIFIED: _ClassVar[RecordingMode]
    RECORDING_MODE_NONE: _ClassVar[RecordingMode]
    RECORDING_MODE_DECISIONS: _ClassVar[RecordingMode]
    RECORDING_MODE_EVENTS: _ClassVar[RecordingMode]
RECORDING_MODE_UNSPECIFIED: RecordingMode
RECORDING_MODE_NONE: RecordingMode
RECORDING_MODE_DECISIONS: RecordingMode
RECORDING_MODE_EVENTS: RecordingMode

class RecordingOptions(_message.Message):
    __slots__ = ("mode", "max_bytes", "privileged")
    MODE_FIELD_NUMBER: _ClassVar[int]
    MAX_BYTES_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGED_FIELD_NUMBER: _ClassVar[int]
    mode: RecordingMode
    max_bytes: int
    privileged: bool
    def __init__(self, mode: _Optional[_Union[RecordingMode, str]] = ..., max_bytes: _Optional[int] = ..., privileged: _Optional[bool] = ...) -> None: ...

class RecordingEntry(_message.Message):
    __slots__ = ("sequence", "header", "grant", "decisions", "events", "answer", "reset", "lane", "close", "truncation")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    GRANT_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    header: RecordingHeader
    grant: RecordedGrant
    decisions: RecordedDecisions
    events: _event_pb2.EventBatch
    answer: RecordedAnswer
    reset: RecordedReset
    lane: RecordedLane
    close: RecordedClose
    truncation: RecordedTruncation
    def __init__(self, sequence: _Optional[int] = ..., header: _Optional[_Union[RecordingHeader, _Mapping]] = ..., grant: _Optional[_Union[RecordedGrant, _Mapping]] = ..., decisions: _Optional[_Union[RecordedDecisions, _Mapping]] = ..., events: _Optional[_Union[_event_pb2.EventBatch, _Mapping]] = ..., answer: _Optional[_Union[RecordedAnswer, _Mapping]] = ..., reset: _Optional[_Union[RecordedReset, _Mapping]] = ..., lane: _Optional[_Union[RecordedLane, _Mapping]] = ..., close: _Optional[_Union[RecordedClose, _Mapping]] = ..., truncation: _Optional[_Union[RecordedTruncation, _Mapping]] = ...) -> None: ...

class RecordingHeader(_message.Message):
    __slots__ = ("session", "spec", "lanes", "lane_seeds", "gamma", "auto_reset", "options", "created", "server", "create_request", "notes")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    LANE_SEEDS_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    AUTO_RESET_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    CREATE_REQUEST_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    session: str
    spec: _spec_pb2.EnvSpec
    lanes: int
    lane_seeds: _containers.RepeatedScalarFieldContainer[int]
    gamma: float
    auto_reset: bool
    options: RecordingOptions
    created: _timestamp_pb2.Timestamp
    server: str
    create_request: bytes
    notes: _struct_pb2.Struct
    def __init__(self, session: _Optional[str] = ..., spec: _Optional[_Union[_spec_pb2.EnvSpec, _Mapping]] = ..., lanes: _Optional[int] = ..., lane_seeds: _Optional[_Iterable[int]] = ..., gamma: _Optional[float] = ..., auto_reset: _Optional[bool] = ..., options: _Optional[_Union[RecordingOptions, _Mapping]] = ..., created: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., server: _Optional[str] = ..., create_request: _Optional[bytes] = ..., notes: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class RecordedGrant(_message.Message):
    __slots__ = ("grant", "seats", "grant_state", "token_sha256", "join_request", "lease")
    GRANT_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    GRANT_STATE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_SHA256_FIELD_NUMBER: _ClassVar[int]
    JOIN_REQUEST_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    grant: int
    seats: _containers.RepeatedScalarFieldContainer[int]
    grant_state: int
    token_sha256: bytes
    join_request: bytes
    lease: _duration_pb2.Duration
    def __init__(self, grant: _Optional[int] = ..., seats: _Optional[_Iterable[int]] = ..., grant_state: _Optional[int] = ..., token_sha256: _Optional[bytes] = ..., join_request: _Optional[bytes] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class RecordedDecisions(_message.Message):
    __slots__ = ("grant", "step_id", "lane", "episode", "tick", "seat", "action", "params", "absent", "max_ticks", "min_ready", "content_sha256")
    GRANT_FIELD_NUMBER: _ClassVar[int]
    STEP_ID_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    SEAT_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    ABSENT_FIELD_NUMBER: _ClassVar[int]
    MAX_TICKS_FIELD_NUMBER: _ClassVar[int]
    MIN_READY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    grant: int
    step_id: int
    lane: _containers.RepeatedScalarFieldContainer[int]
    episode: _containers.RepeatedScalarFieldContainer[int]
    tick: _containers.RepeatedScalarFieldContainer[int]
    seat: _containers.RepeatedScalarFieldContainer[int]
    action: _containers.RepeatedScalarFieldContainer[int]
    params: bytes
    absent: bytes
    max_ticks: int
    min_ready: int
    content_sha256: bytes
    def __init__(self, grant: _Optional[int] = ..., step_id: _Optional[int] = ..., lane: _Optional[_Iterable[int]] = ..., episode: _Optional[_Iterable[int]] = ..., tick: _Optional[_Iterable[int]] = ..., seat: _Optional[_Iterable[int]] = ..., action: _Optional[_Iterable[int]] = ..., params: _Optional[bytes] = ..., absent: _Optional[bytes] = ..., max_ticks: _Optional[int] = ..., min_ready: _Optional[int] = ..., content_sha256: _Optional[bytes] = ...) -> None: ...

class RecordedAnswer(_message.Message):
    __slots__ = ("grant", "step_id", "lane", "episode", "tick", "kind", "lanes_running", "lanes_waiting_for_others")
    GRANT_FIELD_NUMBER: _ClassVar[int]
    STEP_ID_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LANES_RUNNING_FIELD_NUMBER: _ClassVar[int]
    LANES_WAITING_FOR_OTHERS_FIELD_NUMBER: _ClassVar[int]
    grant: int
    step_id: int
    lane: _containers.RepeatedScalarFieldContainer[int]
    episode: _containers.RepeatedScalarFieldContainer[int]
    tick: _containers.RepeatedScalarFieldContainer[int]
    kind: bytes
    lanes_running: int
    lanes_waiting_for_others: int
    def __init__(self, grant: _Optional[int] = ..., step_id: _Optional[int] = ..., lane: _Optional[_Iterable[int]] = ..., episode: _Optional[_Iterable[int]] = ..., tick: _Optional[_Iterable[int]] = ..., kind: _Optional[bytes] = ..., lanes_running: _Optional[int] = ..., lanes_waiting_for_others: _Optional[int] = ...) -> None: ...

class RecordedReset(_message.Message):
    __slots__ = ("started", "lane_seeds", "request_id")
    STARTED_FIELD_NUMBER: _ClassVar[int]
    LANE_SEEDS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    started: _containers.RepeatedCompositeFieldContainer[_event_pb2.EpisodeStart]
    lane_seeds: _containers.RepeatedScalarFieldContainer[int]
    request_id: str
    def __init__(self, started: _Optional[_Iterable[_Union[_event_pb2.EpisodeStart, _Mapping]]] = ..., lane_seeds: _Optional[_Iterable[int]] = ..., request_id: _Optional[str] = ...) -> None: ...

class RecordedLane(_message.Message):
    __slots__ = ("lane", "snapshot", "cause")
    LANE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    lane: int
    snapshot: bytes
    cause: str
    def __init__(self, lane: _Optional[int] = ..., snapshot: _Optional[bytes] = ..., cause: _Optional[str] = ...) -> None: ...

class RecordedTruncation(_message.Message):
    __slots__ = ("lane", "episode", "tick")
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    lane: int
    episode: int
    tick: int
    def __init__(self, lane: _Optional[int] = ..., episode: _Optional[int] = ..., tick: _Optional[int] = ...) -> None: ...

class RecordedClose(_message.Message):
    __slots__ = ("cause", "closed")
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    cause: str
    closed: _timestamp_pb2.Timestamp
    def __init__(self, cause: _Optional[str] = ..., closed: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
