"""Golden answers that do not earn the reward themselves, rows that no route takes, and slow rows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rule_rm.engine import Engine
from rule_rm.settings import Settings
from rule_rm.settings.reading import did_you_mean
from rule_rm.types import Rollout, Score, Status
from rule_rm.workbench.attack.targets import Row, golden_names, wrong_answers
from rule_rm.workbench.dataset_check.findings import Finding, Numbered
from rule_rm.workbench.forms import Form, best_form
from rule_rm.workbench.right_answers import Kind, kind_of, right_answers
from rule_rm.workbench.single_scores import SingleScorer

_PROBED = 12
"""Rows with which the form of the reward is found."""
_CHUNK = 64
_TRIES = 3
"""Times that a row is measured that may be slow."""
_OURS = frozenset({Status.UNAVAILABLE, Status.EXPIRED, Status.CRASH})
"""Statuses that say nothing about the row."""
_KINDS = {
    Status.BAD_GROUND_TRUTH: "unreadable",
    Status.NO_GROUND_TRUTH: "unreadable",
    Status.SKIPPED: "skipped",
    Status.ERROR: "error",
    Status.NO_VERDICT: "error",
    Status.TIMEOUT: "hangs",
    Status.REFUSED: "costly",
}
_NO_ROUTE = "the mixture has no route"


def earnings(
    rows: Sequence[Numbered], settings: Settings, slow: float, engine: Engine | None = None
) -> Iterator[Finding]:
    """Yield the findings on the rewards of golden answers. Raises ConfigurationError if it can't score."""
    if not rows:
        return
    with SingleScorer(settings, engine) as scorer:
        forms = _forms(rows, scorer)
        routes = [text for text in _routes(settings) if text != "*"]
        for begin in range(0, len(rows), _CHUNK):
            chunk = rows[begin : begin + _CHUNK]
            for numbered, right, wrong, seconds in _scored(chunk, forms, scorer, slow):
                yield from _judged(numbered, right, wrong, routes)
                if seconds > slow:
                    yield Finding(numbered.index, "slow", f"it takes {seconds:.1f} s to score")


def _routes(settings: Settings) -> list[str]:
    from rule_rm.registry.mixture import describe

    description = describe(settings) or {}
    routes = description.get("routes")
    return list(map(str, routes)) if isinstance(routes, Mapping) else []


def _answers(numbered: Numbered) -> tuple[Kind, list[str]]:
    row = numbered.row
    return kind_of(row.ground_truth, row.prompt), right_answers(row.ground_truth, row.prompt, row.columns)


def _rollout(numbered: Numbered, response: str) -> Rollout:
    row = numbered.row
    # Rewards for length need the token count that a trainer would send.
    extra: dict[str, Any] = {"response_length": len(response.split()), **row.extra_info}
    return Rollout(row.prompt, response, row.ground_truth, row.data_source, extra)


def _forms(rows: Sequence[Numbered], scorer: SingleScorer) -> dict[tuple[str | None, Kind], Form]:
    """Return the form of the reward for each data source and kind, as a mixture has a reward for each."""
    found: dict[tuple[str | None, Kind], list[tuple[Rollout, str]]] = {}
    for numbered in rows:
        kind, rights = _answers(numbered)
        probed = found.setdefault((numbered.row.data_source, kind), [])
        if len(probed) < _PROBED:
            probed += [(_rollout(numbered, ""), right) for right in rights]
    return {key: best_form(key[1], probed, scorer.score) for key, probed in found.items() if probed}


Scored = tuple[Numbered, Score, Score | None, float]


def _scored(
    chunk: Sequence[Numbered], forms: Mapping[Any, Form], scorer: SingleScorer, slow: float
) -> Iterator[Scored]:
    """Yield each row with the scores of a right and a wrong answer, and the seconds that they took."""
    responses = [_responses(numbered, forms) for numbered in chunk]
    asked = [
        _rollout(numbered, text)
        for numbered, (rights, wrong) in zip(chunk, responses, strict=True)
        for text in (*rights, wrong)
        if text is not None
    ]
    began = time.perf_counter()
    scores = iter(scorer.score(asked))
    is_slow = time.perf_counter() - began > slow
    for numbered, (rights, wrong) in zip(chunk, responses, strict=True):
        first = max([next(scores) for _ in rights], key=_paid)
        second = next(scores) if wrong is not None else None
        seconds = _seconds(_rollout(numbered, rights[0]), scorer) if is_slow else 0.0
        yield numbered, first, second, seconds


def _paid(score: Score) -> float:
    return -math.inf if score.reward is None else score.reward


def _seconds(rollout: Rollout, scorer: SingleScorer) -> float:
    """Return the seconds that a rollout takes more than one without an answer, the least of some tries.

    On a busy machine every rollout takes long, and now and then one takes very long.
    """
    tries = []
    for number in range(1, _TRIES + 1):
        # No score of before has made these known.
        without = _timed(replace(rollout, response="." * number), scorer)
        tries.append(_timed(replace(rollout, response=rollout.response + " " * number), scorer) - without)
    return min(tries)


def _timed(rollout: Rollout, scorer: SingleScorer) -> float:
    began = time.perf_counter()
    scorer.score([rollout])
    return time.perf_counter() - began


def _responses(numbered: Numbered, forms: Mapping[Any, Form]) -> tuple[list[str], str | None]:
    """Return responses of which one is right, and a wrong one."""
    kind, rights = _answers(numbered)
    form = forms.get((numbered.row.data_source, kind))
    if not rights or form is None:
        return ["I don't know."], None
    row = Row(numbered.row.place, _rollout(numbered, ""), None, numbered.row.columns)
    wrong, empty = wrong_answers(row, kind, rights[0], ())
    if wrong in golden_names(numbered.row.ground_truth):
        # Of the golden answers 1945 and 1946, one is near the other.
        wrong = empty
    # A query that finds nothing, for a golden one that finds nothing either.
    return [form.say(right) for right in rights], form.say(empty if kind is Kind.SQL else wrong)


def _judged(
    numbered: Numbered, right: Score, wrong: Score | None, routes: Sequence[str]
) -> Iterator[Finding]:
    """Yield the finding on the scores of a right and a wrong answer."""
    if right.status in _OURS:
        return
    why = right.explanation or right.status.value
    if why.startswith(_NO_ROUTE):
        near = did_you_mean(numbered.row.data_source or "", routes)
        yield Finding(numbered.index, "no_route", f"{why}{near}")
    elif right.reward is None:
        yield Finding(numbered.index, _KINDS.get(right.status, "error"), why)
    elif wrong is not None and right.status in (Status.TIMEOUT, Status.REFUSED):
        yield Finding(numbered.index, _KINDS[right.status], f"the golden answer itself is not scored: {why}")
    elif wrong is not None and wrong.reward is not None and wrong.reward >= right.reward:
        what = "earns no more than a wrong answer" if right.reward > 0 else "itself earns nothing"
        yield Finding(numbered.index, "not_paid", f"the golden answer {what} ({right.reward:g}: {why})")
