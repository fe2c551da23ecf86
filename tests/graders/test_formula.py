"""Formulas of multigraders: their values and their errors."""

from __future__ import annotations

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.graders.formula import Formula, FormulaError

SCORES = {"a": 0.5, "b": 3.0, "min": 7.0, "exact_match": 1.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", 0.5),
        ("0.5 * a + .25*b", 1.0),
        ("b - a - 1", 1.5),
        ("b / a / 2", 3.0),
        ("-b ^ 2", -9.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("b ** -1 * 3", 1.0),
        ("-(a + b) * --2", -7.0),
        ("min(a, b, 0.25) + max(a, b) + min(b)", 6.25),
        ("abs(a - b) + floor(a) + ceil(a)", 3.5),
        ("exp(0) + sqrt(b + 1) + log(1)", 3.0),
        ("min + exact_match", 8.0),
        ("1e-1 * 10", 1.0),
        ("+".join(["a"] * 999), 499.5),
    ],
)
def test_a_formula_has_the_value_of_arithmetic(text, value):
    assert Formula(text, [*SCORES]).value(SCORES) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "a b",
        "(a",
        "a)",
        "c",
        "a.real",
        "a[0]",
        "__import__('os')",
        "abs(a, b)",
        "max()",
        "sqrt",
        "a if b else 1",
        "a == b",
        "lambda: 1",
        "a; b",
        "a // b",
        "1_000",
        "(" * 100 + "a" + ")" * 100,
        "-" * 200 + "a",
        "^".join(["a"] * 200),
        "+".join(["a"] * 2000),
    ],
)
def test_anything_else_is_refused_when_it_is_read(text):
    with pytest.raises(ConfigurationError, match="calculate_output"):
        Formula(text, [*SCORES])


@pytest.mark.parametrize(
    "text", ["1 / (a - a)", "log(0)", "sqrt(-1)", "(0 - b) ^ 0.5", "10 ^ 999", "exp(b * 999)"]
)
def test_a_formula_without_a_finite_value_is_an_error_and_no_number(text):
    with pytest.raises(FormulaError):
        Formula(text, [*SCORES]).value(SCORES)
