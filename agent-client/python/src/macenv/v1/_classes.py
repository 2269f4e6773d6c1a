"""Makes the message classes from the compiled protocol.

They live in a descriptor pool of their own: in protobuf's common pool the files `google/rpc/*.proto` would collide with
those of other packages, unless they are equal byte for byte.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_pool = descriptor_pool.DescriptorPool()

for _file in descriptor_pb2.FileDescriptorSet.FromString(
    files(__package__).joinpath("macenv.v1.binpb").read_bytes()
).file:
    _pool.AddSerializedFile(_file.SerializeToString())


def publish(file: str, namespace: dict[str, Any]) -> None:
    """Adds the classes and enum values of a .proto file to a module."""
    descriptor = _pool.FindFileByName(file)
    for name, message in descriptor.message_types_by_name.items():
        namespace[name] = message_factory.GetMessageClass(message)
    for enum in descriptor.enum_types_by_name.values():
        for value in enum.values:
            namespace[value.name] = value.number


def message_class(name: str) -> Any:
    """The class of a message that comes along with the protocol, such as google.rpc.Status."""
    return message_factory.GetMessageClass(_pool.FindMessageTypeByName(name))
