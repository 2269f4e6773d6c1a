from __future__ import annotations

from pathlib import Path

import pytest

import macenv

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


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


def test_the_quickstart_of_the_readme_is_the_one_that_is_tested() -> None:
    readme = (EXAMPLES.parent / "README.md").read_text()
    program = (EXAMPLES.parent / "tests" / "quickstart.py").read_text()
    for line in program.splitlines():
        assert line.split("  #")[0] in readme or line.startswith('"""'), line
    assert macenv.__version__ in (EXAMPLES.parent / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", ["random_agent", "scripted_optimum", "q_learner", "capture_target_rules", "foragers"])
def test_examples_are_in_the_readme(name: str) -> None:
    assert f"examples/{name}.py" in (EXAMPLES.parent / "README.md").read_text()
