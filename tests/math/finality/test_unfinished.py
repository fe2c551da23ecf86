"""An answer must be worked out: arithmetic that is left, and what copies the question, is not final."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rule_rm.math.compare import compare
from rule_rm.math.finality.unfinished import unfinished


@pytest.mark.parametrize(
    ("answer", "golden"),
    [
        ("5+8", "13"),
        ("5+8+0", "13"),
        (r"\pi+0", r"\pi"),
        (r"1\cdot 13", "13"),
        (r"13\cdot 1", "13"),
        ("{5}+{8}", "13"),
        ("(5+8)", "13"),
        (r"x = 5 + 8", "13"),
        (r"5+8=8+5", "13"),
        (r"5+8\text{ apples}", r"13\text{ apples}"),
        (r"\frac{5+8}{2}", r"\frac{13}{2}"),
        (r"\frac{3\cdot 4}{2}", "6"),
        (r"(5+8, 2)", "(13, 2)"),
        (r"\{1+1, 3\}", r"\{2, 3\}"),
        (r"\begin{pmatrix}1+1\\2\end{pmatrix}", r"\begin{pmatrix}2\\2\end{pmatrix}"),
        (r"20\%\cdot 60", "12"),
        (r"\sqrt{16}", "4"),
        (r"\sqrt{9+16}", "5"),
        (r"\sqrt[3]{27}", "3"),
        (r"8^{2/3}", "4"),
        (r"2^4-1", "15"),
        (r"7^1", "7"),
        (r"|-4|", "4"),
        (r"\lfloor 4.5 \rfloor", "4"),
        (r"\max(3, 4)", "4"),
        (r"\gcd(8, 12)", "4"),
        (r"17 \bmod 13", "4"),
        (r"\sum_{k=1}^{4} k", "10"),
        (r"\int_0^2 x\,dx", "2"),
        (r"\lim_{n\to\infty}\frac{2n}{n}", "2"),
        (r"-(-4)", "4"),
        (r"5 - -8", "13"),
        (r"2\pi + 3\pi", r"5\pi"),
        (r"2\cdot 3\pi", r"6\pi"),
        (r"\sqrt2\cdot\sqrt3", r"\sqrt6"),
        (r"\sqrt2+\sqrt2", r"2\sqrt2"),
        (r"(1+i)(1-i)", "2"),
        (r"(1+\sqrt2)^2", r"3+2\sqrt2"),
        (r"i^2", "-1"),
        (r"\frac{\sqrt{18}}{\sqrt2}", "3"),
        (r"\log_2 4 + \log_2 8", "5"),
        (r"3!\cdot 2", "12"),
        (r"\frac{6!}{4!}", "30"),
        (r"x - x + 7", "7"),
    ],
)
def test_arithmetic_that_is_left_is_no_answer(answer, golden):
    assert compare(answer, golden).equal is False
    assert compare(answer, golden, value_alone=True).equal is not None


@pytest.mark.parametrize(
    ("answer", "golden"),
    [
        (r"\frac{6}{8}", r"\frac{3}{4}"),
        ("0.75", r"\frac{3}{4}"),
        (r"75\%", r"\frac{3}{4}"),
        (r"1\frac{3}{4}", r"\frac{7}{4}"),
        (r"\frac{14}{2}", "7"),
        (r"\sqrt{12}", r"2\sqrt3"),
        (r"3+\sqrt2", r"\sqrt2+3"),
        (r"0+2i", r"2i"),
        (r"\frac{6+2\sqrt5}{4}", r"\frac{3+\sqrt5}{2}"),
        (r"2(1+\sqrt3)", r"2+2\sqrt3"),
        (r"\frac{2}{\sqrt3}", r"\frac{2\sqrt3}{3}"),
        (r"\frac{1}{2}\pi", r"\frac{\pi}{2}"),
        (r"3\cdot10^{8}", "300000000"),
        (r"2^{10}", "1024"),
        (r"5!", "120"),
        (r"\binom{6}{2}", "15"),
        (r"2^3\cdot 3\cdot 5", "120"),
        (r"\frac{3}{2^{10}}", r"\frac{3}{1024}"),
        (r"\arctan 1", r"\frac{\pi}{4}"),
        (r"2\ln 2-\ln 3", r"\ln\frac43"),
        (r"3+4i", "4i+3"),
        (r"\pm 3", "-3,3"),
        (r"1\pm\sqrt2", r"1+\sqrt2, 1-\sqrt2"),
        (r"5+8=13", "13"),
        (r"13=5+8", "13"),
        (r"5+8", "5+8"),
        (r"8+5", "5+8"),
        (r"2 \text{ hours } 30 \text{ minutes}", r"2.5\text{ hours}"),
        (r"3\text{ million}", "3000000"),
        (r"\frac15\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1/5\\2/5\end{pmatrix}"),
        (r"\cos\frac{\pi}{3}+i\sin\frac{\pi}{3}", r"\frac12+\frac{\sqrt3}{2}i"),
        (r"(3,\infty)", "x>3"),
        ("seven", "7"),
    ],
)
def test_a_value_in_another_form_is_final(answer, golden):
    verdict = compare(answer, golden)
    assert verdict.equal is True, verdict


@pytest.mark.parametrize(
    ("question", "answer", "golden"),
    [
        ("What is 96 divided by 8?", r"\frac{96}{8}", "12"),
        ("96 sweets are shared by 8 children. How many does each get?", "96/8", "12"),
        (r"Write $\frac{96}{8}$ as an integer.", "96/8", "12"),
        (r"Reduce $\frac{30}{42}$.", r"\frac{30}{42}", r"\frac57"),
        ("Write 0.32 as a fraction.", "0.32", r"\frac{8}{25}"),
        ("Write 3/8 as a decimal.", r"\frac38", "0.375"),
        (r"Write $0.\overline{27}$ as a fraction.", r"0.\overline{27}", r"\frac{3}{11}"),
        (r"Write $32\%$ as a fraction.", r"32\%", r"\frac{8}{25}"),
        ("How many inches are in 3 feet?", r"3\text{ feet}", "36"),
        (r"Simplify $\sqrt{75}$.", r"\sqrt{75}", r"5\sqrt3"),
        (r"Simplify $\sqrt{75}$.", r"\frac{2\sqrt{75}}{2}", r"5\sqrt3"),
        (r"Evaluate $2^{8}$.", "2^8", "256"),
        (r"Evaluate $2^{8}$.", "4^4", "256"),
        ("What is two to the power of eight?", "2^8", "256"),
        (r"Find $\binom{7}{3}$.", r"\binom{7}{4}", "35"),
        (r"Compute $\sin 150^\circ$.", r"\sin 30^\circ", r"\frac12"),
        (r"Expand $(x+1)(x+4)$.", "(x+4)(x+1)", "x^2+5x+4"),
        (r"Expand $(x+1)(x+4)$.", r"1\cdot(x+1)(x+4)+0", "x^2+5x+4"),
        (r"Expand $(x+1)(x+4)$.", r"\frac{2(x+1)(x+4)}{2}", "x^2+5x+4"),
        (r"Expand $(x+1)(x+4)$.", r"x(x+4)+1(x+4)", "x^2+5x+4"),
        (r"Factor $x^2+5x+4$.", "4+5x+x^2", "(x+1)(x+4)"),
        (r"Factor $x^2+5x+4$.", "x(x+5)+4", "(x+1)(x+4)"),
        (r"Simplify $5y+3y$.", "3y+5y", "8y"),
        (r"Solve $3x-2 > 7$.", "3x > 9", "x > 3"),
        (r"Solve $3x-2 > 7$.", "3x-2>7", "(3, \\infty)"),
        (r"Write $2x-4y=8$ in slope-intercept form.", "2x=8+4y", r"y=\frac12x-2"),
        (r"If $\frac{1}{a}+\frac{1}{b}=2$, what is $a+b$?", r"\frac{1}{a}+\frac{1}{b}=2", "2"),
        (r"If $\frac{1}{a}+\frac{1}{b}=2$, what is $a+b$?", r"\frac{1}{b}+\frac{1}{a}=2", "2"),
        (r"If $ab+bc=0$, what is $(a+b)c$?", r"\text{ab+bc=0}", "0"),
        (r"If $f(4) = 7$, what is $f(5)$?", "f(4)=7", "7"),
        ("Simplify 21:14.", "21:14", "3:2"),
        ("Simplify 21:14.", "x=21:14", "3:2"),
        ("Simplify 42:28.", "21:14", "3:2"),
        ("Simplify 42:28.", "1.5:1", "3:2"),
        ("What is 42 : 28 as a ratio of smaller numbers?", "42:28", "3:2"),
        (
            r"If $\text{proj}_{u} w = \begin{pmatrix}1\\2\end{pmatrix}$, find $\text{proj}_{-u} w$.",
            r"\text{proj}_{u} w = \begin{pmatrix}1\\2\end{pmatrix}",
            r"\begin{pmatrix}1\\2\end{pmatrix}",
        ),
    ],
)
def test_what_rearranges_the_question_is_no_answer(question, answer, golden):
    assert compare(answer, golden, question).equal is False


@pytest.mark.parametrize(
    ("question", "answer", "golden"),
    [
        (r"Expand $(x+1)(x+4)$.", "4+5x+x^2", "x^2+5x+4"),
        (r"Factor $x^2+5x+4$.", "(4+x)(1+x)", "(x+1)(x+4)"),
        (r"Simplify $4(x+1)-2x$.", "2(x+2)", "2x+4"),
        ("3 of 6 balls are red. How likely is red?", r"\frac36", r"\frac12"),
        ("How many subsets has a set of 9 elements?", "2^9", "512"),
        (r"Write $2x-4y=8$ in slope-intercept form.", r"y=\frac{x}{2}-2", r"y=\frac12x-2"),
        ("Which line is it, $y = 2x + 3$ or $y = x$?", "2x + 3", "3 + 2x"),
        ("What is the area of a circle of radius 5?", r"25\pi", r"25\pi"),
        (r"What is $\frac{\pi}{3}+\frac{\pi}{3}$?", r"\frac{2\pi}{3}", r"\frac23\pi"),
        ("Is it 12 or 13?", "12", "12"),
        ("There are 21 boys and 14 girls. What is their ratio?", "21:14", "3:2"),
        ("Is the ratio 42:28 or 21:14?", "21:14", "21:14"),
        (r"Solve $\frac{1}{x-5} > 0$.", "x > 5", r"(5, \infty)"),
        (r"Solve $(x-5)(x-5) = 0$.", "x = 5", "5"),
        ("Which is it?\n(A) f(4) = 7\n(B) f(4) = 8", "f(4) = 7", "7"),
    ],
)
def test_a_right_answer_survives_what_the_question_shows(question, answer, golden):
    verdict = compare(answer, golden, question)
    assert verdict.equal is True, verdict


whole = st.integers(2, 60)
WRAPPED = [
    "{}",
    "({})",
    "{{{}}}",
    "1\\cdot({})",
    "({})\\cdot 1",
    "({})+0",
    "0+({})",
    "-(-({}))",
    "x=({})",
    "({})^1",
    "\\frac{{{}}}{{1}}",
    "\\frac{{2({})}}{{2}}",
    "\\sqrt{{({})^2}}",
    "100\\%\\cdot({})",
    "\\left|{}\\right|",
    "({})-1+1",
    "\\max({}, 0)",
    "({})=({})",
]


@st.composite
def arithmetic(draw, depth=2):
    """Return an expression of integers, as text, and its value."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        number = draw(whole)
        return str(number), Fraction(number)
    left, a = draw(arithmetic(depth=depth - 1))
    right, b = draw(arithmetic(depth=depth - 1))
    sign = draw(st.sampled_from(["+", "-", "\\cdot", "\\times"]))
    value = {"+": a + b, "-": a - b}.get(sign, a * b)
    return f"({left}) {sign} ({right})", value


