"""Trigonometric values, identities, equations and triangles."""

from itertools import pairwise

from sympy import (
    FiniteSet,
    Interval,
    Rational,
    S,
    acos,
    asin,
    atan,
    calculus,
    cos,
    expand_trig,
    maximum,
    periodicity,
    pi,
    prod,
    rad,
    sin,
    solve,
    solveset,
    sqrt,
    symbols,
    tan,
)

from .problem import Subject

SUBJECT = Subject("Trigonometry")
problem = SUBJECT.problem

x = symbols("x", real=True)
s, c = symbols("s c", real=True)

ONE_TURN = Interval.Ropen(0, 2 * pi)


@problem(2, r"\frac{12}{13}")
def cosine_in_a_right_triangle():
    """In a right triangle with hypotenuse 13, the leg opposite to the angle $v$ has length 5. What is the
    cosine of $v$?"""
    return cos(asin(Rational(5, 13)))


@problem(2, r"5\sqrt{3}")
def ladder():
    """A ladder 10 metres long leans against a wall and makes an angle of 60 degrees with the level ground.
    How many metres above the ground does it touch the wall? Give the exact value."""
    return 10 * sin(rad(60))


@problem(2, "45")
def angle_of_elevation():
    """A tower of 30 metres is seen from a point on level ground 30 metres from its foot. How many degrees is
    the angle of elevation of its top?"""
    return atan(Rational(30, 30)) / pi * 180


@problem(3, r"\frac{1}{2}")
def sine_of_an_obtuse_angle():
    r"""What is the exact value of $\sin 150^\circ$?"""
    return sin(rad(150))


@problem(3, r"-\frac{\sqrt{2}}{2}")
def cosine_in_radians():
    r"""Evaluate $\cos\frac{5\pi}{4}$."""
    return cos(5 * pi / 4)


@problem(3, r"\frac{\sqrt{6}+\sqrt{2}}{4}")
def sine_of_75_degrees():
    r"""Express $\sin 75^\circ$ with square roots."""
    return sin(rad(75))


@problem(3, r"-\frac{4}{5}")
def cosine_from_sine():
    r"""Let $\frac{\pi}{2}<v<\pi$ and $\sin v=\frac35$. Find $\cos v$."""
    return cos(pi - asin(Rational(3, 5)))


@problem(3, r"\frac{7\pi}{12}")
def degrees_to_radians():
    """Convert an angle of 105 degrees to radians."""
    return rad(105)


@problem(3, r"\frac{\pi}{2}")
def smallest_period():
    r"""What is the smallest positive period of the function $f(x)=3\sin(4x-1)$?"""
    return periodicity(3 * sin(4 * x - 1), x)


@problem(3, "7")
def largest_value():
    r"""What is the largest value that $2-5\cos x$ takes for real $x$?"""
    return maximum(2 - 5 * cos(x), x, ONE_TURN)


@problem(3, r"\left\{\frac{\pi}{6},\frac{5\pi}{6}\right\}")
def simple_equation():
    r"""Solve $2\sin x=1$ for $0\le x<2\pi$. Give the set of solutions in radians."""
    return solveset(2 * sin(x) - 1, x, ONE_TURN)


@problem(3, r"\frac{1}{4}")
def half_of_a_double_angle():
    r"""Evaluate $\sin 15^\circ\cos 15^\circ$."""
    return sin(rad(15)) * cos(rad(15))


@problem(3, r"\sqrt{6}")
def law_of_sines():
    r"""In triangle $ABC$ the angle at $A$ is $45^\circ$, the angle at $B$ is $60^\circ$ and $BC=2$. How long
    is $CA$?"""
    return 2 / sin(rad(45)) * sin(rad(60))


@problem(3, r"-\frac{3}{8}")
def product_from_sum():
    r"""Let $\sin v+\cos v=\frac12$. What is $\sin v\cos v$?"""
    [value] = {a * b for a, b in solve([s + c - Rational(1, 2), s**2 + c**2 - 1], [s, c])}
    return value


@problem(4, r"\left\{\frac{\pi}{2},\frac{7\pi}{6},\frac{11\pi}{6}\right\}")
def quadratic_in_sine():
    r"""Find the set of all $x$ with $0\le x<2\pi$ and $2\cos^2x+\sin x=1$."""
    return solveset(2 * cos(x) ** 2 + sin(x) - 1, x, ONE_TURN)


