from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DescribeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DescribeResponse(_message.Message):
    __slots__ = ("generation", "offers")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    generation: str
    offers: _containers.RepeatedCompositeFieldContainer[Offer]
    def __init__(self, generation: _Optional[str] = ..., offers: _Optional[_Iterable[_Union[Offer, _Mapping]]] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("id", "version", "doc", "agents", "state", "horizon", "deterministic", "max_macro_ticks")
    ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HORIZON_FIELD_NUMBER: _ClassVar[int]
    DETERMINISTIC_FIELD_NUMBER: _ClassVar[int]
    MAX_MACRO_TICKS_FIELD_NUMBER: _ClassVar[int]
    id: str
    version: str
    doc: str
    agents: _containers.RepeatedCompositeFieldContainer[Agent]
    state: _containers.RepeatedCompositeFieldContainer[Label]
    horizon: int
    deterministic: bool
    max_macro_ticks: int
    def __init__(self, id: _Optional[str] = ..., version: _Optional[str] = ..., doc: _Optional[str] = ..., agents: _Optional[_Iterable[_Union[Agent, _Mapping]]] = ..., state: _Optional[_Iterable[_Union[Label, _Mapping]]] = ..., horizon: _Optional[int] = ..., deterministic: _Optional[bool] = ..., max_macro_ticks: _Optional[int] = ...) -> None: ...

class Agent(_message.Message):
    __slots__ = ("name", "macro_actions", "observation")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MACRO_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    macro_actions: _containers.RepeatedCompositeFieldContainer[MacroAction]
    observation: _containers.RepeatedCompositeFieldContainer[Label]
    def __init__(self, name: _Optional[str] = ..., macro_actions: _Optional[_Iterable[_Union[MacroAction, _Mapping]]] = ..., observation: _Optional[_Iterable[_Union[Label, _Mapping]]] = ...) -> None: ...

class MacroAction(_message.Message):
    __slots__ = ("name", "doc", "min_ticks", "max_ticks", "primitive")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    MIN_TICKS_FIELD_NUMBER: _ClassVar[int]
    MAX_TICKS_FIELD_NUMBER: _ClassVar[int]
    PRIMITIVE_FIELD_NUMBER: _ClassVar[int]
    name: str
    doc: str
    min_ticks: int
    max_ticks: int
    primitive: bool
    def __init__(self, name: _Optional[str] = ..., doc: _Optional[str] = ..., min_ticks: _Optional[int] = ..., max_ticks: _Optional[int] = ..., primitive: _Optional[bool] = ...) -> None: ...

class Label(_message.Message):
    __slots__ = ("name", "doc", "size", "low", "high")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    name: str
    doc: str
    size: int
    low: float
    high: float
    def __init__(self, name: _Optional[str] = ..., doc: _Optional[str] = ..., size: _Optional[int] = ..., low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class RunRequest(_message.Message):
    __slots__ = ("environment", "number", "tasks", "released", "lanes")
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    environment: str
    number: int
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    released: _containers.RepeatedScalarFieldContainer[int]
    lanes: int
    def __init__(self, environment: _Optional[str] = ..., number: _Optional[int] = ..., tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., released: _Optional[_Iterable[int]] = ..., lanes: _Optional[int] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("lane", "seed", "stretches", "next_seed")
    LANE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    STRETCHES_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEED_FIELD_NUMBER: _ClassVar[int]
    lane: int
    seed: int
    stretches: _containers.RepeatedCompositeFieldContainer[Stretch]
    next_seed: int
    def __init__(self, lane: _Optional[int] = ..., seed: _Optional[int] = ..., stretches: _Optional[_Iterable[_Union[Stretch, _Mapping]]] = ..., next_seed: _Optional[int] = ...) -> None: ...

class Stretch(_message.Message):
    __slots__ = ("macro_actions", "max_ticks")
    MACRO_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_TICKS_FIELD_NUMBER: _ClassVar[int]
    macro_actions: _containers.RepeatedScalarFieldContainer[int]
    max_ticks: int
    def __init__(self, macro_actions: _Optional[_Iterable[int]] = ..., max_ticks: _Optional[int] = ...) -> None: ...

class RunResponse(_message.Message):
    __slots__ = ("generation", "number", "outcomes")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    generation: str
    number: int
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    def __init__(self, generation: _Optional[str] = ..., number: _Optional[int] = ..., outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("lane", "rewards", "terminated", "row", "next_start", "failure")
    LANE_FIELD_NUMBER: _ClassVar[int]
    REWARDS_FIELD_NUMBER: _ClassVar[int]
    TERMINATED_FIELD_NUMBER: _ClassVar[int]
    ROW_FIELD_NUMBER: _ClassVar[int]
    NEXT_START_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    lane: int
    rewards: _containers.RepeatedScalarFieldContainer[float]
    terminated: bool
    row: Row
    next_start: Row
    failure: str
    def __init__(self, lane: _Optional[int] = ..., rewards: _Optional[_Iterable[float]] = ..., terminated: _Optional[bool] = ..., row: _Optional[_Union[Row, _Mapping]] = ..., next_start: _Optional[_Union[Row, _Mapping]] = ..., failure: _Optional[str] = ...) -> None: ...

class Row(_message.Message):
    __slots__ = ("tick", "ended", "observations", "legal", "state")
    TICK_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    OBSERVATIONS_FIELD_NUMBER: _ClassVar[int]
    LEGAL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    tick: int
    ended: bytes
    observations: bytes
    legal: bytes
    state: bytes
    def __init__(self, tick: _Optional[int] = ..., ended: _Optional[bytes] = ..., observations: _Optional[bytes] = ..., legal: _Optional[bytes] = ..., state: _Optional[bytes] = ...) -> None: ...
