"""Agent 0. It may be killed at any time: before each step it notes what it sends; a successor begins with that."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import macenv

MASK = 0xFFFFFFFF


def choose(seed: int, episode: int, tick: int, seat: int, legal: list[int]) -> int:
    """One of the legal macro-actions; the same one in every language, and for whoever comes back."""
    h = 0
    for value in (seed, episode, tick, seat):
        h = (h ^ value) * 0x9E3779B1 & MASK
        h ^= h >> 15
    return legal[h % len(legal)]


def note(file: Path, session: macenv.Session, decisions: list[tuple[int, int, int]]) -> None:
    """Keeps all that a successor needs to send the next step again. Renamed into place: never half a note."""
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps([*session.key, session.last_step_id + 1, decisions]))
    draft.replace(file)


def begin(client: macenv.Client, task: dict[str, Any], file: Path) -> tuple[macenv.Session, list[tuple[int, int, int]]]:
    """The session, and what to decide first."""
    if not file.exists():
        session = client.join(macenv.Invite(task["session"], task["invite"], tuple(task["seats"])))
        print(f"joined {session.spec.environment} in process {os.getpid()}", flush=True)
        sys.stdin.readline()  # nobody decides before everybody has joined
        return session, []
    name, token, sent, decisions = json.loads(file.read_text())
    session = client.attach(macenv.SessionKey(name, token), sent)
    taken = "had arrived" if session.next_step_taken else "was lost"
    print(f"came back in process {os.getpid()}; step {sent} of its predecessor {taken}", flush=True)
    return session, [tuple(decision) for decision in decisions]


def main() -> None:
    """Plays until the last episode has ended."""
    task = json.loads(sys.stdin.readline())
    file = Path(task["notes"])
    with macenv.connect(task["target"]) as client:
        session, decisions = begin(client, task, file)
        while True:
            note(file, session, decisions)
            events = session.step(decisions)
            for ended in events.ended:
                print(f"episode {ended.episode}: return {ended.total_reward:.1f} in {ended.ticks} ticks", flush=True)
                if ended.episode == task["episodes"] - 1:
                    return
            decisions = []
            for row, seat in zip(*events.due(), strict=True):
                legal = events.legal(row, seat).nonzero()[0].tolist()
                episode, tick = int(events.episode[row]), int(events.tick[row])
                decisions.append(
                    (int(events.lane[row]), int(seat), choose(task["seed"], episode, tick, int(seat), legal))
                )


if __name__ == "__main__":
    main()
