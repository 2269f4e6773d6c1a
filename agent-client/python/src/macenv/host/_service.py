"""The process in which environments are: answers servers over gRPC."""

from __future__ import annotations

import atexit
import contextlib
import inspect
import ipaddress
import os
import re
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc

from macenv.host._lanes import MAX_MACRO_TICKS_WITHOUT_HORIZON, Lanes, Shape
from macenv.host.environment import Agent, Environment, Label
from macenv.v1 import host_pb2

_SERVICE = "macenv.host.v1.HostService"
_UNIX = "unix:"
# Every session that plays keeps one; threads are made when they are needed.
_MOST_SESSIONS = 4096


def serve(*environments: type[Environment], address: str = "127.0.0.1:0") -> Host:
    """Hosts environments in this process, for servers on this machine, until `close()`.

    Args:
        *environments: classes, each with an id of its own
        address: "HOST:PORT" with a loopback address, port 0 for any free one; or "unix:PATH", which only this user may
            open. Nothing is encrypted.

    Raises:
        ValueError: if a class does not describe an environment, or the address is reachable from elsewhere
        OSError: if the address cannot be listened on

    """
    return Host(environments, address)


class Host:
    """A running environment host. `target` is what `macenv serve --environment-host` takes. Thread-safe."""

    def __init__(self, environments: tuple[type[Environment], ...], address: str) -> None:
        """See `serve`."""
        if not environments:
            raise ValueError("environments: none (expected: at least one class)")
        _require_near(address)
        self._shapes: dict[str, Shape] = {}
        self._described = host_pb2.DescribeResponse(generation=secrets.token_hex(16))
        for kind in environments:
            self._described.offers.append(_offer(kind))
            if kind.id in self._shapes:
                raise ValueError(f"{kind.id}: the id of two classes (expected: an id of its own for each)")
            self._shapes[kind.id] = Shape(kind)
        self._server = grpc.server(
            ThreadPoolExecutor(_MOST_SESSIONS, thread_name_prefix="macenv-host"),
            options=[
                ("grpc.max_receive_message_length", -1),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
            ],
        )
        self._server.add_generic_rpc_handlers((self._handlers(),))
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError as problem:
            raise OSError(f"cannot listen on {address} (stop what listens there, or choose another)") from problem
        self._socket = Path(address.removeprefix(_UNIX)) if address.startswith(_UNIX) else None
        self.target = address if self._socket else f"{address.rpartition(':')[0]}:{port}"
        self._server.start()
        if self._socket:
            self._socket.chmod(0o600)
        self._closed = threading.Event()
        atexit.register(self.close)

    def wait(self) -> None:
        """Waits until the host is closed."""
        self._closed.wait()

    def close(self) -> None:
        """Ends it; whoever plays here loses the episode. Closing twice is fine."""
        atexit.unregister(self.close)
        self._server.stop(0)
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.unlink()
        self._closed.set()

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Host({self.target}, {', '.join(self._shapes)})"

    def _handlers(self) -> Any:
        return grpc.method_handlers_generic_handler(
            _SERVICE,
            {
                "Describe": grpc.unary_unary_rpc_method_handler(
                    lambda _request, _context: self._described,
                    request_deserializer=host_pb2.DescribeRequest.FromString,
                    response_serializer=host_pb2.DescribeResponse.SerializeToString,
                ),
                "Run": grpc.stream_stream_rpc_method_handler(
                    self._run,
                    request_deserializer=host_pb2.RunRequest.FromString,
                    response_serializer=host_pb2.RunResponse.SerializeToString,
                ),
            },
        )

    def _run(self, requests: Iterator[host_pb2.RunRequest], context: grpc.ServicerContext) -> Iterator[Any]:
        lanes: Lanes | None = None
        for request in requests:
            if lanes is None:
                shape = self._shapes.get(request.environment)
                if shape is None:
                    context.abort(
                        grpc.StatusCode.NOT_FOUND,
                        f"environment: {request.environment} (expected: one of {', '.join(self._shapes)})",
                    )
                    return
                lanes = Lanes(shape, request.lanes)
            yield host_pb2.RunResponse(
                generation=self._described.generation, number=request.number, outcomes=lanes.run(request)
            )


def _require_near(address: str) -> None:
    if address.startswith(_UNIX):
        return
    host, colon, port = address.rpartition(":")
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        loopback = False
    if not colon or not port.isdigit() or not loopback:
        raise ValueError(
            f"address: {address} (expected: unix:PATH, or a loopback address such as 127.0.0.1:6000, since nothing "
            "between server and host is encrypted)"
        )


def _offer(kind: type[Environment]) -> host_pb2.Offer:
    for name in ("id", "agents", "state_labels"):
        if not hasattr(kind, name):
            raise ValueError(f"{kind.__name__}: no {name} (expected: a class attribute, see macenv.host.Environment)")
    if inspect.isabstract(kind):
        raise ValueError(f"{kind.__name__}: no {', '.join(sorted(kind.__abstractmethods__))} (expected: all methods)")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", kind.id):
        raise ValueError(
            f"{kind.__name__}: id {kind.id} (expected: lower-case letters, digits and hyphens, starting with a letter)"
        )
    if not kind.agents:
        raise ValueError(f"{kind.__name__}: no agents (expected: at least one)")
    for agent in kind.agents:
        if not agent.macro_actions or not agent.observation:
            raise ValueError(
                f"{kind.__name__}: {agent.name} has {len(agent.macro_actions)} macro-actions and "
                f"{len(agent.observation)} labels (expected: at least one of each)"
            )
    return host_pb2.Offer(
        id=kind.id,
        version=kind.version,
        doc=kind.doc,
        agents=[_agent(agent) for agent in kind.agents],
        state=[_label(label) for label in kind.state_labels],
        horizon=kind.horizon,
        deterministic=kind.deterministic,
        max_macro_ticks=kind.max_macro_ticks or kind.horizon or MAX_MACRO_TICKS_WITHOUT_HORIZON,
    )


def _agent(agent: Agent) -> host_pb2.Agent:
    return host_pb2.Agent(
        name=agent.name,
        macro_actions=[
            host_pb2.MacroAction(
                name=action.name,
                doc=action.doc,
                min_ticks=action.min_ticks,
                max_ticks=action.max_ticks,
                primitive=action.primitive,
            )
            for action in agent.macro_actions
        ],
        observation=[_label(label) for label in agent.observation],
    )


def _label(label: Label) -> host_pb2.Label:
    return host_pb2.Label(name=label.name, doc=label.doc, size=label.size, low=label.low, high=label.high)


def end_at_once(code: int) -> None:
    """Ends the process though an environment may be in a loop, whose thread Python would wait for."""
    os._exit(code)
