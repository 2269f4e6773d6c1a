"""Plays with a policy that the trainer has exported: bin/avf export RUN (ONNX). Needs pip install "macenv[onnx]".

python examples/exported_policy.py DIRECTORY [ADDRESS]      without an address it starts a server of its own

docs/export.md says what is in the directory.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

import macenv


class ExportedPolicy:
    """Decides with exported networks, one step of a network for each decision of its agent."""

    def __init__(self, directory: Path, random: np.random.Generator) -> None:
        """Loads all networks; the generator draws the choices of those that are not greedy (actors)."""
        self.manifest = json.loads((directory / "manifest.json").read_text())
        self._random = random
        self._networks: dict[int, tuple[onnxruntime.InferenceSession, dict[str, int]]] = {}
        # By lane and seat, from one decision to the next: hidden states and macro-actions.
        self._carried: dict[tuple[int, int], dict[str, Any]] = {}
        for network in self.manifest["networks"]:
            if network["joint"]:
                raise ValueError(
                    f"{network['file']}: decides for the team (expected: a network for one agent at a time)"
                )
            session = onnxruntime.InferenceSession(directory / network["file"])
            sizes = {given["name"]: given["size"] for given in network["inputs"]}
            for agent in network["agents"]:
                self._networks[agent["seat"]] = session, sizes

    def choose(self, events: macenv.Events, row: int, seat: int) -> int:
        """See macenv.Policy."""
        network, sizes = self._networks[seat]
        place = int(events.lane[row]), seat
        if events.kind[row] == macenv.EventKind.START or place not in self._carried:
            self._carried[place] = {name: np.zeros((1, size), np.float32) for name, size in sizes.items()}
            if "agent" in sizes:
                self._carried[place]["agent"][0, seat] = 1
        carried = self._carried[place]
        carried["observation"] = events.observation(row, seat).reshape(1, -1).astype(np.float32)
        names = [output.name for output in network.get_outputs()]
        outputs = dict(zip(names, network.run(None, carried), strict=True))

        values = outputs["utilities"][0] if "utilities" in outputs else outputs["logits"][0]
        if "logits" in outputs:  # with Gumbel's noise the highest is a draw from the softmax
            values = values + self._random.gumbel(size=len(values))
        chosen = int(np.where(events.legal(row, seat), values, -np.inf).argmax())
        if "hidden" in sizes:
            carried["hidden"] = outputs["nextHidden"]
        if "lastMacroAction" in sizes:
            carried["lastMacroAction"] = np.eye(len(values), dtype=np.float32)[[chosen]]
        return chosen


def main(directory: Path, target: str, episodes: int = 1) -> list[macenv.EpisodeSummary]:
    """Plays in the environment that the policy was trained on."""
    policy = ExportedPolicy(directory, np.random.default_rng(1))
    trained = policy.manifest["environment"]
    with (
        macenv.connect(target) as client,
        client.create_session(trained["id"], settings=trained["settings"], seeds=7) as session,
    ):
        if session.spec.fingerprint != trained["fingerprint"]:
            raise SystemExit(
                f"{trained['id']}: fingerprint {session.spec.fingerprint} (expected: {trained['fingerprint']}, "
                "that of the environment that the policy was trained on)"
            )
        played = macenv.EpisodeLoop(session, policy).play(episodes)
    for episode in played:
        took = f"{episode.ticks} ticks and {episode.decisions} decisions"
        print(f"{trained['id']}: return {episode.total_reward:.2f} in {took}")
    return played


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with contextlib.ExitStack() as stack:
        main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else stack.enter_context(macenv.serve()).target)
