"""`python -m macenv.host MODULE:CLASS ...`: hosts environments until it is told to stop."""

from __future__ import annotations

import argparse
import importlib
import logging
import signal
import sys
from pathlib import Path

from macenv.host._service import end_at_once, serve
from macenv.host.environment import Environment


def _environment(name: str) -> type[Environment]:
    module, colon, attribute = name.partition(":")
    if not colon:
        raise argparse.ArgumentTypeError(f"{name} (expected: MODULE:CLASS)")
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as problem:
        raise argparse.ArgumentTypeError(f"{name}: {problem} (expected: a module that can be imported)") from problem
    if not (isinstance(kind, type) and issubclass(kind, Environment)):
        raise argparse.ArgumentTypeError(f"{name} (expected: a subclass of macenv.host.Environment)")
    return kind


def main() -> None:
    """The command."""
    sys.path.insert(0, str(Path.cwd()))
    parser = argparse.ArgumentParser(prog="python -m macenv.host", description=__doc__)
    parser.add_argument("environments", nargs="+", type=_environment, metavar="MODULE:CLASS")
    parser.add_argument(
        "--listen", default="127.0.0.1:6000", metavar="HOST:PORT|unix:PATH", help="on this machine only"
    )
    chosen = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        host = serve(*chosen.environments, address=chosen.listen)
    except (ValueError, OSError) as problem:
        parser.exit(1, f"{problem}\n")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: host.close())
    count = len(chosen.environments)
    print(f"macenv host: {count} environment{'s' * (count > 1)} at {host.target}", flush=True)
    host.wait()
    end_at_once(0)


if __name__ == "__main__":
    main()
