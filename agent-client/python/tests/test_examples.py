from __future__ import annotations

import statistics
from pathlib import Path

import pytest

import macenv

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FIXTURES = Path(__file__).resolve().parent / "fixtures"


def test_random_agent(target: str) -> None:
    import random_agent

    assert random_agent.main(target) < 20


def test_scripted_optimum(target: str) -> None:
    import scripted_optimum

    assert scripted_optimum.main(target) == pytest.approx(98.9)
    assert scripted_optimum.main(target, "bp-6") == pytest.approx(99.4)


def test_q_learner_solves_bp_6(target: str) -> None:
    """And does so every time: the law of determinism holds for learners, too."""
    import q_learner

    assert q_learner.main(target) >= 0.95 * 99.4


def test_capture_target_rules_tell_a_bad_rule_from_a_good_one(target: str) -> None:
    import capture_target_rules

    means = capture_target_rules.main(target, episodes=400, only=["never", "seen-at-1", "in-200-of-1000"])
    assert means["never"] == pytest.approx(0.53, abs=0.1)
    assert means["seen-at-1"] < 0.3
    assert means["in-200-of-1000"] < 0.4


def test_an_exported_policy_plays_as_it_did_where_it_was_trained(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `bin/avf evaluate` of the same run prints, see fixtures/exported/README.md."""
    pytest.importorskip("onnxruntime", reason='no onnxruntime (pip install "macenv[onnx]")')
    import exported_policy

    (episode,) = exported_policy.main(FIXTURES / "exported", target)
    assert (episode.ticks, round(episode.total_reward, 2)) == (6, 99.4)
    assert capsys.readouterr().out == "bp-6: return 99.40 in 6 ticks and 4 decisions\n"


def test_an_exported_policy_remembers_from_decision_to_decision(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In an environment that draws random numbers, with a network that ten agents share, whose hidden state matters."""
    pytest.importorskip("onnxruntime", reason='no onnxruntime (pip install "macenv[onnx]")')
    import exported_policy

    exported_policy.main(FIXTURES / "exported-ct-10", target, episodes=4)
    assert capsys.readouterr().out == (FIXTURES / "exported-ct-10" / "played.txt").read_text()


def test_exported_actors_draw_their_macro_actions(target: str) -> None:
    """As `bin/avf evaluate` of the same run, see fixtures/exported-actor/README.md: 18.4 ticks; else 100 or 33."""
    pytest.importorskip("onnxruntime", reason='no onnxruntime (pip install "macenv[onnx]")')
    import exported_policy

    episodes = exported_policy.main(FIXTURES / "exported-actor", target, episodes=200)
    assert statistics.mean(episode.ticks for episode in episodes) == pytest.approx(18.4, abs=4)


def test_a_policy_of_another_environment_is_refused(target: str, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason='no onnxruntime (pip install "macenv[onnx]")')
    import exported_policy

    for file in (FIXTURES / "exported").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"bp-6"', '"bp-8"'))
    with pytest.raises(SystemExit, match="bp-8: fingerprint"):
        exported_policy.main(tmp_path, target)


def test_pytorch_learns_bp_6(target: str) -> None:
    pytest.importorskip("torch", reason='no torch (pip install "macenv[torch]")')
    import train_pytorch

    assert train_pytorch.main(target) >= 0.95 * 99.4


def test_the_quickstart_of_the_readme_is_the_one_that_is_tested() -> None:
    readme = (EXAMPLES.parent / "README.md").read_text()
    program = (EXAMPLES.parent / "tests" / "quickstart.py").read_text()
    for line in program.splitlines():
        assert line.split("  #")[0] in readme or line.startswith('"""'), line
    assert macenv.__version__ in (EXAMPLES.parent / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "random_agent",
        "scripted_optimum",
        "q_learner",
        "capture_target_rules",
        "foragers",
        "exported_policy",
        "train_pytorch",
    ],
)
def test_examples_are_in_the_readme(name: str) -> None:
    assert f"examples/{name}.py" in (EXAMPLES.parent / "README.md").read_text()