@given(arithmetic(), st.sampled_from(WRAPPED), st.sampled_from(WRAPPED), st.booleans())
def test_no_arrangement_of_arithmetic_is_an_answer(drawn, inner, outer, shown):
    text, value = drawn
    assume(any(sign in text for sign in "+-\\"))
    answer = outer.replace("{}", inner.replace("{}", text)) if "=" not in inner else inner.replace("{}", text)
    answer = answer.replace("{{", "{").replace("}}", "}")
    question = f"Compute ${text}$." if shown else ""
    assert not compare(answer, str(value), question).equal


@given(arithmetic(), st.sampled_from(["{}", "x = {}", "{{{}}}", "{}.0", "{}\\text{{ }}"]))
def test_the_value_is_an_answer_to_its_arithmetic(drawn, form):
    text, value = drawn
    answer = form.replace("{}", str(value), 1).replace("{{", "{").replace("}}", "}")
    verdict = compare(answer, str(value), f"Compute ${text}$.")
    assert verdict.equal is True, verdict


def test_the_golden_answers_own_work_is_final_but_not_more_of_it():
    assert unfinished(r"\frac{6!}{2!\,2!}", r"\frac{6!}{2! 2!}") is None
    assert unfinished(r"\frac{6!}{2^2}", r"\frac{6!}{2! 2!}") is None
    assert unfinished(r"1+1+1+1+1+1+1", "3+4") is not None


