"""`numeric_tolerance`: reward a number that is near enough to the golden one, for science and engineering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rule_rm.errors import ConfigurationError
from rule_rm.extract import Extraction, final_answer
from rule_rm.math.grade import golden_answers
from rule_rm.math.guard import LONGEST
from rule_rm.math.reading.question import relevant
from rule_rm.math.tolerance import Tolerance, within
from rule_rm.math.values.verdict import Layer
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status

_PRESETS: dict[str, Tolerance] = {
    "strict": Tolerance(),
    "scibench": Tolerance(relative=0.05),
    "olympiadbench": Tolerance(absolute=1e-8),
    "theoremqa": Tolerance(relative=0.04),
}
"""SciBench accepts 5 % (`math.isclose(…, rel_tol=0.05)`), TheoremQA 4 % (`within_eps`), OlympiadBench 1e-8
unless the row has an `error`."""
_ABSOLUTE = ("absolute", "error", "precision", "tolerance")
"""Names of a row's absolute tolerance: OlympiadBench has `error`, others `precision` or `tolerance`."""
_DIGITS_MOST = 15
"""The significant digits of a binary64 number."""


class Work(NamedTuple):
    """An extracted answer, and the golden answers with their tolerance."""

    found: Extraction
    golden: tuple[str, ...]
    unit: str
    tolerance: Tolerance
    question: str
    value_alone: bool


def _check(
    *, preset: str, absolute: float, relative: float, digits: int, needs_unit: bool, value_alone: bool
) -> None:
    one_of("preset", preset, _PRESETS)
    for name, value in (("absolute", absolute), ("relative", relative)):
        if value < 0:
            raise ConfigurationError(f"reward option {name} must be 0 or more, not {value!r}")
    if not 0 <= digits <= _DIGITS_MOST:
        raise ConfigurationError(f"reward option digits must be 0 to {_DIGITS_MOST}, not {digits!r}")


def decide(work: Work) -> Score:
    """Return 1 if the answer is near enough to a golden answer, else 0."""
    answer = work.found.answer or ""
    verdicts = [
        within(
            answer,
            golden,
            work.tolerance,
            unit=work.unit,
            question=work.question,
            value_alone=work.value_alone,
        )
        for golden in work.golden
    ]
    verdict = max(verdicts, key=lambda one: -1 if one.equal is None else one.equal)
    if verdict.equal is None:
        return Score.unscored(Status.BAD_GROUND_TRUTH, str(verdict), answer)
    status = Status.REFUSED if verdict.layer is Layer.GUARD else Status.OK
    return Score(float(verdict.equal), status, answer, str(verdict), {"accuracy": float(verdict.equal)})


@register(
    "numeric_tolerance",
    summary="1 if the final answer is a number within the tolerance of the golden one, else 0",
    metrics=("accuracy",),
    decide=decide,
    check=_check,
)
def numeric_tolerance(
    rollout: Rollout,
    *,
    preset: str = "strict",
    absolute: float = 0.0,
    relative: float = 0.0,
    digits: int = 0,
    needs_unit: bool = False,
    value_alone: bool = False,
) -> Score | Work:
    r"""Return 1.0 if the final answer is near enough to the golden number, else 0.0.

    The answer may differ by `absolute`, or by the share `relative` of the golden number, or agree when both
    are rounded to `digits` significant digits. Without any of them it must be equal. The presets "scibench",
    "olympiadbench" and "theoremqa" set the tolerance of these benchmarks. A row's own tolerance takes
    precedence: `error`, `precision`, `tolerance` or `absolute`, `relative`, `digits` in the ground truth or
    in `extra_info`. So does its `unit`. Units are converted, and a contradicting one is wrong; with
    `needs_unit` a missing one is, too. Like in `math_equal`, the answer must be worked out.

    >>> rollout = Rollout("", r"\boxed{9.8\text{ m/s}^2}", {"answer": "9.81", "unit": "m/s^2"})
    >>> numeric_tolerance(rollout, relative=0.01).reward, numeric_tolerance(rollout).reward
    (1.0, 0.0)
    """
    truth = rollout.ground_truth
    if truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    row = {**rollout.extra_info, **truth} if isinstance(truth, Mapping) else dict(rollout.extra_info)
    golden = golden_answers(truth.get("answer") if isinstance(truth, Mapping) else truth)
    if not golden:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer must be a number or a string")
    base = _PRESETS[preset]
    given = Tolerance(
        absolute or base.absolute, relative or base.relative, digits or base.digits, needs_unit=needs_unit
    )
    tolerance = _of_row(row, given)
    if isinstance(tolerance, str):
        return Score.unscored(Status.BAD_GROUND_TRUTH, tolerance)
    found = final_answer(rollout.response, rollout.prompt)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"accuracy": 0.0})
    if len(found.answer) > LONGEST:
        why = f"the answer has more than {LONGEST} characters"
        return Score(0.0, Status.REFUSED, found.answer[:80] + "…", why, {"accuracy": 0.0})
    unit = row.get("unit") if isinstance(row.get("unit"), str) else ""
    question = relevant(rollout.prompt, found.answer)
    return Work(found, tuple(golden), str(unit).strip(), tolerance, question, value_alone)


def _of_row(row: Mapping[str, Any], given: Tolerance) -> Tolerance | str:
    """Return the tolerance of a row, else of the options; a string is the reason why it is invalid."""
    absolute, relative, digits = given.absolute, given.relative, given.digits
    name = ""
    try:
        for name in _ABSOLUTE:
            if row.get(name) not in (None, ""):
                absolute, relative = _absolute_or_share(row[name])
                digits = 0
                break
        name = "relative"
        if row.get(name) not in (None, ""):
            relative = max(_absolute_or_share(row[name]))
        name = "digits"
        if row.get(name) not in (None, ""):
            digits = int(row[name])
    except (TypeError, ValueError):
        return f"the row's {name} is not a number: {row[name]!r:.80}"
    if not (0 <= absolute < float("inf") and 0 <= relative < float("inf") and 0 <= digits <= _DIGITS_MOST):
        return f"the row's tolerance must be 0 or more, and digits at most {_DIGITS_MOST}"
    return Tolerance(absolute, relative, digits, given.needs_unit)


def _absolute_or_share(value: Any) -> tuple[float, float]:
    """Return a tolerance as an absolute error and a share: `0.05` is the former, `"5%"` the latter."""
    text = str(value).strip().lstrip("±").replace("\\%", "%")
    return (0.0, float(text[:-1]) / 100) if text.endswith("%") else (float(text), 0.0)
