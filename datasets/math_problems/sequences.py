"""Sequences, recurrences, finite sums and infinite series."""

from fractions import Fraction
from itertools import accumulate, count
from math import factorial, isqrt

from sympy import (
    Function,
    I,
    Rational,
    Sum,
    Symbol,
    arg,
    factor,
    interpolate,
    oo,
    pi,
    product,
    rsolve,
    simplify,
    sin,
    solve,
    sqrt,
    summation,
    symbols,
)

from .problem import Subject

SUBJECT = Subject("Sequences and Series")
problem = SUBJECT.problem

n, k = symbols("n k", integer=True, positive=True)
a, d, r, x = symbols("a d r x")


@problem(1, "19")
def next_of_an_arithmetic_pattern():
    """Each number of the list 3, 7, 11, 15 is larger than the one before by the same amount. Which number
    comes next?"""
    return 15 + (15 - 11)


@problem(1, "162")
def next_of_a_geometric_pattern():
    """In the list 2, 6, 18, 54 each number is the same multiple of the one before. Continue the list by one
    number."""
    return 54 * Rational(54, 18)


@problem(1, "28")
def dots_in_a_triangle():
    """A triangle of dots has one dot in the first row and one dot more in each further row. How many dots are
    there in a triangle of seven rows?"""
    return sum(range(1, 8))


@problem(1, "31")
def matchstick_squares():
    """A row of squares is laid out with matches, neighbouring squares sharing a match: one square takes 4
    matches, two squares take 7. How many matches do ten squares take?"""
    upright, lying = 11, 2 * 10
    return upright + lying


@problem(2, "32")
def tenth_term():
    """What is the tenth term of the arithmetic sequence that begins 5, 8, 11?"""
    return range(5, 1000, 3)[9]


@problem(2, "24")
def how_many_terms():
    """How many terms does the arithmetic sequence 7, 11, 15, ..., 99 have?"""
    return len(range(7, 99 + 1, 4))


@problem(2, "20100")
def sum_to_two_hundred():
    """Add up all whole numbers from 1 to 200."""
    return sum(range(1, 201))


@problem(2, "5n-1")
def general_term():
    """The arithmetic sequence 4, 9, 14, 19, ... has a formula for its $n$-th term, with $n=1$ for the term 4.
    Find this formula."""
    line = solve([a + d - 4, a + 2 * d - 9], [a, d])
    return line[a] + line[d] * n


@problem(2, "735")
def multiples_of_seven():
    """Find the sum of all positive multiples of 7 that are smaller than 100."""
    return sum(range(7, 100, 7))


@problem(2, "55")
def tenth_fibonacci():
    """A sequence starts with 1, 1, and each later term is the sum of the two terms before it. What is its
    tenth term?"""
    terms = [1, 1]
    while len(terms) < 10:
        terms.append(terms[-2] + terms[-1])
    return terms[9]


@problem(3, "258")
def alternating_geometric_sum():
    """A geometric sequence has first term 6 and ratio $-2$. What is the sum of its first seven terms?"""
    return sum(6 * (-2) ** i for i in range(7))


@problem(3, "9")
def geometric_series():
    r"""Evaluate the infinite series $12-4+\frac43-\frac49+\cdots$."""
    return summation(12 * Rational(-1, 3) ** k, (k, 0, oo))


@problem(3, "3")
def first_term_from_two():
    """The third term of an arithmetic sequence is 11 and the eighth is 31. What is the first?"""
    return solve([a + 2 * d - 11, a + 7 * d - 31], [a, d])[a]


@problem(3, "n^2")
def sum_of_odd_numbers():
    r"""Give a formula in $n$ for $1+3+5+\dots+(2n-1)$."""
    return factor(summation(2 * k - 1, (k, 1, n)))


@problem(3, "122")
def recursion():
    """Let $a_1=2$ and $a_{m+1}=3a_m-1$ for every $m$. Find $a_5$."""
    term = 2
    for _ in range(4):
        term = 3 * term - 1
    return term


@problem(3, r"\frac{99}{100}")
def telescoping_sum():
    r"""Compute $\frac{1}{1\cdot2}+\frac{1}{2\cdot3}+\frac{1}{3\cdot4}+\dots+\frac{1}{99\cdot100}$."""
    return sum(Fraction(1, i * (i + 1)) for i in range(1, 100))


@problem(3, "315.25")
def regular_savings():
    r"""At the end of each of three years someone pays 100 dollars into an account that earns $5\%$ interest
    per year. How many dollars are in the account right after the third payment?"""
    balance = Rational(0)
    for _ in range(3):
        balance = balance * Rational(105, 100) + 100
    return balance


@problem(3, "45")
def first_triangular_number_above():
    r"""What is the least $n$ for which $1+2+3+\dots+n$ exceeds 1000?"""
    return next(m for m, total in enumerate(accumulate(count(1)), start=1) if total > 1000)


@problem(3, "18")
def three_terms_of_a_geometric_sequence():
    """Three real numbers in increasing order form a geometric sequence. Their sum is 26 and their product is
    216. What is the largest of them?"""
    middle = 6
    ratios = [v for v in solve(middle / r + middle + middle * r - 26, r) if v > 1]
    [ratio] = ratios
    return middle * ratio


@problem(4, "5039")
def factorial_sum():
    r"""Evaluate $1\cdot1!+2\cdot2!+3\cdot3!+4\cdot4!+5\cdot5!+6\cdot6!$."""
    return sum(i * factorial(i) for i in range(1, 7))


