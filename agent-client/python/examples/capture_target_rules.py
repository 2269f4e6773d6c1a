"""Does any simple rule beat always moving to the target? What rules for ct-10 return, as a table.

python examples/capture_target_rules.py [ADDRESS] [--episodes 20000] [--seed 1] [--rules never,...]
without an address it starts a server of its own; the table is CSV, best first, with standard errors

All ten agents follow the same rule: whoever must decide stays if the rule says so, and moves to the target otherwise.
A rule may use what an agent has seen and when; some use the clock as well, which the agents can keep by counting.
"""

import argparse
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import macenv

GRID = 10
MOVE, STAY = 0, 1
LANES = 200

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass
class Sight:
    """What agents know when they decide; every column is [lanes that wait, agents]."""

    seen: Flags
    """The target is in sight."""
    distance: Numbers
    """Steps to where the target was last seen; far where it never was."""
    age: Numbers
    """Ticks since the target was last seen."""
    since_there: Numbers
    """Ticks since the agent last saw itself on the target."""
    tick: Numbers
    random: Numbers
    """0 to 999, drawn for each decision."""


Rule = Callable[[Sight], Flags]
FAR = 1000


def rules() -> dict[str, Rule]:
    """When to stay."""
    table: dict[str, Rule] = {
        "never": lambda s: np.zeros_like(s.seen),
        "seen-at-3-or-more": lambda s: s.seen & (s.distance >= 3),
        "not-seen-yet": lambda s: s.distance == FAR,
    }

    def add(name: str, rule: Callable[[Sight, int], Flags], *numbers: int) -> None:
        for number in numbers:
            table[name.format(number)] = lambda s, number=number: rule(s, number)  # type: ignore[misc]

    add("seen-at-{}", lambda s, d: s.seen & (s.distance == d), 0, 1, 2)
    add("hidden-for-{}-or-more", lambda s, age: ~s.seen & (s.age >= age), 1, 2, 3, 4)
    add("hidden-for-{}-or-less", lambda s, age: ~s.seen & (s.age <= age), 1, 2, 3, 4)
    add("hidden-for-{}-or-more-and-where-it-was", lambda s, age: ~s.seen & (s.age >= age) & (s.distance == 0), 1, 2, 3)
    add("was-on-it-{}-ago-or-less", lambda s, wait: s.since_there <= wait, 1, 2, 3, 5, 8, 60)
    add("was-on-it-{}-ago-or-less-and-hidden", lambda s, wait: ~s.seen & (s.since_there <= wait), 1, 2, 3, 5, 8, 60)
    add("every-{}-ticks-near", lambda s, period: (s.tick % period == 0) & (s.distance <= 1), 2, 3, 4, 6)
    add("but-every-{}-ticks-near", lambda s, period: (s.tick % period != 0) & (s.distance <= 1), 3, 4, 6)
    add("from-tick-{}-where-it-was", lambda s, begin: (s.tick >= begin) & (s.distance == 0), 10, 20, 30, 40, 50, 55)
    add("from-tick-{}", lambda s, begin: s.tick >= begin, 20, 30, 40, 50, 55)
    add("in-{}-of-1000", lambda s, share: s.random < share, 10, 20, 50, 100, 200)
    add("in-{}-of-1000-near", lambda s, share: (s.random < share) & (s.distance <= 1), 10, 20, 50, 100, 200)
    return table


def captures(client: macenv.Client, rule: Rule, episodes: int, seed: int) -> tuple[float, float]:
    """The share of episodes with a capture, which is the mean return, and its standard error."""
    random = np.random.default_rng(seed)
    each = -(-episodes // LANES)  # every lane plays as many: counting the first to end would prefer short episodes
    returns: list[list[float]] = [[] for _ in range(LANES)]
    with client.create_session("ct-10", lanes=LANES, seeds=seed) as session:
        agents = len(session.spec.agents)
        target = np.zeros((LANES, agents, 2), int)
        seen_at = np.full((LANES, agents), -FAR)
        there_at = np.full((LANES, agents), -FAR)
        events = session.step()
        while min(map(len, returns)) < each:
            for episode in events.ended:
                returns[episode.lane].append(episode.total_reward)
            lane, tick = events.lane, events.tick[:, None] + np.zeros((1, agents), int)
            start = lane[events.kind == macenv.EventKind.START]
            seen_at[start], there_at[start] = -FAR, -FAR
            cells = np.rint(events.observations[0] * GRID).astype(int)
            own, shown = cells[..., :2], cells[..., 2:]
            seen = events.pending & (shown[..., 0] >= 0)
            # Columns by lane, written where an agent has just seen something.
            target[lane] = np.where(seen[..., None], shown, target[lane])
            seen_at[lane] = np.where(seen, tick, seen_at[lane])
            there_at[lane] = np.where(seen & (own == shown).all(-1), tick, there_at[lane])
            age = tick - seen_at[lane]
            steps = np.abs(own - target[lane]).sum(-1)
            sight = Sight(
                seen=seen,
                distance=np.where(age < FAR, steps, FAR),
                age=age,
                since_there=tick - there_at[lane],
                tick=tick,
                random=random.integers(0, 1000, tick.shape),
            )
            actions = np.where(rule(sight), STAY, MOVE)
            events = session.step(events.decide(actions[events.due()]))
    counted = np.array([lane[:each] for lane in returns])
    return float(counted.mean()), float(counted.std() / counted.size**0.5)


def main(target: str, episodes: int = 20000, seed: int = 1, only: list[str] | None = None) -> dict[str, float]:
    """Prints the table; the mean returns."""
    means: dict[str, float] = {}
    lines: list[tuple[float, str]] = []
    with macenv.connect(target) as client:
        for name, rule in rules().items():
            if only is None or name in only:
                means[name], error = captures(client, rule, episodes, seed)
                lines.append((means[name], f"{name},{means[name]:.4f},{error:.4f}"))
    print("\n".join(["stays,captures,standard error", *(line for _, line in sorted(lines, reverse=True))]))
    return means


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?", metavar="ADDRESS")
    parser.add_argument("--episodes", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules", help="their names, with commas between; all if not given")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        main(
            arguments.target or stack.enter_context(macenv.serve()).target,
            arguments.episodes,
            arguments.seed,
            arguments.rules.split(",") if arguments.rules else None,
        )
