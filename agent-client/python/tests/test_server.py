from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import macenv
from macenv.server import find_launcher


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z" if Path("/proc").is_dir() else True
    )


def test_a_server_ends_with_its_block() -> None:
    with macenv.serve() as server, macenv.connect(server.target) as client:
        assert "macenv.v1" in client.server_info().protocols
        assert alive(server.pid)
    assert not alive(server.pid)
    server.close()


def test_a_server_ends_with_a_parent_that_was_killed() -> None:
    program = "import macenv, time; s = macenv.serve(); print(s.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    end = time.monotonic() + 20
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="(?s)ended with exit code.*nonsense"):
        macenv.serve("--nonsense")


def test_a_launcher_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="launcher: .*nowhere"):
        macenv.serve(launcher=tmp_path / "nowhere")
    monkeypatch.setenv("MACENV_SERVER", str(tmp_path / "elsewhere"))
    with pytest.raises(FileNotFoundError, match="MACENV_SERVER: .*elsewhere"):
        macenv.serve()


def test_an_installed_server_goes_before_that_of_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MACENV_SERVER", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    checkout = find_launcher()
    assert checkout.name == "macenv"
    installed = tmp_path / "macenv"
    installed.write_text("#!/bin/sh")
    installed.chmod(0o755)
    assert find_launcher() == installed != checkout


def test_a_client_that_is_closed_before_its_sessions_leaves_no_threads(target: str) -> None:
    before = set(threading.enumerate())
    with macenv.connect(target) as client:
        session = client.create_session("bp-10")
        session.step()
        assert set(threading.enumerate()) > before
    end = time.monotonic() + 20
    while (left := set(threading.enumerate()) - before) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left
    session.close()
