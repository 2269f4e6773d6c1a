"""A server as a child of this program, for notebooks and tests."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from macenv.host import Host

LAUNCHER_VARIABLE = "MACENV_SERVER"

_READY = re.compile(r"served at (\S+)")

# Reads until the parent is gone, whatever ended it, and then ends the server.
_GUARD = 'read -r _; kill "$1" 2>/dev/null'


def serve(
    *arguments: str,
    port: int = 0,
    launcher: Path | str | None = None,
    timeout: float = 600.0,
    environment_hosts: Sequence[Host | str] = (),
) -> Server:
    """Starts a server on this machine and waits until it can be reached.

    It ends with `close()`, with the `with` block, or with this program, even if that is killed.

    Args:
        *arguments: further arguments of `macenv serve`, for example "--max-sessions=4"
        port: TCP port; 0 for any free one
        launcher: the command `macenv` of the server; None for the one that the environment variable MACENV_SERVER
            names, the one of the package macenv-server if that is installed beside this one, the one of the checkout
            that this package is in or that the working directory is in, or the one on the PATH
        timeout: seconds to wait; the first start from a checkout builds the server
        environment_hosts: whose environments it serves, too: what `macenv.host.serve` gave, or their addresses

    Raises:
        FileNotFoundError: if there is no launcher
        RuntimeError: if the server ended, or was not ready in time; says what it printed

    """
    hosts = [f"--environment-host={host if isinstance(host, str) else host.target}" for host in environment_hosts]
    return Server([str(find_launcher(launcher)), "serve", "--port", str(port), *hosts, *arguments], timeout)


def find_launcher(launcher: Path | str | None = None) -> Path:
    """The launcher that `serve` starts."""
    named = launcher or os.environ.get(LAUNCHER_VARIABLE)
    if named:
        path = Path(named).expanduser().resolve()
        if not os.access(path, os.X_OK):
            where = "launcher" if launcher else LAUNCHER_VARIABLE
            raise FileNotFoundError(
                f"{where}: {path} (expected: the program bin/macenv of a macenv checkout or installation)"
            )
        return path
    # That of the package macenv-server, whether or not the environment has been activated.
    if installed := shutil.which("macenv", path=str(Path(sys.executable).parent)):
        return Path(installed)
    for start in (Path(__file__).resolve(), Path.cwd() / "."):
        for directory in start.parents:
            candidate = directory / "bin" / "macenv"
            # A `macenv` in some bin directory may be anything; beside launch.sh it is the server's.
            if os.access(candidate, os.X_OK) and (directory / "bin" / "launch.sh").is_file():
                return candidate
    if found := shutil.which("macenv"):
        return Path(found)
    raise FileNotFoundError(
        f"no server found; install macenv-server, or set {LAUNCHER_VARIABLE}, or launcher=, to bin/macenv of a macenv "
        "checkout or installation"
    )


class Server:
    """A running server. `target` is what `macenv.connect` takes."""

    target: str

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        """See `serve`."""
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by close()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "sh", str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        atexit.register(self.close)
        self._printed: list[str] = []
        self._ready = threading.Event()
        threading.Thread(target=self._read, name="macenv-server-output", daemon=True).start()
        try:
            self._await(timeout)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Number of the server's process."""
        return self._process.pid

    def close(self, timeout: float = 10.0) -> None:
        """Ends the server: gently, and by force if it has not ended after so many seconds. Closing twice is fine."""
        atexit.unregister(self.close)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        # Only now: the guard signals a number that would otherwise be free for others to have.
        self._guard.kill()
        self._guard.wait()
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._log.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Server({getattr(self, 'target', 'not ready')}, process {self.pid})"

    def _await(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        while not self._ready.wait(0.05):
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with exit code {self._process.returncode}:\n{self._said()}")
            if time.monotonic() > end:
                raise RuntimeError(f"the server was not ready after {timeout:.0f} s:\n{self._said()}")

    def _read(self) -> None:
        output = self._process.stdout
        if output is None:
            return
        with output, contextlib.suppress(ValueError):
            for line in output:
                if not self._ready.is_set():
                    self._printed.append(line)
                    if match := _READY.search(line):
                        self.target = match.group(1)
                        self._ready.set()

    def _said(self) -> str:
        self._log.seek(0)
        text = "".join(self._printed) + self._log.read()
        return text if len(text) < 4000 else f"{text[:2000]}\n...\n{text[-2000:]}"
