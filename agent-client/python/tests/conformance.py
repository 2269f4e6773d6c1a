"""What the conformance tests share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from macenv import Events

DIGESTS = [
    (environment, int(seed), digest)
    for environment, seed, digest in (
        line.split() for line in (Path(__file__).parent / "digests.txt").read_text().splitlines()
    )
]


class Rule:
    """A legal macro-action by the rule that JavaDigests.java follows."""

    def choose(self, events: Events, row: int, seat: int) -> int:
        legal = np.flatnonzero(events.legal(row, seat))
        number = 7 * events.tick[row] + 3 * events.lane[row] + 5 * seat + events.episode[row]
        return int(legal[number % len(legal)])
