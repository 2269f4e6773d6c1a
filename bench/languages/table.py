"""Medians of the lines that compare collects, as a table."""

import statistics
import sys
from collections import defaultdict
from pathlib import Path

found: dict[tuple[str, str, str], list[tuple[float, ...]]] = defaultdict(list)
for line in Path(sys.argv[1]).read_text().splitlines():
    program, call, lanes, *numbers = line.split()
    found[program, call, lanes].append(tuple(float(n) if n != "-" else float("nan") for n in numbers))
print("| program | call | lanes | round trips/s | decision events/s | slowest and fastest turn |")
print("|---|---|---|---|---|---|")
for (program, call, lanes), turns in sorted(found.items(), key=lambda item: (item[0][2], item[0][1], item[0][0])):
    trips = statistics.median(turn[0] for turn in turns)
    events = sorted(turn[1] for turn in turns)
    brought = f"{statistics.median(events):,.0f} | {events[0]:,.0f} to {events[-1]:,.0f}"
    if program == "dm_env_rpc":
        ticks = sorted(turn[0] for turn in turns)
        brought = f"(ticks, not decisions) | {ticks[0]:,.0f} to {ticks[-1]:,.0f}"
    print(f"| {program} | {call} | {lanes} | {trips:,.0f} | {brought} |")
