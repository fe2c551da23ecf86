"""Linear and quadratic equations, systems, powers, radicals and rearranging."""

from sympy import (
    Eq,
    Poly,
    S,
    cbrt,
    discriminant,
    expand,
    factor,
    minimum,
    root,
    simplify,
    solve,
    solveset,
    sqrt,
    symbols,
    together,
)

from .problem import Subject

SUBJECT = Subject("Algebra")
problem = SUBJECT.problem

a, b, c, k, m, t, x, y, z = symbols("a b c k m t x y z")


def real_roots(equation):
    return set(solveset(equation, x, S.Reals))


@problem(1, "8")
def balance():
    """Two equal boxes and a weight of 3 kg balance a weight of 19 kg. How many kilograms does one box
    weigh?"""
    [box] = solve(2 * x + 3 - 19, x)
    return box


@problem(2, "5")
def substitute_numbers():
    """What is $3a-2b$ when $a=7$ and $b=8$?"""
    return (3 * a - 2 * b).subs({a: 7, b: 8})


@problem(2, "-4")
def linear_equation():
    """Solve $5(x-2)=8x+2$ for $x$."""
    [solution] = solve(5 * (x - 2) - (8 * x + 2), x)
    return solution


@problem(2, "2")
def equation_with_fractions():
    r"""Solve the equation $\frac{x+1}{2}-\frac{x-2}{3}=\frac{x+4}{4}$."""
    [solution] = solve((x + 1) / 2 - (x - 2) / 3 - (x + 4) / 4, x)
    return solution


@problem(2, "6x-17")
def collect_terms():
    """Expand and collect: $4(2x-3)-(2x+5)$."""
    return expand(4 * (2 * x - 3) - (2 * x + 5))


@problem(2, "(3, -2)")
def linear_system():
    """Find the ordered pair $(x,y)$ that satisfies $2x+5y=-4$ and $3x-y=11$."""
    solution = solve([2 * x + 5 * y + 4, 3 * x - y - 11], [x, y])
    return solution[x], solution[y]


@problem(2, r"\{-3, 8\}")
def quadratic_by_factoring():
    """Find the set of solutions of $x^2=5x+24$."""
    return real_roots(x**2 - 5 * x - 24)


@problem(2, r"\frac{v^2-u^2}{2s}")
def rearrange_a_formula():
    """Solve the formula $v^2=u^2+2as$ for $a$, where $s$ is not 0."""
    u, v, s = symbols("u v s")
    [acceleration] = solve(v**2 - u**2 - 2 * a * s, a)
    return acceleration


@problem(2, "x^9")
def powers_of_x():
    r"""Simplify $\dfrac{(x^3)^4\cdot x^2}{x^5}$ for $x\ne 0$."""
    return simplify((x**3) ** 4 * x**2 / x**5)


@problem(2, "(x-7)(x+7)")
def factor_difference():
    """Factor $x^2-49$ over the integers."""
    return factor(x**2 - 49)


@problem(2, r"7\sqrt{3}")
def add_radicals():
    r"""Simplify $\sqrt{75}+\sqrt{48}-\sqrt{12}$."""
    return sqrt(75) + sqrt(48) - sqrt(12)


@problem(2, r"\{-2, 5\}")
def absolute_value_equation():
    """Which numbers $x$ satisfy $|2x-3|=7$? Give the set of all of them."""
    return real_roots(abs(2 * x - 3) - 7)


@problem(2, "y=-2x+7")
def line_through_points():
    """Find the equation of the straight line through the points $(1,5)$ and $(4,-1)$ in the form $y=mx+b$."""
    line = solve([m + b - 5, 4 * m + b + 1], [m, b])
    return Eq(y, line[m] * x + line[b])


@problem(2, "-12")
def direct_variation():
    """The quantity $y$ is proportional to $x$, and $y=8$ when $x=-6$. What is $y$ when $x=9$?"""
    [factor_] = solve(-6 * k - 8, k)
    return 9 * factor_


@problem(2, "9x^2-12x+4")
def square_of_a_difference():
    """Expand $(3x-2)^2$."""
    return expand((3 * x - 2) ** 2)


