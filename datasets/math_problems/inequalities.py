"""Inequalities, their solution sets as intervals, and extreme values."""

from fractions import Fraction
from itertools import count, product

from sympy import (
    And,
    Interval,
    Rational,
    S,
    calculus,
    discriminant,
    log,
    minimum,
    oo,
    reduce_inequalities,
    solve,
    solve_univariate_inequality,
    sqrt,
    symbols,
)

from .problem import Subject

SUBJECT = Subject("Inequalities")
problem = SUBJECT.problem

x, y, z, a, t = symbols("x y z a t", real=True)


def solutions(inequality):
    return solve_univariate_inequality(inequality, x, relational=False)


@problem(2, r"(-\infty,12)")
def linear_inequality():
    """Solve $3x-7<2x+5$. Give the solution set as an interval."""
    return solutions(3 * x - 7 < 2 * x + 5)


@problem(2, "14")
def largest_integer():
    r"""What is the largest integer $n$ with $7n-3\le 100$?"""
    return max(n for n in range(-100, 101) if 7 * n - 3 <= 100)


@problem(2, r"(-\infty,-3]")
def division_by_a_negative_number():
    r"""Find all real $x$ with $5-2x\ge 11$ and write them as an interval."""
    return solutions(5 - 2 * x >= 11)


@problem(2, "[1,6)")
def double_inequality():
    r"""For which real $x$ is $1\le\frac{2x+3}{5}<3$? Answer with an interval."""
    return solutions((2 * x + 3) / 5 >= 1) & solutions((2 * x + 3) / 5 < 3)


@problem(2, "10")
def fairground_rides():
    """Leo goes to the fair with 50 dollars. He spends 14 dollars on food and the rest on rides at 3.50
    dollars each. How many rides can he afford at most?"""
    return max(rides for rides in range(100) if 14 + Rational("3.5") * rides <= 50)


@problem(3, r"\left(\frac{3}{2},\frac{13}{2}\right)")
def distance_less_than():
    r"""Write the set of all real $x$ with $|x-4|<\frac52$ as an interval."""
    return solutions(abs(x - 4) < Rational(5, 2))


@problem(3, r"(-\infty,-3)\cup(4,\infty)")
def quadratic_inequality():
    """Solve the inequality $x^2-x-12>0$ in interval notation."""
    return solutions(x**2 - x - 12 > 0)


@problem(3, "12")
def integers_in_a_band():
    r"""How many integers $n$ satisfy $|3n+2|\le 17$?"""
    return sum(abs(3 * n + 2) <= 17 for n in range(-100, 101))


@problem(3, "[-2,3)")
def sign_of_a_quotient():
    r"""Determine the interval of all real $x$ for which $\frac{x+2}{x-3}\le 0$."""
    return solutions((x + 2) / (x - 3) <= 0)


@problem(3, "(2,4)")
def two_conditions():
    """Which interval consists of the real numbers that satisfy both $2x+1>5$ and $3x-4<8$?"""
    return And(2 * x + 1 > 5, 3 * x - 4 < 8).as_set()


@problem(3, "(-4,4)")
def always_positive():
    """For which real numbers $a$ is $x^2+ax+4>0$ for every real $x$? Answer with an interval."""
    return solve_univariate_inequality(discriminant(x**2 + a * x + 4, x) < 0, a, relational=False)


@problem(3, "6")
def number_plus_reciprocal():
    r"""Find the minimum of $x+\frac{9}{x}$ over all positive real $x$."""
    return minimum(x + 9 / x, x, Interval.open(0, oo))


@problem(3, "100")
def neighbouring_roots():
    r"""What is the smallest positive integer $n$ such that $\sqrt{n+1}-\sqrt{n}<\frac{1}{20}$?"""
    return next(n for n in count(1) if sqrt(n + 1) - sqrt(n) < Rational(1, 20))


@problem(3, r"(-2,0)\cup(2,\infty)")
def cubic_inequality():
    """Where is $x^3$ greater than $4x$? Give the set of such real $x$ as a union of intervals."""
    return solutions(x**3 > 4 * x)


@problem(4, r"(-\infty,-3)\cup[4,\infty)")
def rational_inequality():
    r"""Solve $\dfrac{2x-1}{x+3}\ge 1$ over the real numbers and use interval notation."""
    return solutions((2 * x - 1) / (x + 3) >= 1)


@problem(4, r"(-\infty,1)\cup(1,5)")
def double_zero():
    """Find the solution set of $(x-1)^2(x-5)<0$ in interval notation."""
    return solutions((x - 1) ** 2 * (x - 5) < 0)


