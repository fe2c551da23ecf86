"""Train a tiny policy against each reward, and print what it learns.

    python -m benchmarks.learning.run --plot docs/images/learning.svg

The cold start knows most answers, but gives them in about a quarter of its responses. In another quarter it
evades the question: it copies the expression, rearranges it, adds zero, boxes 0:0, hedges, … The rest is
wrong. GRPO then follows the reward. A reward is sound here if the share of right answers rises and the share
of paid evasions does not. All rewards start from the same weights and see the same questions.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from trl import GRPOConfig, GRPOTrainer

from benchmarks.learning.policy import CLOSING, OPENING, Policy, ask, cold_start
from benchmarks.learning.tasks import KINDS, is_worked_out, tasks
from datasets import Dataset  # type: ignore[attr-defined]  # Hugging Face's, not this project's folder
from rule_rm import start_server
from rule_rm.integrations.trl import reward as rule_rm_reward

Reward = Callable[..., Sequence[float | None]]
History = list[dict[str, float]]
FIRST, LAST = slice(None, 5), slice(-10, None)
"""The steps whose means are printed."""


def math_verify_reward(
    prompts: list[str], completions: list[str], answer: list[str], **_: Any
) -> list[float]:
    """Return 0.5 for the format, and 1.0 more for what math-verify calls right."""
    from math_verify import parse, verify

    rewards = []
    for completion, golden in zip(completions, answer, strict=True):
        has_format = completion.startswith(OPENING) and completion.endswith(CLOSING)
        right = verify(
            parse(f"${golden}$", parsing_timeout=None),
            parse(completion, parsing_timeout=None),
            timeout_seconds=None,
        )
        rewards.append(0.5 * has_format + float(bool(right and has_format)))
    return rewards


def train(reward: Reward, start: Policy, kinds: Sequence[str], steps: int, seed: int) -> History:
    """Return the figures of each step: the mean reward, the share of right answers and of paid evasions."""
    questions = tasks(kinds)
    model, tokens = copy.deepcopy(start.model), start.tokens
    asked = ask([task.question for task in questions], tokens)
    by_prompt = dict(zip(asked, questions, strict=True))
    history: History = []

    def watched(prompts: list[str], completions: list[str], **columns: Any) -> Sequence[float | None]:
        rewards = reward(prompts=prompts, completions=completions, **columns)
        answers = [text.removeprefix(OPENING).partition(CLOSING)[0] for text in completions]
        given = [by_prompt[prompt] for prompt in prompts]
        right = [is_worked_out(task, answer) for task, answer in zip(given, answers, strict=True)]
        paid = [value is not None and value > 1 for value in rewards]
        figures = {
            "reward": statistics.mean(value or 0.0 for value in rewards),
            "right": statistics.mean(map(float, right)),
            "paid_not_worked_out": statistics.mean(
                float(p and not r) for p, r in zip(paid, right, strict=True)
            ),
        }
        for kind in {task.kind for task in given}:
            mine = [float(r) for task, r in zip(given, right, strict=True) if task.kind == kind]
            figures[f"right: {kind}"] = statistics.mean(mine)
        history.append(figures)
        return rewards

    with tempfile.TemporaryDirectory() as directory:
        configuration = GRPOConfig(
            output_dir=directory,
            per_device_train_batch_size=128,
            num_generations=8,
            max_completion_length=24,
            max_steps=steps,
            learning_rate=1e-3,
            lr_scheduler_type="constant",
            logging_steps=steps,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            bf16=False,
            beta=0.0,
            seed=seed,
            disable_tqdm=True,
        )
        rows = [{"prompt": prompt, "answer": task.golden} for prompt, task in by_prompt.items()]
        GRPOTrainer(
            model=model,
            processing_class=tokens,
            reward_funcs=watched,
            args=configuration,
            train_dataset=Dataset.from_list(rows),
        ).train()
    return history


def main() -> None:
    """Train against both rewards and print the first and last figures of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kinds", nargs="+", choices=tuple(KINDS), default=list(KINDS))
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures of each step")
    parser.add_argument("--plot", type=Path, help="write a plot of the right answers and of paid evasions")
    arguments = parser.parse_args()
    start = cold_start(tasks(arguments.kinds), arguments.seed)
    with start_server(port=0, workers=1, reward_type="math_verifier") as server:
        ours = partial(rule_rm_reward, rule_rm_url=server.url)
        rewards: dict[str, Reward] = {"rule_rm math_verifier": ours, "math-verify": math_verify_reward}
        figures = {
            name: train(reward, start, arguments.kinds, arguments.steps, arguments.seed)
            for name, reward in rewards.items()
        }
    sys.stdout.write(table(figures))
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(figures), encoding="utf-8")
    if arguments.plot:
        plot(figures, arguments.plot)


def table(figures: dict[str, History]) -> str:
    """Return the first and last figures of each reward, and the share of right answers of each kind."""
    lines = ["| reward | right, first to last | paid, not worked out | mean reward |", "|---|---|---|---|"]
    kinds = [
        f"| {name} | right at last: {kind} | {_mean(history, f'right: {kind}', LAST):.1%} |"
        for name, history in figures.items()
        for kind in KINDS
    ]
    for name, history in figures.items():
        right, paid, reward = (
            [_mean(history, figure, part) for part in (FIRST, LAST)]
            for figure in ("right", "paid_not_worked_out", "reward")
        )
        lines.append(
            f"| {name} | {right[0]:.1%} to {right[1]:.1%} | {paid[0]:.1%} to {paid[1]:.1%} "
            f"| {reward[0]:.2f} to {reward[1]:.2f} |"
        )
    return "\n".join((*lines, "", *kinds)) + "\n"


def _mean(history: History, figure: str, part: slice) -> float:
    """Return the mean of a figure over some steps; a step may have no question of some kind."""
    return statistics.mean([step[figure] for step in history[part] if figure in step] or [0.0])


def plot(figures: dict[str, History], path: Path) -> None:
    """Plot a panel for each reward: the shares of right answers and of paid evasions, by step."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    # matplotlib may be installed with its types, or not at all.
    figure: Any
    panels: Any
    figure, panels = pyplot.subplots(1, len(figures), figsize=(9, 3.2), sharey=True, squeeze=False)
    for panel, (name, history) in zip(panels[0], figures.items(), strict=True):
        steps = range(1, len(history) + 1)
        panel.plot(steps, [step["right"] for step in history], label="right", color="#1a7f37")
        evaded = [step["paid_not_worked_out"] for step in history]
        panel.plot(steps, evaded, label="paid, not worked out", color="#cf222e")
        panel.set(title=name, xlabel="GRPO step", ylim=(0, 1))
        panel.grid(alpha=0.3)
    first: Any = panels[0][0]
    first.set_ylabel("share of responses")
    first.legend(loc="center right")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    main()
