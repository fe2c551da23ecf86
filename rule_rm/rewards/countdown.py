"""`countdown`: reward an expression of the given numbers, each used once, that reaches the target.

The expression is read by the same bounded parser as all other mathematics here, as a tree of sums and
products of integers. Nothing is evaluated that could be a program. Neither `2**3` nor `1.5` for the numbers 1
and 5 is therefore a way around using the numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from rule_rm.extract.multiple_choice.short_answers import short_answer
from rule_rm.math.comparing.exact import UndefinedError, exact
from rule_rm.math.guard import refusal
from rule_rm.math.reading.reader import read
from rule_rm.math.values.answers import Quantity
from rule_rm.math.values.expression import Apply, Expression, Number, TooCostlyError, UnreadableError
from rule_rm.registry import register
from rule_rm.types import Rollout, Score, Status

_OPERATIONS = frozenset({"add", "negative", "multiply", "divide"})
_MOST_NUMBERS = 32
_LARGEST = 10**12


class _Puzzle(NamedTuple):
    target: int
    numbers: Counter[int]


@register(
    "countdown",
    summary="1 if the numbers, each used once, reach the target, else 0",
    metrics=("accuracy", "valid"),
    linear=True,
)
def countdown(rollout: Rollout, *, use_all: bool = True, format_reward: float = 0.0) -> Score:
    r"""1.0 if the expression has the target's value; `format_reward` if only its value is wrong.

    The rules are TinyZero's (`reward_score/countdown.py`): + − × ÷ and brackets, on the golden numbers, each
    of them exactly once (at most once without `use_all`). Values are exact fractions. `= target` may follow.
    The ground truth is `{"target": 24, "numbers": [...]}` (or `"nums"`), or the target alone, with the
    numbers in `extra_info`; the expression is the content of the answer tag, of the box, or what follows
    "answer". `valid` is 1 if the numbers were used as they should be.

    >>> puzzle = {"target": 24, "numbers": [4, 6, 8, 8]}
    >>> countdown(Rollout("", r"\boxed{6 \times 4 \times \frac{8}{8}}", puzzle)).reward
    1.0
    >>> countdown(Rollout("", "<answer>6 * 4 = 24</answer>", puzzle)).explanation
    'the numbers are not used as often as they are given'
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no target")
    puzzle = _puzzle(rollout.ground_truth, rollout.extra_info)
    if puzzle is None:
        return Score.unscored(
            Status.BAD_GROUND_TRUTH, "there is no whole target with a list of whole numbers"
        )
    found = short_answer(rollout.response, rollout.prompt)
    if found.answer is None:
        return _score(0.0, found.reason, status=Status.NO_ANSWER)
    if (why := refusal(found.answer)) is not None:
        return _score(0.0, why, found.answer[:80], Status.REFUSED)
    try:
        expression = _expression(found.answer, puzzle.target)
        used = Counter(_numbers(expression))
    except (UnreadableError, TooCostlyError) as error:
        return _score(0.0, f"it can't be read: {error}"[:200], found.answer)
    if not (used == puzzle.numbers if use_all else used <= puzzle.numbers):
        return _score(0.0, "the numbers are not used as often as they are given", found.answer)
    try:
        value = exact(expression, {})
    except (UndefinedError, TooCostlyError) as error:
        return _score(format_reward, str(error), found.answer, valid=1.0)
    if value == puzzle.target:
        return _score(1.0, None, found.answer, accuracy=1.0, valid=1.0)
    return _score(format_reward, f"it is {value}"[:80], found.answer, valid=1.0)


def _puzzle(ground_truth: Any, extra_info: Mapping[str, Any]) -> _Puzzle | None:
    given = ground_truth if isinstance(ground_truth, Mapping) else {"target": ground_truth}
    target = _whole(given.get("target"))
    listed = next(
        (source[key] for source in (given, extra_info) for key in ("numbers", "nums") if key in source), None
    )
    if target is None or not isinstance(listed, (list, tuple)) or not 0 < len(listed) <= _MOST_NUMBERS:
        return None
    numbers = [whole for number in listed if (whole := _whole(number)) is not None and whole >= 0]
    return _Puzzle(target, Counter(numbers)) if len(numbers) == len(listed) else None


def _whole(value: Any) -> int | None:
    """Return a value as an int, also from JSON's 24.0 or from a string; None if it is neither."""
    if isinstance(value, str) and len(value) <= 16 and value.strip().lstrip("-").isdecimal():
        value = int(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) <= _LARGEST:
        return None
    return int(value) if value == int(value) else None


def _expression(text: str, target: int) -> Expression:
    """Return the expression, without the target on the other side of a `=`.

    Raises UnreadableError if there is none.
    """
    left, equals, right = text.rpartition("=")
    if not equals:
        return _quantity(text)
    for stated, expression in ((right, left), (left, right)):
        value = _quantity(stated)
        if isinstance(value, Number) and value.value == target:
            return _quantity(expression)
    raise UnreadableError("neither side of = is the target")


def _quantity(text: str) -> Expression:
    value = read(text)
    if not isinstance(value, Quantity) or value.unit or value.percent:
        raise UnreadableError("it is not a plain expression")
    return value.expression


def _numbers(expression: Expression) -> Iterator[int]:
    """Yield the integers of an expression, as written. Raises UnreadableError if it has anything else."""
    match expression:
        case Number(Fraction(denominator=1) as value, None):
            yield abs(int(value))
        case Apply(function, arguments) if function in _OPERATIONS:
            for argument in arguments:
                yield from _numbers(argument)
        case _:
            raise UnreadableError("there is more than + - * / and integers")


def _score(
    reward: float,
    explanation: str | None,
    answer: str | None = None,
    status: Status = Status.OK,
    *,
    accuracy: float = 0.0,
    valid: float = 0.0,
) -> Score:
    return Score(reward, status, answer, explanation, {"accuracy": accuracy, "valid": valid})
