"""The match: starts the server, the players and the spectator, kills a player, and compares. `run` starts it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import macenv
from macenv.server import find_launcher

HERE = Path(__file__).resolve().parent
ENVIRONMENT = "bp-10"
PATIENCE = 60  # seconds; it takes a few


class Program:
    """One of the processes. It is told what to do on its standard input, and what it prints is its news."""

    def __init__(self, name: str, command: Sequence[str | Path], task: dict[str, object]) -> None:
        """Starts it and hands it its task. A secret is better off in a pipe than in a command line."""
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.tell(json.dumps(task))

    def tell(self, line: str) -> None:
        """Sends a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def news(self) -> str | None:
        """Waits for a line, and shows it; None if there will be no more."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().rstrip("\n")
        if line:
            say(self.name, line)
        return line or None

    def expect(self, beginning: str) -> str:
        """Waits for a line that begins so."""
        line = self.news()
        if line is None or not line.startswith(beginning):
            raise SystemExit(f"{self.name}: {line!r} (expected: {beginning!r})")
        return line

    def finish(self) -> None:
        """Shows what else it says, and sees that it ended well."""
        while self.news() is not None:
            pass
        if code := self.process.wait():
            raise SystemExit(f"{self.name}: exit code {code} (expected: 0)")

    def kill(self) -> None:
        """As `kill -9` does; nothing if it has ended already."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


def say(who: str, line: str) -> None:
    """Prints a line of the course of things."""
    print(f"{who:<22}{line}", flush=True)


def disturbed(stack: ExitStack, client: macenv.Client, target: str, seed: int, episodes: int) -> str:
    """Plays with three programs, one of which is killed; the digest of what the server recorded."""
    # The owner plays no seat: it only looks whom to kill.
    session = stack.enter_context(
        client.create_session(
            ENVIRONMENT,
            seeds=seed,
            view=macenv.View(current_actions=True, other_agents=True),
            open_seats=[0, 1],
            spectators=macenv.View(),
            recording=macenv.RecordingOptions(events=True),
        )
    )

    def start(name: str, command: Sequence[str | Path], invite: macenv.Invite, **task: object) -> Program:
        program = Program(
            name,
            command,
            {
                "target": target,
                "session": invite.session,
                "invite": invite.token,
                "seats": invite.seats,
                "seed": seed,
                "episodes": episodes,
                **task,
            },
        )
        stack.callback(program.kill)
        return program

    first, second, onlooker = session.invites
    notes = str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "agent0.json")
    spectator = start("spectator (Go)", [HERE / "target" / "spectator"], onlooker)
    spectator.expect("looks on")
    python: list[str | Path] = [sys.executable, HERE / "agent0.py"]
    agent0 = start("agent 0 (Python)", python, first, notes=notes)
    agent0.expect("joined")
    # From the second episode on it asks before each decision, so that nothing moves while the other is killed.
    node: list[str | Path] = ["node", HERE / "target" / "agent1.js"]
    agent1 = start("agent 1 (TypeScript)", node, second, askFromEpisode=min(1, episodes - 1))
    agent1.expect("joined")
    agent0.tell("begin")
    agent1.tell("begin")

    while True:
        line = agent1.news()
        if line is None:
            raise SystemExit("agent 0 was never busy while agent 1 had to decide (mended by another --seed)")
        if not line.startswith("has to decide"):
            continue
        now = session.macro_observation()
        if now.status[0, 0] == macenv.AgentStatus.ONGOING:
            break
        agent1.tell("decide")
    name = session.spec.agents[0].macro_actions[int(now.current_action[0, 0])].name
    say(
        "match",
        f"agent 0 is busy with {name} at tick {now.tick[0]} of episode {now.episode[0]}: kill -9 {agent0.process.pid}",
    )
    agent0.kill()
    say("match", f"agent 0 is dead: {signal.Signals(-agent0.process.returncode).name}")
    agent0 = start("agent 0 (Python)", python, first, notes=notes)
    agent0.expect("came back")
    agent1.tell("decide and ask no more")

    agent0.finish()
    agent1.finish()
    recording = session.fetch_recording()
    session.close()
    spectator.finish()

    digest = macenv.TrajectoryDigest(1, episodes)
    for entry in recording:
        if isinstance(entry, macenv.RecordedEvents):
            digest(entry.events)
    assert digest.complete
    return digest.all()


def undisturbed(launcher: Path, target: str, seed: int, episodes: int) -> str:
    """Plays with one Java client; the digest of what it received."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else "java"
    class_path = (launcher.parent.parent / "target" / "bin" / "macenv" / "class-path").read_text().strip()
    # The server's class path has its logging on it, which unasked would tell of every byte.
    quiet = ["-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider", "-Dslf4j.internal.verbosity=WARN"]
    arguments = [target, ENVIRONMENT, str(seed), str(episodes)]
    command: list[str | Path] = [java, *quiet, "-cp", class_path, HERE / "Undisturbed.java", *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        raise SystemExit(f"Undisturbed.java: exit code {result.returncode} (expected: 0)")
    played = result.stdout.splitlines()
    for line in played[:-1]:
        say("both (Java)", line)
    return played[-1]


def give_up(*_: object) -> None:
    """For when a program that others wait for has died."""
    raise SystemExit(f"not done after {PATIENCE} s; what was printed last says who is waited for")


def main() -> int:
    """0 if both went the same way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7, help="of the environment and of the policies, 0 to 2^31 - 1")
    parser.add_argument("--episodes", type=int, default=4, help="to play, at least 1")
    arguments = parser.parse_args()
    if not 0 <= arguments.seed < 2**31 or arguments.episodes < 1:
        parser.error("--seed: 0 to 2147483647, --episodes: at least 1")
    seed, episodes = arguments.seed, arguments.episodes
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    with ExitStack() as stack:
        server = stack.enter_context(macenv.serve())
        say("server (Java)", f"process {server.pid} at {server.target}")
        client = stack.enter_context(macenv.connect(server.target))
        killed = disturbed(stack, client, server.target, seed, episodes)
        alone = undisturbed(find_launcher(), server.target, seed, episodes)
    print(f"\ndigest of the match       {killed}\ndigest of Java, alone     {alone}")
    print("the same trajectory" if killed == alone else "NOT the same trajectory")
    return 0 if killed == alone else 1


if __name__ == "__main__":
    sys.exit(main())
