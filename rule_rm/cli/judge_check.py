"""Compare a judge with labels: kappa, flips when it is asked again, biases of order and length, cost.

The labels are a JSON Lines file with `prompt`, `response`, `ground_truth` and `label`, which is true if the
response is right. `--show N` prints the first questions as they are sent, and the replies.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.errors import UnavailableError
from rule_rm.types import Rollout, Score, Status

if TYPE_CHECKING:
    from rule_rm.judge.agreement import Agreement, Labelled
    from rule_rm.registry.resident import Resident

JUDGES = ("llm_judge", "generative_rm")
PATIENCE = 600.0
"""Seconds for one verdict; the option `timeout` of the judge comes first."""
THREADS = 32
"""Verdicts that are asked for at once."""


class Line(NamedTuple):
    """A line of the report."""

    key: str
    """Its key in JSON; empty for a remark."""
    name: str
    shown: str
    value: Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the labels, and where the judge is and how it is asked."""
    parser.add_argument("--labels", required=True, type=Path, help="a JSON Lines file of labelled responses")
    parser.add_argument("--judge", choices=JUDGES, default=JUDGES[0], help="the reward (default llm_judge)")
    parser.add_argument("--limit", type=int, default=0, help="check only the first rows (default: all)")
    parser.add_argument("--show", type=int, default=0, help="print the first questions and replies in full")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    names = ("judge_url", "judge_model", "judge_template", "judge_api_key_env", "reward_option")
    add_settings(parser, names=names)


def run(arguments: argparse.Namespace) -> int:
    """Print the report; the exit status is 1 if there is no verdict at all."""
    from rule_rm.judge.agreement import agreement, exchanged, flips, read_labels

    labels = read_labels(arguments.labels)
    labels = labels[: arguments.limit] if arguments.limit > 0 else labels
    rollouts = [label.rollout for label in labels]
    with ExitStack() as stack:
        # Each judge caches its replies, so a second one is needed to ask everything anew.
        first, second = (_open(arguments, stack) for _ in range(2))
        scores = _score(first, rollouts)
        again = _score(second, rollouts)
        turned = [exchanged(label, score) for label, score in zip(labels, scores, strict=True)]
        wanted = [
            (score, rollout)
            for score, rollout in zip(scores, turned, strict=True)
            if rollout is not None and score.reward is not None and score.reward > 0.5
        ]
        back = _score(second, [rollout for _, rollout in wanted])
        state = first.state()
        if arguments.show > 0:
            with redirect_stdout(sys.stderr if arguments.json else sys.stdout):
                _show(arguments, rollouts[: arguments.show])
    found = agreement(labels, scores)
    lines = [
        *_agreement(found, labels, scores),
        _share_line("flips", "flips when asked again", *flips(scores, again)),
        _share_line(
            "flips_exchanged",
            "flips when answer and reference are exchanged",
            *flips([one for one, _ in wanted], back),
        ),
        *_orders(state.get("orders", {})),
        *_cost(state, found.total),
    ]
    if arguments.json:
        print(json.dumps(_as_json(len(labels), found.total, scores, lines), indent=2))
    else:
        print(f"{len(labels)} labels, {found.total} verdicts; unscored: {_unscored(scores)}")
        for line in lines:
            print(f"{line.name:<46}{line.shown}")
    return 0 if found.total else 1


def _open(arguments: argparse.Namespace, stack: ExitStack, *options: str) -> Resident:
    """Return the judge, opened with the settings as the server would; it keeps replies in memory alone."""
    from rule_rm import registry, rewards
    from rule_rm.registry.options import by_reward

    rewards.load()
    settings = replace(chosen_settings(arguments), reward_type=arguments.judge)
    function = registry.get(arguments.judge)
    given = by_reward(settings).get(arguments.judge, [])
    function = function.with_options([*given, *options, "cache="]).with_defaults(settings.as_options())
    resident = function.open()
    stack.callback(resident.close)
    return resident


