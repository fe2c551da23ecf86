"""When two expressions are the same function: in every piece of them, and nowhere by chance."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical
from rule_rm.math.reading.reader import read
from rule_rm.math.values.expression import (
    TWO,
    Apply,
    Constant,
    Number,
    Symbol,
    TooCostlyError,
    negative,
    symbols,
)


def expression(text):
    return read(text).expression


numbers = st.integers(-30, 30).map(lambda value: Number(Fraction(value)))
leaves = numbers | st.sampled_from([Symbol("x"), Symbol("y"), Symbol("n"), Constant("pi")])
UNARY = ("abs", "floor", "ceil", "sin", "cos", "exp", "negative")
BINARY = ("max", "min", "mod", "divide")


@st.composite
def expressions(draw, depth=3):
    """Return an expression with any operator that has a value almost everywhere."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaves)
    inner, other = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    function = draw(st.sampled_from([*UNARY, *BINARY, "add", "multiply", "power", "root"]))
    if function in UNARY:
        return Apply(function, (inner,))
    if function == "power":
        return Apply("power", (inner, TWO))
    if function == "root":
        return Apply("root", (Apply("power", (inner, TWO)), TWO))
    return Apply(function, (inner, other))


def rendered(tree, choose):
    """Return the same expression in another form: another order, products and signs written out."""
    if not isinstance(tree, Apply):
        return Apply("add", (tree, Number(Fraction(0)))) if choose() else tree
    parts = [rendered(part, choose) for part in tree.arguments]
    match tree.function:
        case "add" | "multiply" | "max" | "min":
            parts = parts[::-1] if choose() else parts
        case "power" if choose():
            return Apply("multiply", (parts[0], parts[0]))
        case "root":
            return (
                Apply("abs", (parts[0].arguments[0],))
                if parts[0].function == "power"
                else Apply("root", tuple(parts))
            )
        case "abs" if choose():
            return Apply("max", (parts[0], negative(parts[0])))
        case "ceil" if choose():
            return negative(Apply("floor", (negative(parts[0]),)))
        case "mod" if choose():
            steps = Apply("floor", (Apply("divide", tuple(parts)),))
            return Apply("add", (parts[0], negative(Apply("multiply", (parts[1], steps)))))
    return Apply(tree.function, tuple(parts))


def same(golden, answer):
    try:
        return identical(golden, answer)
    except (UndefinedError, TooCostlyError):
        return None


@settings(deadline=None, max_examples=20)
@given(expressions(), st.data())
def test_another_rendering_of_any_expression_is_the_same(tree, data):
    verdict = same(tree, rendered(tree, lambda: data.draw(st.booleans())))
    assume(verdict is not None and symbols(tree))
    assert verdict


@settings(deadline=None, max_examples=60)
@given(
    expressions(),
    st.sampled_from([Number(Fraction(1)), Number(Fraction(1, 10**9)), Symbol("x"), Constant("pi")]),
)
def test_any_expression_plus_something_is_another(tree, more):
    assert not same(tree, Apply("add", (tree, more)))


@pytest.mark.parametrize(
    ("golden", "answer"),
    [
        (r"|z - 3000|", "3000 - z"),
        (r"\max(u, -4)", "u"),
        (r"\lfloor n/250\rfloor", "0"),
        (r"m \bmod 11", r"m \bmod 13"),
        (r"\sqrt{w^2 + 6w + 9}", "w + 3"),
        (r"\min(k, 77)", "k"),
        (r"|p|/p", "1"),
        (r"\lceil\log_2 n\rceil", r"\lceil n/2\rceil"),
        (r"|x-y|", "x-y"),
        (r"\gcd(n, 30)", r"\gcd(n, 6)"),
        (r"\pi + 10^{-200}", r"\pi"),
        (r"\sqrt{10^{50} + 1}", "10^{25}"),
    ],
)
def test_a_difference_far_out_is_found(golden, answer):
    assert not identical(expression(golden), expression(answer))
    assert not identical(expression(answer), expression(golden))


@pytest.mark.parametrize(
    ("golden", "answer"),
    [
        (r"|z - 3000|", r"|3000 - z|"),
        (r"\max(a, b)", r"\frac{a + b + |a - b|}{2}"),
        (r"\lceil\frac{n}{4}\rceil", r"\lfloor\frac{n + 3}{4}\rfloor"),
        (r"\sqrt{w^2 + 6w + 9}", "|w + 3|"),
        (r"\ln(v^2)", r"2\ln v"),
        (r"(-1)^n", r"\cos(n\pi)"),
        (r"\binom{n}{3}", r"\frac{n(n-1)(n-2)}{6}"),
        (r"\frac{(n+1)!}{n!}", "n + 1"),
        (r"\sqrt{2}+\sqrt{3}", r"\sqrt{5 + 2\sqrt{6}}"),
        (r"\sin 3t", r"3\sin t - 4\sin^3 t"),
    ],
)
def test_the_same_function_is_recognised(golden, answer):
    assert identical(expression(golden), expression(answer))


def test_positive_variables_are_seen_at_positive_values_only():
    assert not identical(expression(r"\sqrt{s^2}"), expression("s"))
    assert identical(expression(r"\sqrt{s^2}"), expression("s"), positive=True)
