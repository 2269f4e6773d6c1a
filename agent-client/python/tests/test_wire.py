from __future__ import annotations

import random

import numpy as np
import pytest

from macenv._wire import fields, packed
from macenv.v1 import event_pb2


def test_fields_are_found_where_protobuf_put_them() -> None:
    batch = event_pb2.EventBatch(rows=300, kind=b"abc", lane=[1, 200, 70000], joint_reward=[1.5])
    data = batch.SerializeToString()
    found = {number: (at, to) for number, at, to in fields(data, 0, len(data))}
    assert found[1] == (300, -1)
    assert data[slice(*found[5])] == b"abc"
    assert packed(data, *found[2]).tolist() == [1, 200, 70000]
    assert np.frombuffer(data, "<f8", 1, found[8][0])[0] == 1.5


def test_packed_columns_are_those_that_protobuf_writes() -> None:
    dice = random.Random(4)
    for _ in range(200):
        column = [dice.getrandbits(dice.choice([1, 7, 8, 14, 15, 32])) for _ in range(dice.randrange(40))]
        data = event_pb2.EventBatch(tick=column).SerializeToString()
        found = {number: (at, to) for number, at, to in fields(data, 0, len(data))}
        assert packed(data, *found.get(4, (0, 0))).tolist() == column


@pytest.mark.parametrize("data", [b"\x0a\x05abc", b"\x0a", b"\x08\xff", b"\x0b", b"\x08" + b"\xff" * 11, b"\x09\x01"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"field|varint"):
        list(fields(data, 0, len(data)))