@pytest.mark.parametrize(
    ("answer", "golden", "is_right"),
    [
        (r"2\sqrt{2}", "2.828", True),
        (r"\frac{\pi}{4}", "0.785398", True),
        (r"\sqrt{49}", "7", False),
        (r"\frac{\sqrt{2}}{\sqrt{8}}", "0.5", False),
        (r"e^{\ln 7}", "7", False),
    ],
)
def test_an_irrational_value_is_final_where_the_golden_answer_is_its_rounding(answer, golden, is_right):
    assert compare(answer, golden).equal is is_right


def test_a_number_in_the_words_of_the_question_is_not_written_in_digits():
    question = "Write twelve thousand forty in digits."
    assert compare("twelve thousand forty", "12040", question).equal is False
    assert compare("twelve thousand forty", "12040", "How many are there?").equal is True


def test_a_number_of_the_question_is_no_factorisation():
    question = "Find the prime factorization of 360."
    answers = {
        "360": False,
        r"2^3 \cdot 45": False,
        r"5 \cdot 3^2 \cdot 2^3": True,
        r"2\cdot2\cdot2\cdot3\cdot3\cdot5": True,
    }
    assert {one: compare(one, r"2^3 \cdot 3^2 \cdot 5", question).equal for one in answers} == answers


def test_factorials_are_a_notation_of_a_binomial():
    assert compare(r"\frac{10!}{3!7!}", r"\binom{10}{3}").equal is True
    assert compare(r"\frac{10\cdot9\cdot8}{3\cdot2\cdot1}", r"\binom{10}{3}").equal is False
    assert compare(r"\frac{10!}{3!7!}", "120").equal is False


def test_a_determinant_has_to_be_expanded():
    determinant = r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}"
    assert compare(determinant, "ad - bc").equal is False
