from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATA_TYPE_UNSPECIFIED: _ClassVar[DataType]
    DATA_TYPE_UINT8: _ClassVar[DataType]
    DATA_TYPE_INT32: _ClassVar[DataType]
    DATA_TYPE_INT64: _ClassVar[DataType]
    DATA_TYPE_FLOAT32: _ClassVar[DataType]
    DATA_TYPE_FLOAT64: _ClassVar[DataType]
    DATA_TYPE_BOOL: _ClassVar[DataType]

class ConfigType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONFIG_TYPE_UNSPECIFIED: _ClassVar[ConfigType]
    CONFIG_TYPE_INTEGER: _ClassVar[ConfigType]
    CONFIG_TYPE_NUMBER: _ClassVar[ConfigType]
    CONFIG_TYPE_BOOLEAN: _ClassVar[ConfigType]
    CONFIG_TYPE_CHOICE: _ClassVar[ConfigType]
    CONFIG_TYPE_STRING: _ClassVar[ConfigType]
DATA_TYPE_UNSPECIFIED: DataType
DATA_TYPE_UINT8: DataType
DATA_TYPE_INT32: DataType
DATA_TYPE_INT64: DataType
DATA_TYPE_FLOAT32: DataType
DATA_TYPE_FLOAT64: DataType
DATA_TYPE_BOOL: DataType
CONFIG_TYPE_UNSPECIFIED: ConfigType
CONFIG_TYPE_INTEGER: ConfigType
CONFIG_TYPE_NUMBER: ConfigType
CONFIG_TYPE_BOOLEAN: ConfigType
CONFIG_TYPE_CHOICE: ConfigType
CONFIG_TYPE_STRING: ConfigType

class EnvSpec(_message.Message):
    __slots__ = ("id", "version", "description", "fingerprint", "agents", "groups", "state", "horizon", "cooperative", "config", "features", "config_values")
    ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HORIZON_FIELD_NUMBER: _ClassVar[int]
    COOPERATIVE_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    CONFIG_VALUES_FIELD_NUMBER: _ClassVar[int]
    id: str
    version: str
    description: str
    fingerprint: str
    agents: _containers.RepeatedCompositeFieldContainer[AgentSpec]
    groups: _containers.RepeatedCompositeFieldContainer[GroupSpec]
    state: TensorSpec
    horizon: int
    cooperative: bool
    config: _containers.RepeatedCompositeFieldContainer[ConfigField]
    features: EnvFeatures
    config_values: _struct_pb2.Struct
    def __init__(self, id: _Optional[str] = ..., version: _Optional[str] = ..., description: _Optional[str] = ..., fingerprint: _Optional[str] = ..., agents: _Optional[_Iterable[_Union[AgentSpec, _Mapping]]] = ..., groups: _Optional[_Iterable[_Union[GroupSpec, _Mapping]]] = ..., state: _Optional[_Union[TensorSpec, _Mapping]] = ..., horizon: _Optional[int] = ..., cooperative: _Optional[bool] = ..., config: _Optional[_Iterable[_Union[ConfigField, _Mapping]]] = ..., features: _Optional[_Union[EnvFeatures, _Mapping]] = ..., config_values: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class AgentSpec(_message.Message):
    __slots__ = ("name", "group", "macro_actions")
    NAME_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    MACRO_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    group: int
    macro_actions: _containers.RepeatedCompositeFieldContainer[MacroActionSpec]
    def __init__(self, name: _Optional[str] = ..., group: _Optional[int] = ..., macro_actions: _Optional[_Iterable[_Union[MacroActionSpec, _Mapping]]] = ...) -> None: ...

class MacroActionSpec(_message.Message):
    __slots__ = ("name", "doc", "min_ticks", "max_ticks", "primitive", "params")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    MIN_TICKS_FIELD_NUMBER: _ClassVar[int]
    MAX_TICKS_FIELD_NUMBER: _ClassVar[int]
    PRIMITIVE_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    name: str
    doc: str
    min_ticks: int
    max_ticks: int
    primitive: bool
    params: TensorSpec
    def __init__(self, name: _Optional[str] = ..., doc: _Optional[str] = ..., min_ticks: _Optional[int] = ..., max_ticks: _Optional[int] = ..., primitive: _Optional[bool] = ..., params: _Optional[_Union[TensorSpec, _Mapping]] = ...) -> None: ...

class GroupSpec(_message.Message):
    __slots__ = ("name", "observation", "num_actions")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    NUM_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    observation: TensorSpec
    num_actions: int
    def __init__(self, name: _Optional[str] = ..., observation: _Optional[_Union[TensorSpec, _Mapping]] = ..., num_actions: _Optional[int] = ...) -> None: ...

class TensorSpec(_message.Message):
    __slots__ = ("dtype", "shape", "labels", "low", "high")
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    dtype: DataType
    shape: _containers.RepeatedScalarFieldContainer[int]
    labels: _containers.RepeatedCompositeFieldContainer[Label]
    low: bytes
    high: bytes
    def __init__(self, dtype: _Optional[_Union[DataType, str]] = ..., shape: _Optional[_Iterable[int]] = ..., labels: _Optional[_Iterable[_Union[Label, _Mapping]]] = ..., low: _Optional[bytes] = ..., high: _Optional[bytes] = ...) -> None: ...

class Label(_message.Message):
    __slots__ = ("name", "begin", "end")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    name: str
    begin: int
    end: int
    def __init__(self, name: _Optional[str] = ..., begin: _Optional[int] = ..., end: _Optional[int] = ...) -> None: ...

class ConfigField(_message.Message):
    __slots__ = ("name", "type", "default_value", "minimum", "maximum", "choices", "doc")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    DOC_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: ConfigType
    default_value: _struct_pb2.Value
    minimum: float
    maximum: float
    choices: _containers.RepeatedScalarFieldContainer[str]
    doc: str
    def __init__(self, name: _Optional[str] = ..., type: _Optional[_Union[ConfigType, str]] = ..., default_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., minimum: _Optional[float] = ..., maximum: _Optional[float] = ..., choices: _Optional[_Iterable[str]] = ..., doc: _Optional[str] = ...) -> None: ...

class EnvFeatures(_message.Message):
    __slots__ = ("snapshot", "render_formats", "deterministic", "max_macro_ticks")
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    RENDER_FORMATS_FIELD_NUMBER: _ClassVar[int]
    DETERMINISTIC_FIELD_NUMBER: _ClassVar[int]
    MAX_MACRO_TICKS_FIELD_NUMBER: _ClassVar[int]
    snapshot: bool
    render_formats: _containers.RepeatedScalarFieldContainer[str]
    deterministic: bool
    max_macro_ticks: int
    def __init__(self, snapshot: _Optional[bool] = ..., render_formats: _Optional[_Iterable[str]] = ..., deterministic: _Optional[bool] = ..., max_macro_ticks: _Optional[int] = ...) -> None: ...
