from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_KIND_UNSPECIFIED: _ClassVar[EventKind]
    EVENT_KIND_START: _ClassVar[EventKind]
    EVENT_KIND_DECISION: _ClassVar[EventKind]
    EVENT_KIND_END_TERMINATED: _ClassVar[EventKind]
    EVENT_KIND_END_TRUNCATED: _ClassVar[EventKind]
    EVENT_KIND_TICK_LIMIT: _ClassVar[EventKind]
    EVENT_KIND_FAULT: _ClassVar[EventKind]

class AgentStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGENT_STATUS_UNSPECIFIED: _ClassVar[AgentStatus]
    AGENT_STATUS_ONGOING: _ClassVar[AgentStatus]
    AGENT_STATUS_DONE: _ClassVar[AgentStatus]
    AGENT_STATUS_CUT: _ClassVar[AgentStatus]
    AGENT_STATUS_FAILED: _ClassVar[AgentStatus]
    AGENT_STATUS_FRESH: _ClassVar[AgentStatus]
EVENT_KIND_UNSPECIFIED: EventKind
EVENT_KIND_START: EventKind
EVENT_KIND_DECISION: EventKind
EVENT_KIND_END_TERMINATED: EventKind
EVENT_KIND_END_TRUNCATED: EventKind
EVENT_KIND_TICK_LIMIT: EventKind
EVENT_KIND_FAULT: EventKind
AGENT_STATUS_UNSPECIFIED: AgentStatus
AGENT_STATUS_ONGOING: AgentStatus
AGENT_STATUS_DONE: AgentStatus
AGENT_STATUS_CUT: AgentStatus
AGENT_STATUS_FAILED: AgentStatus
AGENT_STATUS_FRESH: AgentStatus

class StepRequest(_message.Message):
    __slots__ = ("session", "token", "step_id", "lane", "seat", "action", "params", "min_ready", "max_ticks")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    STEP_ID_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    SEAT_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    MIN_READY_FIELD_NUMBER: _ClassVar[int]
    MAX_TICKS_FIELD_NUMBER: _ClassVar[int]
    session: str
    token: str
    step_id: int
    lane: _containers.RepeatedScalarFieldContainer[int]
    seat: _containers.RepeatedScalarFieldContainer[int]
    action: _containers.RepeatedScalarFieldContainer[int]
    params: bytes
    min_ready: int
    max_ticks: int
    def __init__(self, session: _Optional[str] = ..., token: _Optional[str] = ..., step_id: _Optional[int] = ..., lane: _Optional[_Iterable[int]] = ..., seat: _Optional[_Iterable[int]] = ..., action: _Optional[_Iterable[int]] = ..., params: _Optional[bytes] = ..., min_ready: _Optional[int] = ..., max_ticks: _Optional[int] = ...) -> None: ...

class StepResponse(_message.Message):
    __slots__ = ("step_id", "error", "events", "lanes_running", "lanes_waiting_for_others")
    STEP_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    LANES_RUNNING_FIELD_NUMBER: _ClassVar[int]
    LANES_WAITING_FOR_OTHERS_FIELD_NUMBER: _ClassVar[int]
    step_id: int
    error: _status_pb2.Status
    events: EventBatch
    lanes_running: int
    lanes_waiting_for_others: int
    def __init__(self, step_id: _Optional[int] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., events: _Optional[_Union[EventBatch, _Mapping]] = ..., lanes_running: _Optional[int] = ..., lanes_waiting_for_others: _Optional[int] = ...) -> None: ...

