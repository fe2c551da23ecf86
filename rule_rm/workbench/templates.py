"""The files that `rule-rm new reward` writes: a reward in a trainer's form, and a test with its cases."""

from __future__ import annotations

_RULE_RM = '''"""NAME: describe in one line what earns the reward."""

from rule_rm import Rollout, Score, register


@register("NAME", summary="1 if the response ends with the golden answer, else 0", metrics=("accuracy",))
def NAME(rollout: Rollout, *, bonus: float = 0.0) -> Score:
    """Return 1.0 for a right answer. `bonus` is an option: --reward-option bonus=0.1."""
    last = (rollout.response.strip(" .").split() or [""])[-1]
    is_right = last == str(rollout.ground_truth)
    return Score(float(is_right) + bonus * is_right, answer=last, metrics={"accuracy": float(is_right)})
'''
_TRL = '''"""NAME: a reward in TRL's form. Columns of the dataset come as keyword arguments."""


def NAME(completions, answer, **columns):
    """Return a reward for each completion."""
    texts = [one if isinstance(one, str) else one[-1]["content"] for one in completions]
    last = [(text.strip(" .").split() or [""])[-1] for text in texts]
    return [float(word == str(golden)) for word, golden in zip(last, answer)]
'''
_VERL = '''"""NAME: a reward in verl's form."""


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """Return the reward of one response, or a dict with `score` and further metrics."""
    last = (solution_str.strip(" .").split() or [""])[-1]
    return float(last == str(ground_truth))
'''
_OPENRLHF = '''"""NAME: a reward in OpenRLHF's form."""


def reward_func(queries, prompts, labels, **kwargs):
    """Return the rewards of the queries, each of which is a prompt with its response."""
    last = [(query.strip(" .").split() or [""])[-1] for query in queries]
    return [float(word == str(label)) for word, label in zip(last, labels)]
'''
_SWIFT = '''"""NAME: a reward in ms-swift's form."""

from swift.rewards import ORM, orms


class Reward(ORM):
    """Columns of the dataset come as keyword arguments."""

    def __call__(self, completions, solution, **columns):
        """Return a reward for each completion."""
        last = [(text.strip(" .").split() or [""])[-1] for text in completions]
        return [float(word == str(golden)) for word, golden in zip(last, solution)]


orms["NAME"] = Reward
'''
TEMPLATES = {"rule_rm": _RULE_RM, "trl": _TRL, "verl": _VERL, "openrlhf": _OPENRLHF, "swift": _SWIFT}
"""Templates by project."""
_TEST = '''"""Cases of NAME: `pytest test_NAME.py`."""

from pathlib import Path

import pytest

from rule_rm import Rollout, registry

CASES = [
    # prompt, response, golden answer, reward
    ("What is 12 + 30?", "The answer is 42.", "42", 1.0),
    ("What is 12 + 30?", "The answer is 43.", "42", 0.0),
    ("What is 12 + 30?", "", "42", 0.0),
    ("What is 12 + 30?", "It could be 42 or 43.", "42", 0.0),
]


@pytest.mark.parametrize(("prompt", "response", "golden", "reward"), CASES)
def test_it_pays_what_it_should(prompt, response, golden, reward):
    registry.load(str(Path(__file__).with_name("NAME.py")))
    assert registry.get("NAME")(Rollout(prompt, response, golden)).reward == reward
'''


def files_of(name: str, form: str) -> dict[str, str]:
    """Return the contents of the two files by name."""
    return {
        f"{name}.py": TEMPLATES[form].replace("NAME", name),
        f"test_{name}.py": _TEST.replace("NAME", name),
    }
