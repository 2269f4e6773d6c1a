"""The messages of the protocol, as protobuf classes. Only for what the package `macenv` does not cover.

All but `_classes` is generated from the project's .proto files.
"""
