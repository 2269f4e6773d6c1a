from __future__ import annotations

import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(not (PACKAGE.parents[1] / "proto").is_dir(), reason="not in the project's tree")
def test_generated_files_are_what_the_protocol_generates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGE / "scripts"))
    import generate

    assert generate.stale() == [], "run: python scripts/generate.py"


def test_messages_do_not_collide_with_other_packages() -> None:
    """google.rpc.Status of ours and that of googleapis-common-protos live side by side."""
    from google.rpc import error_details_pb2, status_pb2

    from macenv.errors import failure_of_status

    status = status_pb2.Status(code=9, message="no")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="LANE_ENDED", metadata={"lane": "3"}))
    failure = failure_of_status(status.SerializeToString())
    assert (failure.code, failure.reason, failure.metadata) == (
        "FAILED_PRECONDITION",
        "LANE_ENDED",
        {"lane": "3"},
    )
    assert "google.rpc.status_pb2" in sys.modules