def _score(judge: Resident, rollouts: Sequence[Rollout]) -> list[Score]:
    """Return the judge's scores; a verdict that can't be had is an unscored one."""
    from rule_rm import registry
    from rule_rm.registry.resident import Ask

    def score(rollout: Rollout) -> Score:
        ask = Ask(time.monotonic() + PATIENCE, lambda name, part: registry.get(name)(part))
        try:
            return judge.score(rollout, ask)
        except UnavailableError as error:
            return Score.unscored(Status.UNAVAILABLE, str(error))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(score, rollouts))


def _show(arguments: argparse.Namespace, rollouts: Sequence[Rollout]) -> None:
    with ExitStack() as stack:
        for number, score in enumerate(_score(_open(arguments, stack, "explain=true"), rollouts), start=1):
            print(f"--- {number}: reward {score.reward}, {score.status.value}\n{score.explanation}\n")
            print(f"The judge was asked:\n{score.question}\n\nIt replied:\n{score.reply}\n")


def _counts(scores: Sequence[Score]) -> Mapping[str, int]:
    return Counter(score.status.value for score in scores if score.reward is None)


def _unscored(scores: Sequence[Score]) -> str:
    return ", ".join(f"{count} {status}" for status, count in _counts(scores).items()) or "none"


def _as_json(labels: int, verdicts: int, scores: Sequence[Score], lines: Sequence[Line]) -> dict[str, Any]:
    values = {line.key: line.value for line in lines if line.key}
    return {"labels": labels, "verdicts": verdicts, "unscored": dict(_counts(scores)), **values}


def _agreement(found: Agreement, labels: Sequence[Labelled], scores: Sequence[Score]) -> Iterator[Line]:
    from rule_rm.judge.agreement import by_length

    kappa = f"{_number(found.kappa)} ({_share(found.base_rate)} of the labels are right)"
    yield Line("agreement", "agreement", _share(found.agreement), _finite(found.agreement))
    yield Line("kappa", "kappa", kappa, _finite(found.kappa))
    yield _share_line(
        "wrong_paid",
        "wrong ones that it finds right",
        found.false_positives,
        found.false_positives + found.both_wrong,
    )
    yield _share_line(
        "right_denied",
        "right ones that it finds wrong",
        found.false_negatives,
        found.false_negatives + found.both_right,
    )
    shorter, longer = by_length(labels, scores)
    for name, half in (("shorter", shorter), ("longer", longer)):
        rates = (half.false_positive_rate, half.false_negative_rate)
        yield Line(
            name,
            f"the same two among the {name} responses",
            " / ".join(map(_share, rates)),
            dict(zip(("wrong_paid", "right_denied"), map(_finite, rates), strict=True)),
        )


def _orders(orders: Mapping[str, int]) -> Iterator[Line]:
    """Yield how often the order of a pair decided, if the judge compares pairs."""
    total = sum(orders.values())
    for order, name in (("for_first", "first"), ("for_second", "second")):
        if total:
            sentence = f"pairs that the {name} wins by its place alone"
            yield _share_line(order, sentence, orders.get(order, 0), total)


def _cost(state: Mapping[str, Any], verdicts: int) -> Iterator[Line]:
    tokens, cost = state.get("prompt_tokens", 0) + state.get("completion_tokens", 0), state.get("cost", 0.0)
    yield Line("cost", "cost of one pass", f"{cost:.4f} ({tokens} tokens)", {"cost": cost, "tokens": tokens})
    if not tokens and verdicts:
        yield Line("", "", "the server reports no usage, so tokens and cost are unknown", None)
    seconds = state.get("mean_seconds", 0.0)
    yield Line("mean_seconds", "seconds a reply, on average", f"{seconds:.2f}", seconds)


def _share_line(key: str, name: str, hits: int, total: int) -> Line:
    shown = f"{_share(hits / total if total else math.nan)} ({hits} of {total})"
    return Line(key, name, shown, {"hits": hits, "total": total})


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1%}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _finite(value: float) -> float | None:
    """Return a number for JSON, which has no NaN."""
    return None if math.isnan(value) else value