class EventBatch(_message.Message):
    __slots__ = ("rows", "lane", "episode", "tick", "kind", "status", "groups", "joint_reward", "joint_tau", "agent_reward", "agent_tau", "state", "macro_state", "current_action", "reward_trace", "absent", "ended", "faults", "started")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    JOINT_REWARD_FIELD_NUMBER: _ClassVar[int]
    JOINT_TAU_FIELD_NUMBER: _ClassVar[int]
    AGENT_REWARD_FIELD_NUMBER: _ClassVar[int]
    AGENT_TAU_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MACRO_STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENT_ACTION_FIELD_NUMBER: _ClassVar[int]
    REWARD_TRACE_FIELD_NUMBER: _ClassVar[int]
    ABSENT_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    rows: int
    lane: _containers.RepeatedScalarFieldContainer[int]
    episode: _containers.RepeatedScalarFieldContainer[int]
    tick: _containers.RepeatedScalarFieldContainer[int]
    kind: bytes
    status: bytes
    groups: _containers.RepeatedCompositeFieldContainer[GroupSlab]
    joint_reward: _containers.RepeatedScalarFieldContainer[float]
    joint_tau: _containers.RepeatedScalarFieldContainer[int]
    agent_reward: bytes
    agent_tau: bytes
    state: bytes
    macro_state: bytes
    current_action: bytes
    reward_trace: bytes
    absent: bytes
    ended: _containers.RepeatedCompositeFieldContainer[EpisodeSummary]
    faults: _containers.RepeatedCompositeFieldContainer[LaneFault]
    started: _containers.RepeatedCompositeFieldContainer[EpisodeStart]
    def __init__(self, rows: _Optional[int] = ..., lane: _Optional[_Iterable[int]] = ..., episode: _Optional[_Iterable[int]] = ..., tick: _Optional[_Iterable[int]] = ..., kind: _Optional[bytes] = ..., status: _Optional[bytes] = ..., groups: _Optional[_Iterable[_Union[GroupSlab, _Mapping]]] = ..., joint_reward: _Optional[_Iterable[float]] = ..., joint_tau: _Optional[_Iterable[int]] = ..., agent_reward: _Optional[bytes] = ..., agent_tau: _Optional[bytes] = ..., state: _Optional[bytes] = ..., macro_state: _Optional[bytes] = ..., current_action: _Optional[bytes] = ..., reward_trace: _Optional[bytes] = ..., absent: _Optional[bytes] = ..., ended: _Optional[_Iterable[_Union[EpisodeSummary, _Mapping]]] = ..., faults: _Optional[_Iterable[_Union[LaneFault, _Mapping]]] = ..., started: _Optional[_Iterable[_Union[EpisodeStart, _Mapping]]] = ...) -> None: ...

class GroupSlab(_message.Message):
    __slots__ = ("observation", "legal")
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    LEGAL_FIELD_NUMBER: _ClassVar[int]
    observation: bytes
    legal: bytes
    def __init__(self, observation: _Optional[bytes] = ..., legal: _Optional[bytes] = ...) -> None: ...

class EpisodeStart(_message.Message):
    __slots__ = ("lane", "episode", "seed")
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    lane: int
    episode: int
    seed: int
    def __init__(self, lane: _Optional[int] = ..., episode: _Optional[int] = ..., seed: _Optional[int] = ...) -> None: ...

class EpisodeSummary(_message.Message):
    __slots__ = ("lane", "episode", "seed", "ticks", "decisions", "total_reward", "discounted_reward", "metrics")
    class MetricsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    TICKS_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_REWARD_FIELD_NUMBER: _ClassVar[int]
    DISCOUNTED_REWARD_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    lane: int
    episode: int
    seed: int
    ticks: int
    decisions: int
    total_reward: float
    discounted_reward: float
    metrics: _containers.ScalarMap[str, float]
    def __init__(self, lane: _Optional[int] = ..., episode: _Optional[int] = ..., seed: _Optional[int] = ..., ticks: _Optional[int] = ..., decisions: _Optional[int] = ..., total_reward: _Optional[float] = ..., discounted_reward: _Optional[float] = ..., metrics: _Optional[_Mapping[str, float]] = ...) -> None: ...

class LaneFault(_message.Message):
    __slots__ = ("lane", "episode", "tick", "status")
    LANE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    lane: int
    episode: int
    tick: int
    status: _status_pb2.Status
    def __init__(self, lane: _Optional[int] = ..., episode: _Optional[int] = ..., tick: _Optional[int] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...
