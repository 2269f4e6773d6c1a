"""An environment that is hosted in Python, played for a while: hosted.py LANES SECONDS; prints ticks/s, decision events/s and steps/s.

Host, server and player are three processes of this machine; the team plays legal macro-actions at random.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import macenv

EXAMPLES = Path(__file__).resolve().parents[2] / "agent-client" / "python" / "examples"


def play(session: macenv.Session, seconds: float) -> tuple[float, float, float]:
    """Ticks, decision events and steps per second."""
    random = np.random.default_rng(1)
    events = session.step()
    for _ in ("warm-up", "measured"):
        ticks = brought = trips = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            rows, seats = events.due()
            legal = np.array([events.legal(row, seat) for row, seat in zip(rows, seats, strict=True)], bool)
            events = session.step(events.decide(np.where(legal, random.random(legal.shape), -1).argmax(axis=1)))
            ticks += int(np.sum(events.joint_tau))
            brought += events.rows
            trips += 1
        spent = time.perf_counter() - start
    return ticks / spent, brought / spent, trips / spent


lanes, seconds = int(sys.argv[1]), float(sys.argv[2])
command = [sys.executable, "-m", "macenv.host", "foragers:Foragers", "--listen", "127.0.0.1:0"]
with subprocess.Popen(command, cwd=EXAMPLES, stdout=subprocess.PIPE, text=True) as host:
    assert host.stdout is not None
    address = host.stdout.readline().split()[-1]
    try:
        with (
            macenv.serve(environment_hosts=[address]) as server,
            macenv.connect(server.target) as client,
            client.create_session("foragers", lanes=lanes, seeds=7) as session,
        ):
            print("%.0f ticks/s, %.0f decision events/s, %.0f steps/s" % play(session, seconds))
    finally:
        host.terminate()
