r"""`reasoning_steps`: reward a response that looks as if it goes step by step.

It counts marks, not thoughts: "First," three times earns the full reward. Give it a small weight.
"""

from __future__ import annotations

import re

from rule_rm.registry import register
from rule_rm.registry.options import above, one_of
from rule_rm.types import Rollout

_MARKS = r"Step \d+:|^\d+\.|\n-|\n\*|First,|Second,|Next,|Finally,"
_PATTERNS = {"lines": re.compile(_MARKS, re.MULTILINE), "open-r1": re.compile(_MARKS)}


def _check(*, preset: str, steps: int) -> None:
    one_of("preset", preset, _PATTERNS)
    above("steps", steps, 0)


@register(
    "reasoning_steps",
    summary="the number of marks of steps, such as “Step 1:” or a numbered line, out of 3, at most 1",
    linear=True,
    check=_check,
)
def reasoning_steps(rollout: Rollout, *, preset: str = "lines", steps: int = 3) -> float:
    r"""Return min(1, marks / steps), where marks are `Step N:`, numbered lines, bullets or "First,".

    The formula and the marks are open-r1's (`reasoning_steps_reward`). Its pattern, the preset "open-r1",
    finds a numbered line only at the beginning of the response. The preset "lines" finds it on every line.

    >>> text = "1. Add.\n2. Divide.\n3. Done."
    >>> [round(reasoning_steps(Rollout("", text), preset=preset), 3) for preset in ("lines", "open-r1")]
    [1.0, 0.333]
    """
    _check(preset=preset, steps=steps)
    return min(1.0, sum(1 for _ in _PATTERNS[preset].finditer(rollout.response)) / steps)
