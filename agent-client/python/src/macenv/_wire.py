"""Finds the fields of a protobuf message in its bytes, without copying them.

protobuf's own classes copy a `bytes` field each time it is asked for; an answer to a step is made of little else. Here
a field is a place in the answer, and numpy looks at that place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def fields(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of the message at data[begin:end], in their order.

    Yields (number, begin, end of the content), and for varints (number, value, -1).

    Raises:
        ValueError: if this is no protobuf message

    """
    at = begin
    while at < end:
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 2:
            length, at = _varint(data, at)
            if at + length > end:
                raise ValueError(f"field {key >> 3}: ends after the message")
            yield key >> 3, at, at + length
            at += length
        elif kind == 0:
            value, at = _varint(data, at)
            yield key >> 3, value, -1
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
            yield key >> 3, at, at + length
            at += length
        else:
            raise ValueError(f"field {key >> 3}: wire type {kind} (expected: 0, 1, 2 or 5)")
    if at != end:
        raise ValueError("the last field ends after the message")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    try:
        byte = data[at]
        at += 1
        if byte < 0x80:
            return byte, at
        value = byte & 0x7F
        shift = 7
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
            shift += 7
            if shift > 63:
                raise ValueError("varint: more than 10 bytes")
    except IndexError:
        raise ValueError("varint: ends after the message") from None


def packed(data: bytes, begin: int, end: int) -> Ints:
    """A packed column of varints, each below 2^63."""
    raw = np.frombuffer(data, np.uint8, end - begin, begin)
    last = raw < 0x80
    if last.all():
        return raw.astype(np.int64)
    # Each value ends at a byte below 128; its bytes carry 7 bits each, the lowest first.
    ends = np.flatnonzero(last)
    starts = np.concatenate(([0], ends[:-1] + 1))
    place = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
    return np.add.reduceat((raw & 0x7F).astype(np.int64) << (7 * place), starts)
