"""Verdicts on golden answers without a value here: infinite series, and formulas for math-verify."""

from __future__ import annotations

from rule_rm.math.comparing.infinite import by_series, is_series
from rule_rm.math.guard import refusal
from rule_rm.math.reading.reader import read
from rule_rm.math.symbolic import is_one_formula, symbolic, with_bound_variable_of, without_unit_index
from rule_rm.math.values.verdict import Layer, Verdict


def by_series_or_symbolic(answer: str, golden: str, question: str) -> Verdict:
    """Return the verdict on an answer to a golden answer that is a series, or that math-verify may know."""
    if (same := by_series(answer, golden, read)) is not None:
        return Verdict(same, Layer.STRUCTURE, f"the series is {'' if same else 'not '}the golden answer's")
    if _is_shown(answer, question) and is_series(golden, read, of_variables=True):
        return Verdict(False, Layer.STRUCTURE, "the question's function, where its series is asked for")
    verdict = by_symbolic(answer, golden)
    if verdict.equal is None and is_series(golden, read):
        return Verdict(False, Layer.STRUCTURE, "it is not the golden answer's series")
    return verdict


def _is_shown(answer: str, question: str) -> bool:
    """Return True if the question has the answer's formula as it is."""
    formula = "".join(answer.rpartition("=")[2].split()).strip("$.")
    return bool(formula) and formula in "".join(question.split())


def by_symbolic(answer: str, golden: str) -> Verdict:
    """Return math-verify's verdict, if both are one formula each."""
    if (why := refusal(golden)) is not None:
        return Verdict(None, Layer.GUARD, f"the golden answer has {why}")
    if (why := refusal(answer)) is not None:
        return Verdict(False, Layer.GUARD, why)
    if not is_one_formula(golden):
        return Verdict(None, Layer.READING, "the golden answer can't be read")
    if not is_one_formula(answer):
        return Verdict(False, Layer.READING, "the answer can't be read")
    answer, golden = without_unit_index(answer), without_unit_index(golden)
    return symbolic(with_bound_variable_of(answer, golden), golden)
