"""The guard refuses costly expressions before sympy sees them, and no others."""

import pytest

from rule_rm.math.compare import compare
from rule_rm.math.guard import refusal
from rule_rm.math.values.verdict import Layer

BOMBS = [
    "9^{9^{9^{9}}}",
    "10^{10^{10}}",
    "2^{-2^{40}}",
    r"\sqrt{2}^{10^{10}}",
    "10000000!",
    "(10^{9})!",
    "20!!!",
    "((7!)!)!",
    "1E5000000",
    "1E-20000000",
    r"\binom{1000000}{500000}",
    r"\binom{10^{20}}{10^{10}}",
    "2^{100!}",
    r"1.5\times10^{999999999}",
    r"\operatorname{zeros}(20000,20000)",
    r"\operatorname{eye}(15000)",
    "(" * 400 + "1" + ")" * 400,
    "[" * 200,
    r"\frac{10^{7}!}{10^{7}!-1}",
    r"\sqrt{2+" * 90 + "2" + "}" * 90,
    r"\log(10^{10^{9}})",
]
HARMLESS = [
    "2024^{4046}",
    r"\frac{1}{2004!}",
    r"\binom{2026}{1013}",
    "100!",
    "(x-3)^{2}+(y-5)^{2}=65",
    r"e^{-x^{2}}",
    "x^{x^x}",
    r"4^\circ, 20^\circ",
    r"\sum_{k=1}^{30} 2^{k-1}",
    "(x+y)^{100}",
    "6.02\\times10^{23}",
    "1e100",
    "x^{2000}+1",
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_no_answer_and_no_golden_answer(bomb):
    assert compare(bomb, "42").equal is False
    assert compare("42", bomb).equal is None


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_does_not_get_to_sympy(bomb, monkeypatch):
    monkeypatch.setattr("rule_rm.math.beyond.symbolic", lambda *_: pytest.fail("it got to sympy"))
    compare(bomb, r"\int_0^1 x\,dx")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_only_large_is_read(text):
    verdict = compare(text, f"{text} + 0" if "=" not in text and "," not in text else text)
    assert verdict.equal is True, verdict
    assert verdict.layer is not Layer.GUARD


@pytest.mark.parametrize(
    "text", [r"\int_0^1 x^2\,dx", r"\lim_{x\to0}\frac{\sin x}{x}", r"\sum_{n=0}^{\infty}\frac{x^n}{n!}"]
)
def test_mathematics_that_may_take_long_passes_to_the_killable_process(text):
    assert refusal(text) is None


def test_the_longest_answer_has_a_thousand_characters():
    assert refusal("1" * 1001) == "more than 1000 characters"
