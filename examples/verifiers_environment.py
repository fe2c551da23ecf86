"""An environment of verifiers: a module with `load_environment`. See docs/trainers/verifiers.md."""

from __future__ import annotations

import verifiers as vf

from datasets import Dataset
from rule_rm.integrations.verifiers import reward


def load_environment() -> vf.Environment:
    """Sums, scored by rule_rm."""
    rows = [{"question": f"What is {n} + {n}?", "answer": str(2 * n)} for n in range(1, 101)]
    system = "Answer as <think>your thoughts</think><answer>the number</answer>."
    return vf.SingleTurnEnv(
        dataset=Dataset.from_list(rows), system_prompt=system, rubric=vf.Rubric(funcs=[reward])
    )
