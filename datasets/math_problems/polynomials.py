"""Polynomials (division, roots, coefficients) and complex numbers (arithmetic, equations, roots of unity)."""

from math import prod

from sympy import (
    I,
    Poly,
    Rational,
    S,
    arg,
    cbrt,
    conjugate,
    discriminant,
    div,
    exp,
    expand,
    factor,
    gcd,
    interpolate,
    minimal_polynomial,
    pi,
    rem,
    roots,
    simplify,
    solve,
    solve_univariate_inequality,
    solveset,
    sqrt,
    symbols,
)

from .problem import Subject

SUBJECT = Subject("Polynomials and Complex Numbers")
problem = SUBJECT.problem

x, z, k = symbols("x z k")


@problem(3, "14")
def remainder_theorem():
    """What is the remainder when $x^3-2x^2+5$ is divided by $x-3$?"""
    return rem(x**3 - 2 * x**2 + 5, x - 3, x)


@problem(3, "x^2+x+1")
def polynomial_quotient():
    r"""Simplify $\frac{x^3-1}{x-1}$ for $x\ne 1$ to a polynomial."""
    quotient, rest = div(x**3 - 1, x - 1, x)
    return quotient + rest


@problem(3, "(x-1)(x-2)(x-3)")
def factor_a_cubic():
    """Factor $x^3-6x^2+11x-6$ into linear factors."""
    return factor(x**3 - 6 * x**2 + 11 * x - 6)


@problem(3, "-1")
def sum_of_coefficients():
    """What is the sum of all coefficients of $(2x-3)^5$ after expanding it?"""
    return sum(Poly((2 * x - 3) ** 5, x).coeffs())


@problem(3, "10")
def degree_of_a_product():
    """Which degree does the polynomial $(x^2+1)^3(x^4-2x)$ have?"""
    return Poly((x**2 + 1) ** 3 * (x**4 - 2 * x), x).degree()


@problem(3, "(2, 3)")
def partial_fractions():
    r"""Find the pair $(A,B)$ of constants with $\frac{5x-1}{(x-1)(x+1)}=\frac{A}{x-1}+\frac{B}{x+1}$."""
    a, b = symbols("a b")
    solution = solve(Poly(a * (x + 1) + b * (x - 1) - (5 * x - 1), x).coeffs(), [a, b])
    return solution[a], solution[b]


@problem(3, "11-10i")
def complex_product():
    """Write $(3+2i)(1-4i)$ in the form $a+bi$."""
    return expand((3 + 2 * I) * (1 - 4 * I))


@problem(3, r"\frac{7}{13}+\frac{17}{13}i")
def complex_quotient():
    r"""Compute $\frac{5+i}{2-3i}$ and give the result as $a+bi$."""
    return expand((5 + I) * (2 + 3 * I) / 13)


@problem(3, "13")
def modulus():
    """What is the absolute value of the complex number $5-12i$?"""
    return abs(5 - 12 * I)


@problem(3, r"\{2-3i,2+3i\}")
def complex_roots_of_a_quadratic():
    """Find the set of complex solutions of $x^2-4x+13=0$."""
    return set(solve(x**2 - 4 * x + 13, x))


@problem(3, "(2, -1)")
def centre_in_the_complex_plane():
    """The complex numbers $z$ with $|z-2+i|=3$ form a circle in the plane. Which point $(a,b)$ is its
    centre?"""
    a, b = symbols("a b", real=True)
    distance = expand((a + b * I - 2 + I) * conjugate(a + b * I - 2 + I))
    centre = solve([distance.diff(a), distance.diff(b)], [a, b])
    return centre[a], centre[b]


@problem(4, "-1")
def factor_theorem():
    """For which number $k$ is $x+2$ a factor of $x^3+kx^2-3x+6$?"""
    [value] = solve((x**3 + k * x**2 - 3 * x + 6).subs(x, -2), k)
    return value


@problem(4, "x+1")
def remainder_of_a_high_power():
    """Find the remainder of $x^{100}+x$ on division by $x^2-1$."""
    return rem(x**100 + x, x**2 - 1, x)


@problem(4, r"\frac{21}{4}")
def squares_of_cubic_roots():
    """The roots of $2x^3-5x^2+x+3$ are $p$, $q$, $r$. Compute $p^2+q^2+r^2$."""
    return simplify(sum(root**2 * times for root, times in roots(2 * x**3 - 5 * x**2 + x + 3, x).items()))


@problem(4, "51")
def trinomial_coefficient():
    """What is the coefficient of $x^5$ in the expansion of $(1+x+x^2)^5$?"""
    return Poly((1 + x + x**2) ** 5, x).coeff_monomial(x**5)


@problem(4, "x^3-3x^2+3x-3")
def cubic_with_a_given_root():
    r"""Which monic cubic polynomial with integer coefficients has the root $1+\sqrt[3]{2}$?"""
    return minimal_polynomial(1 + cbrt(2), x)


@problem(4, "x^4-10x^2+1")
def minimal_polynomial_of_a_sum():
    r"""Find the monic polynomial of least degree with rational coefficients that vanishes at
    $\sqrt2+\sqrt3$."""
    return minimal_polynomial(sqrt(2) + sqrt(3), x)


@problem(4, "32i")
def power_of_one_plus_i():
    """Evaluate $(1+i)^{10}$."""
    return expand((1 + I) ** 10)


