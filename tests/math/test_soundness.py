"""Properties of all answers: a re-rendering is equal, a perturbation is not, and nothing raises or hangs."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rule_rm.math.compare import compare
from rule_rm.math.quick import quick
from rule_rm.math.values.verdict import Verdict

x, y = sympy.symbols("x y")
integers = st.integers(-60, 60)
fractions = st.fractions(min_value=-50, max_value=50, max_denominator=40)


@st.composite
def expressions(draw, depth=3):
    """Return a sympy expression in x and y that has a value almost everywhere."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([x, y, sympy.pi]) | integers.map(sympy.Integer))
    left, right = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    operation = draw(st.sampled_from(["+", "-", "*", "/", "^", "sqrt", "sin"]))
    if operation == "sqrt":
        return sympy.sqrt(left**2 + 1)
    if operation == "sin":
        return sympy.sin(left)
    if operation == "^":
        return left ** draw(st.integers(2, 3))
    if operation == "/":
        return left / (right**2 + 1)
    return {"+": left + right, "-": left - right, "*": left * right}[operation]


def latex_of(fraction):
    sign = "-" if fraction < 0 else ""
    return rf"{sign}\frac{{{abs(fraction.numerator)}}}{{{fraction.denominator}}}"


@settings(deadline=None, max_examples=60)
@given(expressions())
def test_an_expression_equals_its_expansion(expression):
    assume(len(sympy.latex(expression)) < 300)
    golden, answer = sympy.latex(expression), sympy.latex(sympy.expand(expression))
    assume(len(answer) < 900)
    assert compare(answer, golden, value_alone=True).equal


@settings(deadline=None, max_examples=60)
@given(expressions())
def test_an_expression_equals_its_plain_text(expression):
    golden, answer = sympy.latex(expression), str(expression)
    assume(len(golden) < 900 and len(answer) < 900)
    assert compare(answer, golden, value_alone=True).equal


@settings(deadline=None, max_examples=60)
@given(expressions(), st.sampled_from([sympy.Integer(1), sympy.Rational(1, 1000), x, sympy.sqrt(2)]))
def test_an_expression_plus_something_differs(expression, more):
    golden, answer = sympy.latex(expression), sympy.latex(expression + more)
    assume(len(golden) < 900 and len(answer) < 900 and "zoo" not in answer)
    assert not compare(answer, golden).equal


@given(fractions, st.integers(2, 9))
def test_a_fraction_equals_its_multiples(fraction, factor):
    above, below = fraction.numerator * factor, fraction.denominator * factor
    assert compare(rf"\frac{{{above}}}{{{below}}}", latex_of(fraction)).equal


@given(fractions, fractions)
def test_fractions_are_equal_only_if_they_are(one, other):
    assert compare(latex_of(one), latex_of(other)).equal is (one == other)


@given(st.decimals(-1000, 1000, places=3))
def test_a_decimal_equals_its_fraction(decimal):
    assert compare(str(decimal), latex_of(Fraction(decimal))).equal


@given(st.lists(integers, min_size=2, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_a_list_is_equal_in_any_order_and_a_tuple_only_in_its_own(numbers, random):
    shuffled = list(numbers)
    random.shuffle(shuffled)
    one, other = ", ".join(map(str, numbers)), ", ".join(map(str, shuffled))
    assert compare(other, one).equal
    assert compare(rf"\{{{other}\}}", rf"\{{{one}\}}").equal
    assert compare(f"({other})", f"({one})").equal is (shuffled == numbers)


@given(st.lists(integers, min_size=1, max_size=5, unique=True), integers)
def test_a_list_with_one_more_element_differs(numbers, more):
    assume(more not in numbers)
    golden = ", ".join(map(str, numbers))
    assert not compare(f"{golden}, {more}", golden).equal


@given(integers, integers, integers, st.integers(1, 9))
def test_an_equation_equals_its_multiples_and_no_other(a, b, c, factor):
    assume(a and b)
    golden = f"{a}x + {b}y = {c}"
    assert compare(f"{factor * b}y + {factor * a}x - {factor * c} = 0", golden).equal
    assert not compare(f"{a}x + {b}y = {c + 1}", golden).equal


@given(integers, st.integers(1, 30), st.booleans(), st.booleans())
def test_an_interval_equals_its_inequalities(low, width, low_closed, high_closed):
    high = low + width
    interval = f"{'[' if low_closed else '('}{low}, {high}{']' if high_closed else ')'}"
    first, second = (r"\le" if closed else "<" for closed in (low_closed, high_closed))
    inequalities = f"{low} {first} x {second} {high}"
    assert compare(inequalities, interval).equal
    assert compare(rf"\{{x \mid {inequalities}\}}", interval).equal
    assert not compare(f"x < {high}", interval).equal


@given(
    st.integers(1, 500), st.sampled_from([("cm", "m", 100), ("minutes", "hours", 60), ("inches", "feet", 12)])
)
def test_units_are_converted_and_not_ignored(count, units):
    small, large, factor = units
    golden = rf"{count}\text{{ {large}}}"
    assert compare(rf"{count * factor}\text{{ {small}}}", golden).equal
    assert not compare(rf"{count}\text{{ {small}}}", golden).equal


@given(st.integers(1000, 10**9), st.sampled_from([",", "{,}", r"\,", " ", r",\!", "~", "'"]))
def test_thousands_may_be_separated(number, separator):
    assert compare(f"{number:,}".replace(",", separator), str(number)).equal


plain = (
    st.integers(-(10**12), 10**12).map(str)
    | fractions.map(str)
    | fractions.map(latex_of)
    | st.sampled_from(["0", "-0", "7.0", "07", "+7", "1,000", "7.", "1/0", r"\frac{1}{0}", "x", "", " 7 "])
)


@given(plain, plain)
def test_the_quick_verdict_is_the_slow_one(answer, golden):
    verdict = quick(answer, golden)
    if verdict is not None:
        assert compare_slowly(answer, golden).equal is verdict.equal


def compare_slowly(answer, golden):
    """Return the verdict of the layers behind the quick one: an index of 1 changes no value."""
    return compare(f"{{{answer}}}", golden)


FRAGMENTS = r"""
a b c d e f x y z 0 1 2 3 9 + - * / ^ _ = < > ( ) [ ] { } | ! , . ; : % $ & ' \frac \sqrt \{ \} \left \right
\text{or} \text{cm} \cup \in \pm \infty \sin \pi \degree \le \ne \begin{pmatrix} \end{pmatrix} \\ \boxed
\overline \binom \sum_{k=1}^{3} \log_ and feet mod √ ½ ² ， 分之 1e9 9999 ٣ x= 1,000 ...
"""


@settings(deadline=None, max_examples=400)
@given(
    st.lists(st.sampled_from([*FRAGMENTS.split(), " ", "\u200b"]), max_size=14).map("".join),
    st.sampled_from(["1", "x+1", "(1,2)", "x>2", "5 cm"]),
)
def test_whatever_is_written_gets_a_verdict(answer, golden):
    verdict = compare(answer, golden, "What is 2+3 feet in inches?")
    assert isinstance(verdict, Verdict)
    assert isinstance(verdict.equal, bool)
    assert compare(answer, golden, "What is 2+3 feet in inches?") == verdict


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('touch canary')",
        r"\pi open('canary','w').write('x')",
        "().__class__.__base__.__subclasses__()",
        "[c for c in ().__class__.__mro__]",
        "exec(chr(1))",
    ],
)
def test_nothing_of_an_answer_is_run(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert compare(code, "42").equal is False
    assert not list(tmp_path.iterdir())