@problem(4, r"\left\{\frac{\pi}{6},\frac{\pi}{2},\frac{5\pi}{6}\right\}")
def double_angle_equation():
    r"""For which $x$ in the interval $[0,\pi]$ is $\sin 2x=\cos x$? Give the set of these $x$."""
    return FiniteSet(*(v for v in (pi * i / 12 for i in range(13)) if sin(2 * v).equals(cos(v))))


@problem(4, r"\frac{\pi}{4}")
def sum_of_arctangents():
    r"""Simplify $\arctan\frac12+\arctan\frac13$."""
    return (atan(Rational(1, 2)) + atan(Rational(1, 3))).evalf(50)


@problem(4, r"\frac{1+\sqrt{5}}{4}")
def golden_cosine():
    r"""Write $\cos 36^\circ$ with a square root."""
    return cos(rad(36)).evalf(50)


@problem(4, r"\frac{4}{5}")
def double_angle_from_tangent():
    r"""Given $\tan v=2$, compute $\sin 2v$."""
    return expand_trig(sin(2 * atan(2)))


@problem(4, "5")
def amplitude():
    r"""What is the maximum of $3\sin x+4\cos x$ over all real $x$?"""
    turning = atan(Rational(3, 4))
    assert (3 * sin(x) + 4 * cos(x)).diff(x).subs(x, turning) == 0
    return (3 * sin(x) + 4 * cos(x)).subs(x, turning)


@problem(4, r"\tan x")
def simplify_to_tangent():
    r"""Simplify $\frac{1-\cos 2x}{\sin 2x}$ to a single trigonometric function of $x$."""
    return (1 - cos(2 * x)) / sin(2 * x)


@problem(4, "4x^3-3x")
def triple_angle():
    r"""Express $\cos 3v$ as a polynomial in $x=\cos v$."""
    return expand_trig(cos(3 * s)).subs(cos(s), x)


@problem(4, r"\frac{89}{2}")
def sum_of_squared_sines():
    r"""Compute $\sin^2 1^\circ+\sin^2 2^\circ+\sin^2 3^\circ+\dots+\sin^2 89^\circ$."""
    return sum((sin(rad(n)) ** 2).evalf(50) for n in range(1, 90))


@problem(4, "7")
def sine_against_a_line():
    r"""How many real solutions does $\sin x=\frac{x}{10}$ have, with $x$ in radians?"""
    grid = [Rational(n, 10) + Rational(1, 30) for n in range(-120, 121)]  # outside, |x| / 10 is above 1
    signs = [sin(v).evalf() > v / 10 for v in grid]
    return sum(left != right for left, right in pairwise(signs))


@problem(4, r"[-\sqrt{2},\sqrt{2}]")
def range_of_a_sum():
    r"""Give the range of $f(x)=\sin x+\cos x$ as an interval."""
    return calculus.util.function_range(sin(x) + cos(x), x, ONE_TURN)


@problem(4, r"2\pi-4")
def arccosine_of_a_cosine():
    r"""Evaluate $\arccos(\cos 4)$, where 4 is in radians."""
    return acos(cos(S(4))).evalf(50)


@problem(5, r"\frac{1}{8}")
def product_of_three_cosines():
    r"""Find the exact value of $\cos 20^\circ\cos 40^\circ\cos 80^\circ$."""
    return prod(cos(rad(n)).evalf(50) for n in (20, 40, 80))


@problem(5, r"\sqrt{3}")
def product_of_three_tangents():
    r"""Evaluate $\tan 20^\circ\tan 40^\circ\tan 80^\circ$."""
    return prod(tan(rad(n)).evalf(50) for n in (20, 40, 80))


@problem(5, "4")
def reciprocals_of_ten_degrees():
    r"""Simplify $\frac{1}{\sin 10^\circ}-\frac{\sqrt3}{\cos 10^\circ}$ to an integer."""
    return (1 / sin(rad(10)) - sqrt(3) / cos(rad(10))).evalf(50)


@problem(5, r"-\frac{1}{2}")
def heptagon_cosines():
    r"""Compute $\cos\frac{2\pi}{7}+\cos\frac{4\pi}{7}+\cos\frac{6\pi}{7}$."""
    return sum(cos(2 * pi * n / 7).evalf(50) for n in (1, 2, 3))


@problem(5, "2^{23}")
def forty_five_tangents():
    r"""Evaluate $(1+\tan 1^\circ)(1+\tan 2^\circ)(1+\tan 3^\circ)\cdots(1+\tan 45^\circ)$."""
    return prod((1 + tan(rad(n))).evalf(60) for n in range(1, 46))