@problem(3, r"\left\{\frac{-3-\sqrt{17}}{4}, \frac{-3+\sqrt{17}}{4}\right\}")
def quadratic_formula():
    """Solve $2x^2+3x-1=0$ over the real numbers and give the solution set."""
    return real_roots(2 * x**2 + 3 * x - 1)


@problem(3, "-11")
def vertex_minimum():
    """What is the smallest value of $x^2-8x+5$ for real $x$?"""
    return minimum(x**2 - 8 * x + 5, x, S.Reals)


@problem(3, r"\{-6, 6\}")
def double_root():
    """For which real values of $k$ does $x^2+kx+9=0$ have exactly one real solution? Give the set of all."""
    return set(solve(discriminant(x**2 + k * x + 9, x), k))


@problem(3, r"\frac{x+3}{x-1}")
def reduce_a_rational_expression():
    r"""Reduce $\dfrac{x^2+x-6}{x^2-3x+2}$ as far as possible."""
    return simplify((x**2 + x - 6) / (x**2 - 3 * x + 2))


@problem(3, r"\frac{5x+1}{(x-1)(x+2)}")
def common_denominator():
    r"""Write $\frac{2}{x-1}+\frac{3}{x+2}$ as a single fraction."""
    return together(2 / (x - 1) + 3 / (x + 2))


@problem(3, r"2+\sqrt{3}")
def rationalise():
    r"""Rationalise the denominator of $\dfrac{1}{2-\sqrt{3}}$."""
    return 1 / (2 - sqrt(3))


@problem(3, r"\sqrt{2}+\sqrt{5}")
def denest():
    r"""Write $\sqrt{7+2\sqrt{10}}$ as a sum of two square roots of positive integers."""
    return sqrt(7 + 2 * sqrt(10))


@problem(3, "5")
def radical_equation():
    r"""Find all real solutions of $\sqrt{2x+6}=x-1$."""
    [solution] = real_roots(sqrt(2 * x + 6) - (x - 1))
    return solution


@problem(3, "47")
def powers_of_a_sum():
    r"""Let $x+\frac1x=-3$. Find $x^4+\frac{1}{x^4}$."""
    [value] = {simplify(r**4 + r**-4) for r in solve(x + 1 / x + 3, x)}
    return value


@problem(3, "(2, -1, 3)")
def three_unknowns():
    """Solve the system $x+y+z=4$, $2x-y+z=8$, $x+2y-z=-3$ and give $(x,y,z)$."""
    solution = solve([x + y + z - 4, 2 * x - y + z - 8, x + 2 * y - z + 3], [x, y, z])
    return solution[x], solution[y], solution[z]


@problem(3, r"\frac{1}{8}")
def fractional_exponent():
    """Evaluate $16^{-3/4}$."""
    return 1 / root(16, 4) ** 3


@problem(3, r"\frac{a^7}{b^5}")
def negative_exponents():
    r"""Simplify $\left(\dfrac{a^{-2}b^{3}}{a^{5}b^{-2}}\right)^{-1}$, leaving no negative exponent."""
    return simplify(((a**-2 * b**3) / (a**5 * b**-2)) ** -1)


@problem(3, r"\{-2, -1, 1, 2\}")
def biquadratic():
    """Give the set of real solutions of $x^4-5x^2+4=0$."""
    return real_roots(x**4 - 5 * x**2 + 4)


@problem(3, "13")
def sum_of_squared_roots():
    """The equation $x^2-5x+6=0$ has the roots $p$ and $q$. Compute $p^2+q^2$."""
    return sum(r**2 for r in solve(x**2 - 5 * x + 6, x))


@problem(3, "x^2-4x+1=0")
def equation_from_roots():
    r"""Which quadratic equation with leading coefficient 1 has the solutions $2+\sqrt3$ and $2-\sqrt3$? Write
    it as $x^2+px+q=0$."""
    return Eq(expand((x - 2 - sqrt(3)) * (x - 2 + sqrt(3))), 0)


