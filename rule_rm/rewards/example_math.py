"""`example_math`: the smallest example, which looks for digits and operators and nothing else."""

from __future__ import annotations

from rule_rm.registry import register
from rule_rm.types import Rollout

_OPERATORS = frozenset("+-*/=<>")


@register("example_math", summary="0.8 if the response has a digit and an operator, else 0.2")
def example_math(rollout: Rollout) -> float:
    """0.8 if the response has a digit and one of `+-*/=<>`, else 0.2; whether it is right does not matter.

    >>> example_math(Rollout("1+1?", "1 + 1 = 2")), example_math(Rollout("1+1?", "two"))
    (0.8, 0.2)
    """
    has_digit = any(map(str.isdigit, rollout.response))
    return 0.8 if has_digit and not _OPERATORS.isdisjoint(rollout.response) else 0.2
