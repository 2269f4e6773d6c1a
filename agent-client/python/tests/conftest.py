from __future__ import annotations

from collections.abc import Iterator

import pytest
from proxy import Proxy

import macenv


@pytest.fixture(scope="session")
def server() -> Iterator[macenv.Server]:
    """The project's own server, started from the checkout (or as MACENV_SERVER says)."""
    with macenv.serve() as server:
        yield server


@pytest.fixture(scope="session")
def target(server: macenv.Server) -> str:
    return server.target


@pytest.fixture
def client(target: str) -> Iterator[macenv.Client]:
    with macenv.connect(target) as client:
        yield client


@pytest.fixture
def proxy(target: str) -> Iterator[Proxy]:
    with Proxy(target) as proxy:
        yield proxy