@problem(3, "6")
def parallel_lines():
    """The lines $3x-2y=7$ and $kx-4y=1$ are parallel. What is $k$?"""
    slopes = [solve(3 * x - 2 * y - 7, y)[0].diff(x), solve(k * x - 4 * y - 1, y)[0].diff(x)]
    [value] = solve(slopes[0] - slopes[1], k)
    return value


@problem(4, r"\{(3,4),(4,3)\}")
def symmetric_system():
    """Find all pairs $(x,y)$ of real numbers with $x+y=7$ and $x^2+y^2=25$. Give them as a set of points."""
    return set(solve([x + y - 7, x**2 + y**2 - 25], [x, y]))


@problem(4, "1")
def cube_root_identity():
    r"""The number $\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5}$ is an integer. Which one? Both cube roots are
    real."""
    value = cbrt(2 + sqrt(5)) - cbrt(sqrt(5) - 2)
    return value.round(40)


@problem(4, r"\{-1, 4\}")
def equal_values_of_a_radical():
    r"""Find the set of all real $x$ with $x^2-3x-\sqrt{x^2-3x+5}=1$."""
    return real_roots(x**2 - 3 * x - sqrt(x**2 - 3 * x + 5) - 1)


@problem(4, "-3")
def common_root():
    r"""The equations $x^2+kx+2=0$ and $x^2+2x+k=0$ have exactly one real root in common, and $k\ne 2$. Find
    $k$."""
    [solution] = [
        s
        for s in solve([x**2 + k * x + 2, x**2 + 2 * x + k], [x, k], dict=True)
        if s[k] != 2 and s[k].is_real
    ]
    return solution[k]


@problem(4, "-36")
def three_variable_identity():
    """Real numbers satisfy $a+b+c=0$ and $abc=-12$. Find $a^3+b^3+c^3$."""
    [value] = {
        simplify((a**3 + b**3 + c**3).subs(s)) for s in solve([a + b + c, a * b * c + 12], [a, b], dict=True)
    }
    return value


@problem(4, r"\{-4, 2\}")
def product_of_four():
    """For which real $x$ is $(x-1)x(x+2)(x+3)=40$? Give the set of solutions."""
    return real_roots((x - 1) * x * (x + 2) * (x + 3) - 40)


@problem(4, "2")
def nested_radical():
    r"""The infinite nested radical $\sqrt{2+\sqrt{2+\sqrt{2+\cdots}}}$ converges. To what number?"""
    [value] = real_roots(sqrt(2 + x) - x)
    return value


@problem(4, r"-\frac{5}{8}")
def sum_of_reciprocal_cubes():
    r"""Let $r$ and $s$ be the roots of $x^2-x+2=0$. Compute $\frac{1}{r^3}+\frac{1}{s^3}$."""
    return simplify(sum(1 / r**3 for r in solve(x**2 - x + 2, x)))


@problem(5, "8")
def cyclic_system():
    """How many ordered triples $(x,y,z)$ of real numbers satisfy $y=x^2-2$, $z=y^2-2$ and $x=z^2-2$?"""
    composed = ((x**2 - 2) ** 2 - 2) ** 2 - 2
    return len(Poly(composed - x, x).real_roots(multiple=False))


@problem(5, "(2, 4)")
def exponents_that_swap():
    """There is only one pair $(x,y)$ of positive integers with $x<y$ and $x^y=y^x$. Which one?"""
    [pair] = [(p, q) for q in range(1, 60) for p in range(1, q) if p**q == q**p]
    return pair


@problem(4, r"\frac{1}{6}")
def reciprocal_constraint():
    r"""Real numbers $a$, $b$, $c$ satisfy $\frac{ab}{a+b}=\frac13$, $\frac{bc}{b+c}=\frac14$ and
    $\frac{ca}{c+a}=\frac15$. Determine $\frac{abc}{ab+bc+ca}$."""
    [s] = solve(
        [3 * a * b - a - b, 4 * b * c - b - c, 5 * c * a - c - a, a * b * c * t - 1], [a, b, c, t], dict=True
    )
    return (a * b * c / (a * b + b * c + c * a)).subs(s)
