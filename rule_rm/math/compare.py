"""Is this answer the golden answer? In layers, each sound, the cheapest first."""

from __future__ import annotations

from rule_rm.math.guard import refusal
from rule_rm.math.quick import quick
from rule_rm.math.symbolic import symbolic
from rule_rm.math.verdict import Layer, Verdict


def compare(answer: str, golden: str, asked: str = "") -> Verdict:
    r"""The verdict on an answer. `asked` is what the question says about the answer's form: see `question`.

    >>> compare(r"\frac{2}{4}", "0.5").equal
    True
    """
    if not golden:
        return Verdict(None, Layer.READING, "the golden answer is empty")
    if (why := refusal(golden)) is not None:
        return Verdict(None, Layer.GUARD, f"the golden answer has {why}")
    if (why := refusal(answer)) is not None:
        return Verdict(False, Layer.GUARD, why)
    return quick(answer, golden) or symbolic(answer, golden)