@problem(4, "[-7,2)")
def radical_inequality():
    r"""For which real $x$ does $\sqrt{x+7}>x+1$ hold? Answer with an interval."""
    return solutions(sqrt(x + 7) > x + 1)


@problem(4, r"[-3,1)\cup(1,3]")
def domain_with_a_hole():
    r"""Give the largest set of real numbers on which the formula $\frac{\sqrt{9-x^2}}{x-1}$ makes sense."""
    return calculus.util.continuous_domain(sqrt(9 - x**2) / (x - 1), x, S.Reals)


@problem(4, "[-3,2]")
def sum_of_distances():
    r"""Solve $|x-1|+|x+2|\le 5$. The answer is an interval."""
    return reduce_inequalities(abs(x - 1) + abs(x + 2) <= 5, x).as_set()


@problem(4, "(1,5)")
def logarithmic_inequality():
    r"""Determine all real $x$ with $\log_{1/2}(x-1)>-2$ as an interval."""
    return solutions(log(x - 1) < 2 * log(2)) & Interval.open(1, oo)  # times the negative number log(1/2)


@problem(4, "[1,2]")
def exponential_inequality():
    r"""Which interval is the solution set of $4^x-6\cdot 2^x+8\le 0$?"""
    powers = solve_univariate_inequality(t**2 - 6 * t + 8 <= 0, t, relational=False)
    return Interval(log(powers.start, 2), log(powers.end, 2))


@problem(4, "6")
def largest_product():
    """Positive real numbers satisfy $2x+3y=12$. How large can $xy$ be at most?"""
    return -minimum(-x * (12 - 2 * x) / 3, x, Interval(0, 6))


@problem(4, "46")
def sign_changes():
    """For how many integers $n$ is the product $(n^2-1)(n^2-11)(n^2-101)(n^2-1001)$ negative?"""
    return sum((n * n - 1) * (n * n - 11) * (n * n - 101) * (n * n - 1001) < 0 for n in range(-40, 41))


@problem(4, r"\left[\frac{1}{3},3\right]")
def range_of_a_fraction():
    r"""Which values does $\frac{x^2+x+1}{x^2-x+1}$ take when $x$ runs through the real numbers? Answer with
    an interval."""
    return calculus.util.function_range((x**2 + x + 1) / (x**2 - x + 1), x, S.Reals)


@problem(5, "9")
def weighted_reciprocals():
    r"""Let $a$ and $b$ be positive real numbers. What is the least possible value of
    $(a+b)\left(\frac1a+\frac4b\right)$?"""
    return minimum((1 + x) * (1 + 4 / x), x, Interval.open(0, oo))  # only the ratio b : a matters


@problem(5, "14")
def nearest_point_of_a_plane():
    """The real numbers $x$, $y$, $z$ satisfy $x+2y+3z=14$. What is the minimum of $x^2+y^2+z^2$?"""
    lagrange = [2 * x - t, 2 * y - 2 * t, 2 * z - 3 * t, x + 2 * y + 3 * z - 14]
    nearest = solve(lagrange, [x, y, z, t])
    return (x**2 + y**2 + z**2).subs(nearest)


@problem(5, "4")
def square_times_number():
    """Non-negative real numbers $a$ and $b$ have the sum 3. Find the maximum of $a^2b$."""
    return -minimum(-(x**2) * (3 - x), x, Interval(0, 3))


@problem(5, r"\frac{3}{2}")
def three_fractions():
    r"""What is the least value of $\frac{a}{b+c}+\frac{b}{c+a}+\frac{c}{a+b}$ for positive real $a$, $b$,
    $c$?"""
    return min(
        Fraction(p, q + r) + Fraction(q, r + p) + Fraction(r, p + q)
        for p, q, r in product(range(1, 16), repeat=3)
    )


@problem(4, r"\frac{1}{27}")
def product_of_unit_sum():
    """Three positive numbers add up to 1. What is the largest value that their product can have?"""
    return max(Fraction(p * q * (60 - p - q), 60**3) for p in range(1, 60) for q in range(1, 60 - p))


@problem(5, "4")
def quotient_with_a_root():
    r"""Find the minimum of $\dfrac{x^2+7}{\sqrt{x^2+3}}$ over all real $x$."""
    return minimum((x**2 + 7) / sqrt(x**2 + 3), x, S.Reals)


@problem(5, r"\frac{\sqrt{2}}{2}")
def best_constant():
    r"""Determine the largest real number $k$ such that $\sqrt{a^2+b^2}\ge k(a+b)$ for all non-negative real
    $a$ and $b$."""
    return minimum(sqrt(x**2 + (1 - x) ** 2), x, Interval(0, 1))