@problem(4, r"\frac{3}{4}")
def step_of_two():
    r"""Find the value of $\sum_{m=1}^{\infty}\frac{1}{m(m+2)}$."""
    return summation(1 / (k * (k + 2)), (k, 1, oo))


@problem(4, r"\frac{n^2(n+1)^2}{4}")
def sum_of_cubes():
    r"""Express $1^3+2^3+\dots+n^3$ as a closed formula in $n$."""
    return factor(summation(k**3, (k, 1, n)))


@problem(4, r"2\cdot 3^n-2^n")
def linear_recurrence():
    r"""A sequence has $u_0=1$, $u_1=4$ and $u_{m+2}=5u_{m+1}-6u_m$ for $m\ge 0$. Find $u_n$ in closed
    form."""
    u, m = Function("u"), Symbol("m", integer=True)
    return rsolve(u(m + 2) - 5 * u(m + 1) + 6 * u(m), u(m), {u(0): 1, u(1): 4}).subs(m, n)


@problem(4, "9")
def telescoping_radicals():
    r"""Compute $\frac{1}{\sqrt1+\sqrt2}+\frac{1}{\sqrt2+\sqrt3}+\dots+\frac{1}{\sqrt{99}+\sqrt{100}}$."""
    return sum(1 / (sqrt(i) + sqrt(i + 1)).evalf(50) for i in range(1, 100))


@problem(4, r"\frac{21}{40}")
def product_of_square_factors():
    r"""Evaluate the product $\left(1-\frac{1}{2^2}\right)\left(1-\frac{1}{3^2}\right)\cdots
    \left(1-\frac{1}{20^2}\right)$."""
    return product(1 - 1 / k**2, (k, 2, 20))


@problem(4, "625")
def sum_of_floored_roots():
    r"""Let $\lfloor t\rfloor$ denote the largest integer not exceeding $t$. Find
    $\lfloor\sqrt1\rfloor+\lfloor\sqrt2\rfloor+\dots+\lfloor\sqrt{100}\rfloor$."""
    return sum(isqrt(i) for i in range(1, 101))


@problem(4, "32")
def repeated_numbers():
    """In the sequence 1, 2, 2, 3, 3, 3, 4, 4, 4, 4, ... every positive integer $m$ stands $m$ times in a row.
    What is the 500th term?"""
    return [m for m in range(1, 100) for _ in range(m)][499]


@problem(4, "3")
def period_of_five():
    r"""A sequence has $t_1=3$, $t_2=5$ and $t_{m+2}=\frac{t_{m+1}+1}{t_m}$ for all $m\ge 1$. What is
    $t_{2026}$?"""
    terms = [Fraction(3), Fraction(5)]
    while len(terms) < 2026:
        terms.append((terms[-1] + 1) / terms[-2])
    return terms[2025]


@problem(4, "3")
def geometric_within_arithmetic():
    """The first, second and fifth terms of an arithmetic sequence with nonzero difference form a geometric
    sequence. What is the ratio of this geometric sequence?"""
    [first] = [v for v in solve((a + d) ** 2 - a * (a + 4 * d), a) if v != 0]
    return simplify((first + d) / first)


@problem(4, r"\frac{3}{4}")
def arithmetic_geometric_series():
    r"""To which number does $\frac13+\frac29+\frac{3}{27}+\frac{4}{81}+\cdots$ converge?"""
    return summation(k / 3**k, (k, 1, oo))


@problem(5, r"\frac{1}{191}")
def reciprocal_recursion():
    r"""Let $v_1=1$ and $v_{m+1}=\frac{v_m}{1+m\,v_m}$ for $m\ge 1$. Find $v_{20}$."""
    term = Fraction(1)
    for m in range(1, 20):
        term = term / (1 + m * term)
    return term


@problem(5, r"\ln 2")
def logarithmic_series():
    r"""Find the exact value of $\sum_{m=1}^{\infty}\frac{1}{m\,2^m}$."""
    return Sum(1 / (k * 2**k), (k, 1, oo)).evalf(50)


@problem(5, r"\frac{3}{5}")
def fibonacci_series():
    r"""Let $F_1=F_2=1$ and $F_{m+2}=F_{m+1}+F_m$. Compute $\sum_{m=1}^{\infty}\frac{F_m}{3^m}$."""
    total = symbols("total")  # adding the series to itself, shifted by one and by two places
    [value] = solve(total - (Rational(1, 3) + total / 3 + total / 9), total)
    return value


@problem(5, r"\frac{3\pi}{4}")
def arctangent_series():
    r"""Evaluate $\sum_{m=1}^{\infty}\arctan\frac{2}{m^2}$ exactly."""
    z = 1 - I  # the sum is below pi and is the argument of the product of all 1 + 2i/m^2 = 1 - z^2/m^2
    return arg((sin(pi * z) / (pi * z)).evalf(50))


@problem(5, r"\frac{3}{8}")
def quartic_denominators():
    r"""Find the sum of the series $\sum_{m=1}^{\infty}\frac{m}{m^4+4}$."""
    return Sum(k / (k**4 + 4), (k, 1, oo)).evalf(50)


@problem(4, "76")
def polynomial_sequence():
    """The sequence 1, 4, 11, 24, 45, ... is given by a polynomial of degree 3. What is its sixth term?"""
    return interpolate([1, 4, 11, 24, 45], x).subs(x, 6)
