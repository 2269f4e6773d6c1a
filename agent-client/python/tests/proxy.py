"""A TCP proxy that cuts connections in the middle of what they carry."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Sequence


class Proxy:
    """Forwards to a server.

    `cut_answers([a, b, ...])` cuts one connection after a bytes of answers, the next one after b more.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._upstream = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._cuts: list[int] = []
        self._open: list[socket.socket] = []
        self.connections = 0
        self.cuts_made = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def cut_answers(self, after_bytes: Sequence[int]) -> None:
        with self._lock:
            self._cuts = list(after_bytes)

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        with self._lock:
            for each in self._open:
                _end(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                down, _ = self._listener.accept()
                up = socket.create_connection(self._upstream)
                with self._lock:
                    self.connections += 1
                    self._open += [down, up]
                threading.Thread(target=self._requests, args=(down, up), daemon=True).start()
                threading.Thread(target=self._answers, args=(up, down), daemon=True).start()

    def _requests(self, down: socket.socket, up: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := down.recv(65536):
                up.sendall(data)
        _end(up)

    def _answers(self, up: socket.socket, down: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := up.recv(65536):
                with self._lock:
                    cut = bool(self._cuts) and self._cuts[0] <= len(data)
                    if cut:
                        data = data[: self._cuts.pop(0)]
                        self.cuts_made += 1
                    elif self._cuts:
                        self._cuts[0] -= len(data)
                down.sendall(data)
                if cut:
                    break
        _end(down)
        _end(up)


def _end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