@problem(4, r"\{-3-2i,3+2i\}")
def complex_square_roots():
    """Which complex numbers have the square $5+12i$? Give both as a set."""
    return set(roots(z**2 - 5 - 12 * I, z))


@problem(4, r"\frac{5\pi}{6}")
def argument():
    r"""Determine the argument of $-\sqrt3+i$ in the interval $(-\pi,\pi]$."""
    return arg(-sqrt(3) + I)


@problem(4, "3")
def number_of_real_roots():
    """How many distinct real roots does $x^5-5x+3$ have?"""
    return Poly(x**5 - 5 * x + 3, x).count_roots()


@problem(4, "(x^2-2x+2)(x^2+2x+2)")
def factor_a_sum():
    """Write $x^4+4$ as a product of two quadratic polynomials with integer coefficients."""
    return factor(x**4 + 4)


@problem(4, r"\{1+i,1-i,-1+i,-1-i\}")
def fourth_roots():
    """Find all complex numbers $z$ with $z^4=-4$. Give them as a set."""
    return set(roots(z**4 + 4, z))


@problem(4, "6")
def common_roots_of_unity():
    """How many complex numbers $z$ satisfy both $z^{12}=1$ and $z^{18}=1$?"""
    return Poly(gcd(z**12 - 1, z**18 - 1), z).degree()


@problem(4, r"\left\{\frac{1}{2},1,2\right\}")
def palindromic_equation():
    """Solve $2x^4-9x^3+14x^2-9x+2=0$ over the complex numbers and give the set of solutions."""
    return set(roots(2 * x**4 - 9 * x**3 + 14 * x**2 - 9 * x + 2, x))


@problem(4, "3+4i")
def equation_with_a_conjugate():
    r"""Find the complex number $z$ with $2z+\overline{z}=9+4i$."""
    a, b = symbols("a b", real=True)
    solution = solve([2 * a + a - 9, 2 * b - b - 4], [a, b])
    return solution[a] + solution[b] * I


@problem(4, "-1+i")
def sum_of_powers_of_i():
    r"""Compute $i+i^2+i^3+\dots+i^{2026}$."""
    return sum(I**n for n in range(1, 2027))


@problem(4, "x^5-1")
def greatest_common_polynomial():
    """What is the monic greatest common divisor of $x^{15}-1$ and $x^{10}-1$?"""
    return gcd(x**15 - 1, x**10 - 1)


@problem(4, "225")
def coefficient_of_a_product():
    """Find the coefficient of $x^3$ in $(1+x)(1+2x)(1+3x)(1+4x)(1+5x)$."""
    return Poly(prod(1 + n * x for n in range(1, 6)), x).coeff_monomial(x**3)


@problem(4, "(-2,2)")
def three_real_roots():
    """For which real $k$ does $x^3-3x+k=0$ have three distinct real solutions? Answer with an interval."""
    real = symbols("real", real=True)
    return solve_univariate_inequality(discriminant(x**3 - 3 * x + real, x) > 0, real, relational=False)


@problem(5, "7")
def product_of_chords():
    """The seven complex numbers with $z^7=1$ are the corners of a regular heptagon. What is the product of
    the distances from the corner 1 to the six other corners?"""
    return prod(abs(1 - exp(2 * pi * I * n / 7).evalf(60)) for n in range(1, 7))


@problem(5, "32")
def cube_roots_of_unity():
    r"""Let $\omega\ne 1$ be a complex number with $\omega^3=1$. Compute
    $(1-\omega+\omega^2)^5+(1+\omega-\omega^2)^5$."""
    return rem((1 - z + z**2) ** 5 + (1 + z - z**2) ** 5, z**2 + z + 1, z)


@problem(5, r"-\frac{2}{3}")
def reciprocals_by_a_cubic():
    r"""The polynomial $P$ has degree 3, and $P(n)=\frac1n$ for $n=1,2,3,4$. Find $P(6)$."""
    return interpolate([(n, Rational(1, n)) for n in range(1, 5)], x).subs(x, 6)


@problem(5, r"-\frac{10}{3}")
def rational_function_of_roots():
    r"""Let $a$, $b$, $c$ be the roots of $x^3-2x-5$. Evaluate
    $\frac{1+a}{1-a}+\frac{1+b}{1-b}+\frac{1+c}{1-c}$."""
    return sum((1 + r) / (1 - r) for r in Poly(x**3 - 2 * x - 5, x).nroots(n=50))


@problem(5, "12988")
def values_of_a_quartic():
    """A monic polynomial $P$ of degree 4 satisfies $P(1)=7$, $P(2)=14$ and $P(3)=21$. What is
    $P(11)+P(-7)$?"""
    p = interpolate([(1, 7), (2, 14), (3, 21)], x) + (x - 1) * (x - 2) * (x - 3) * (x - k)
    return expand(p.subs(x, 11) + p.subs(x, -7))


@problem(5, r"\left\{-1,0,\frac{1-\sqrt{5}}{2},\frac{1+\sqrt{5}}{2}\right\}")
def returning_after_two_steps():
    """Let $f(x)=x^2-1$. Find the set of all real $x$ with $f(f(x))=x$."""
    return set(solveset((x**2 - 1) ** 2 - 1 - x, x, S.Reals))
