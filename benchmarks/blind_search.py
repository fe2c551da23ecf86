"""Search for a way to be paid without seeing a golden answer.

    python -m benchmarks.blind_search --reward-type math_verifier

The search is that of `rule-rm attack`. Here it has thousands of questions and a large budget, and runs on
every part of a question in every wrapper.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from rule_rm import Rollout, Settings
from rule_rm.workbench.attack.blind import search
from rule_rm.workbench.forms import FORMS
from rule_rm.workbench.right_answers import Kind
from rule_rm.workbench.single_scores import SingleScorer

DATA = Path(os.environ.get("RULE_RM_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
EXAMPLES = Path(__file__).resolve().parents[1] / "datasets" / "math_examples.json"
FORM = next(form for form in FORMS[Kind.TEXT] if form.name == "a box in the answer tag")


def load(path: Path, most: int, seed: int) -> list[Rollout]:
    """Return questions of a JSON file with `question` and `answer`, at most this number."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    chosen = random.Random(seed).sample(rows, min(most, len(rows)))
    return [Rollout(row["question"], "", str(row["answer"])) for row in chosen]


def main() -> None:
    """Search on a dataset and print the best constant and the best policy."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reward-type", default="math_verifier")
    parser.add_argument(
        "--dataset", type=Path, help="a JSON file with question and answer; default: MATH, else the examples"
    )
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=int, default=60_000, help="responses that may be scored")
    arguments = parser.parse_args()
    math = DATA / "math_test_5000.json"
    dataset = arguments.dataset or (math if math.is_file() else EXAMPLES)
    rollouts = load(dataset, arguments.questions, arguments.seed)
    with SingleScorer(Settings(workers=2, reward_type=arguments.reward_type)) as scorer:

        def earn(said: Sequence[tuple[int, str]]) -> list[float]:
            asked = [
                Rollout(rollouts[row].prompt, response, rollouts[row].ground_truth) for row, response in said
            ]
            return [float(score.metrics.get("accuracy", 0.0)) for score in scorer.score(asked)]

        found = search(
            [one.prompt for one in rollouts],
            [one.ground_truth for one in rollouts],
            earn,
            (FORM,),
            budget=arguments.budget,
            seed=arguments.seed,
        )
    sys.stdout.write(f"{len(rollouts)} questions of {dataset.name}, {arguments.reward_type}\n")
    sys.stdout.write(f"best constant: {found.answer!r} is paid on {found.constant_earned:.2%}\n")
    sys.stdout.write(f"{found.earned:8.2%}  {found.policy}\n")
    low, high = found.interval
    sys.stdout.write(
        f"above the best constant: {found.exploitability:.2%} (from {low:+.2%} to {high:+.2%})\n"
    )


if __name__ == "__main__":
    main()
