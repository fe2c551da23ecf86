"""Explain the score of one rollout: its route, its parts, the format, the comparison, the program.

The score comes from the same service as the server's, so the explanation agrees with the reward. The steps
after it look at the response as that reward does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from rule_rm import registry, rewards
from rule_rm.extract.response.tag_faults import tag_fault
from rule_rm.math.explain import explain as compared
from rule_rm.messages.prepare import prepared
from rule_rm.registry.mixture import describe
from rule_rm.sandbox.grading.source import last_program
from rule_rm.settings import Settings
from rule_rm.types import Rollout
from rule_rm.workbench.rollout_rows import RolloutRow
from rule_rm.workbench.scoring import open_scorer

Step = tuple[str, str]
MATHEMATICS = frozenset({"math_verifier", "math_equal", "cosine_length", "kimi_length"})
"""Rewards that compare a final answer as mathematics."""
TAGGED = frozenset({"math_verifier", "think_answer_format"})
"""Rewards that ask for `<think>…</think><answer>…</answer>`."""


def explain(row: RolloutRow, settings: Settings, url: str | None = None) -> list[Step]:
    """Return the steps of one score, by name. Raises ConfigurationError if the service can't start."""
    with open_scorer(with_questions(settings), url) as scorer:
        (detail,) = scorer.begin([row]).result()
        identity = scorer.identity
        steps = [
            ("reward", f"{_reward(detail['reward'])} by {identity.reward_type} ({_why(detail)})"),
            ("version", identity.version or "-"),
        ]
    steps += _golden(row, detail)
    steps += [(name, detail[name]) for name in ("question", "reply") if detail.get(name)]
    if row.recorded_reward is not None:
        steps.append(("recorded", f"{row.recorded_reward:g}, {row.recorded_status or 'without a status'}"))
    if url is None:
        steps += _parts(row, settings, detail)
    elif detail["metrics"]:
        steps.append(("parts", _numbers(detail["metrics"])))
    return steps


def with_questions(settings: Settings) -> Settings:
    """Return the settings with the option `explain` of every judge, so that scores have the question."""
    rewards.load()
    judges = [name for name, function in registry.registered().items() if "explain" in function.defaults]
    asked = tuple(f"{name}.explain=true" for name in judges)
    return replace(settings, reward_option=(*settings.reward_option, *asked))


def _reward(reward: float | None) -> str:
    return "unscored" if reward is None else f"{reward:g}"


def _why(detail: Mapping[str, Any]) -> str:
    return f"{detail['status']}: {detail['explanation']}" if detail["explanation"] else str(detail["status"])


def _golden(row: RolloutRow, detail: Mapping[str, Any]) -> Iterator[Step]:
    golden = detail.get("golden") or {}
    if row.ground_truth is None and golden:
        tier, similarity = golden.get("tier"), golden.get("similarity")
        yield "lookup", f"the golden answer was looked up by the prompt: {tier}, similarity {similarity:g}"


def _numbers(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items())


def _parts(row: RolloutRow, settings: Settings, detail: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the route, the parts, and how each part's rewards look at the response."""
    names: Sequence[str] = settings.reward_types
    mixture = describe(settings)
    if mixture is not None:
        routes = mixture.get("routes") or {}
        source = row.data_source or ""
        pattern = next((text for text in routes if fnmatchcase(source, text)), None)
        components = routes[pattern] if pattern is not None else mixture.get("rewards") or []
        names = [part["reward_type"] for part in components]
        where = pattern if pattern is not None else "*" if components else "none"
        yield "route", f"{where}, for the data source {source!r}: {', '.join(names) or 'unscored'}"
    if detail["metrics"]:
        yield "parts", _numbers(detail["metrics"])
    response = prepared(Rollout(row.prompt_text, row.response_text), settings).response
    if response != row.response_text:
        yield "response", f"scored as {response!r}"
    if TAGGED.intersection(names):
        yield "format", tag_fault(response) or "each tag once, in order, with nothing around them"
    if MATHEMATICS.intersection(names) and isinstance(row.ground_truth, (str, int, float)):
        for line in str(compared(str(row.ground_truth), response, row.prompt_text)).splitlines():
            # A name in nine columns, a space, and the text.
            yield line[:9].strip(), line[10:]
    if any("sandbox" in registry.get(name).needs for name in names if name in registry.registered()):
        found = last_program(response, [])
        yield "program", "none" if found is None else f"{found.language or 'python'}\n{found.code}"
