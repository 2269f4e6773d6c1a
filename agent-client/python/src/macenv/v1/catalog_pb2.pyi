import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from macenv.v1 import spec_pb2 as _spec_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetServerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServerInfoResponse(_message.Message):
    __slots__ = ("protocols", "server", "version", "features", "limits", "now")
    PROTOCOLS_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    protocols: _containers.RepeatedScalarFieldContainer[str]
    server: str
    version: str
    features: _containers.RepeatedScalarFieldContainer[str]
    limits: ServerLimits
    now: _timestamp_pb2.Timestamp
    def __init__(self, protocols: _Optional[_Iterable[str]] = ..., server: _Optional[str] = ..., version: _Optional[str] = ..., features: _Optional[_Iterable[str]] = ..., limits: _Optional[_Union[ServerLimits, _Mapping]] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ServerLimits(_message.Message):
    __slots__ = ("max_sessions", "max_sessions_per_principal", "max_lanes", "max_message_bytes", "max_response_bytes", "max_outstanding", "min_lease", "max_lease", "default_lease", "max_grants", "max_watchers", "max_snapshots", "max_recording_bytes")
    MAX_SESSIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_SESSIONS_PER_PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    MAX_LANES_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_RESPONSE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_OUTSTANDING_FIELD_NUMBER: _ClassVar[int]
    MIN_LEASE_FIELD_NUMBER: _ClassVar[int]
    MAX_LEASE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_LEASE_FIELD_NUMBER: _ClassVar[int]
    MAX_GRANTS_FIELD_NUMBER: _ClassVar[int]
    MAX_WATCHERS_FIELD_NUMBER: _ClassVar[int]
    MAX_SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    MAX_RECORDING_BYTES_FIELD_NUMBER: _ClassVar[int]
    max_sessions: int
    max_sessions_per_principal: int
    max_lanes: int
    max_message_bytes: int
    max_response_bytes: int
    max_outstanding: int
    min_lease: _duration_pb2.Duration
    max_lease: _duration_pb2.Duration
    default_lease: _duration_pb2.Duration
    max_grants: int
    max_watchers: int
    max_snapshots: int
    max_recording_bytes: int
    def __init__(self, max_sessions: _Optional[int] = ..., max_sessions_per_principal: _Optional[int] = ..., max_lanes: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., max_response_bytes: _Optional[int] = ..., max_outstanding: _Optional[int] = ..., min_lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., default_lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_grants: _Optional[int] = ..., max_watchers: _Optional[int] = ..., max_snapshots: _Optional[int] = ..., max_recording_bytes: _Optional[int] = ...) -> None: ...

class ListEnvironmentsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEnvironmentsResponse(_message.Message):
    __slots__ = ("environments", "next_page_token")
    ENVIRONMENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    environments: _containers.RepeatedCompositeFieldContainer[EnvironmentEntry]
    next_page_token: str
    def __init__(self, environments: _Optional[_Iterable[_Union[EnvironmentEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class EnvironmentEntry(_message.Message):
    __slots__ = ("id", "version", "summary")
    ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    id: str
    version: str
    summary: str
    def __init__(self, id: _Optional[str] = ..., version: _Optional[str] = ..., summary: _Optional[str] = ...) -> None: ...

class GetEnvironmentRequest(_message.Message):
    __slots__ = ("environment", "config")
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    environment: str
    config: _struct_pb2.Struct
    def __init__(self, environment: _Optional[str] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class GetEnvironmentResponse(_message.Message):
    __slots__ = ("spec", "max_row_bytes")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    MAX_ROW_BYTES_FIELD_NUMBER: _ClassVar[int]
    spec: _spec_pb2.EnvSpec
    max_row_bytes: int
    def __init__(self, spec: _Optional[_Union[_spec_pb2.EnvSpec, _Mapping]] = ..., max_row_bytes: _Optional[int] = ...) -> None: ...
