"""Limits, derivatives, integrals and differential equations."""

from sympy import (
    Eq,
    Function,
    Integral,
    Interval,
    Rational,
    S,
    cos,
    diff,
    dsolve,
    exp,
    integrate,
    limit,
    log,
    maximum,
    minimum,
    oo,
    pi,
    series,
    sin,
    solve,
    solve_univariate_inequality,
    sqrt,
    symbols,
    tan,
)

from .problem import Subject

SUBJECT = Subject("Calculus")
problem = SUBJECT.problem

x, y = symbols("x y", real=True)
n, k = symbols("n k", integer=True, positive=True)


@problem(3, "6")
def limit_by_cancelling():
    r"""Find $\lim_{x\to 3}\frac{x^2-9}{x-3}$."""
    return limit((x**2 - 9) / (x - 3), x, 3)


@problem(3, "3x^2-4")
def derivative_of_a_cubic():
    """Differentiate $x^3-4x+7$ with respect to $x$."""
    return diff(x**3 - 4 * x + 7, x)


@problem(3, r"-\frac{1}{4}")
def slope_of_a_hyperbola():
    r"""Let $f(x)=\frac1x$. What is $f'(2)$?"""
    return diff(1 / x, x).subs(x, 2)


@problem(3, "10")
def integral_of_a_polynomial():
    r"""Evaluate $\int_0^2(3x^2+1)\,dx$."""
    return integrate(3 * x**2 + 1, (x, 0, 2))


@problem(3, "y=6x-9")
def tangent_line():
    """Write the tangent to the curve $y=x^2$ at the point $(3,9)$ in the form $y=mx+b$."""
    return Eq(y, 9 + diff(x**2, x).subs(x, 3) * (x - 3))


@problem(3, r"\frac{2}{5}")
def limit_at_infinity():
    r"""Compute $\lim_{x\to\infty}\frac{2x^2+1}{5x^2-x}$."""
    return limit((2 * x**2 + 1) / (5 * x**2 - x), x, oo)


@problem(3, "3")
def sine_quotient():
    r"""What is $\lim_{x\to 0}\frac{\sin 3x}{x}$?"""
    return limit(sin(3 * x) / x, x, 0)


@problem(3, r"\frac{1}{4}")
def limit_of_a_root():
    r"""Determine $\lim_{x\to 0}\frac{\sqrt{x+4}-2}{x}$."""
    return limit((sqrt(x + 4) - 2) / x, x, 0)


@problem(3, "2")
def vanishing_acceleration():
    """A body has moved $s(t)=t^3-6t^2+9t$ metres after $t$ seconds. After how many seconds is its
    acceleration zero?"""
    [time] = solve(diff(x**3 - 6 * x**2 + 9 * x, x, 2), x)
    return time


@problem(3, "3")
def average_value():
    """What is the average value of the function $x^2$ on the interval $[0,3]$?"""
    return integrate(x**2, (x, 0, 3)) / 3


@problem(3, "2x^3-2x^2+3")
def antiderivative():
    """Find the function $F$ with $F'(x)=6x^2-4x$ and $F(1)=3$."""
    primitive = integrate(6 * x**2 - 4 * x, x)
    return primitive - primitive.subs(x, 1) + 3


@problem(4, r"\frac{1}{2}")
def cosine_limit():
    r"""Evaluate $\lim_{x\to 0}\frac{1-\cos x}{x^2}$."""
    return limit((1 - cos(x)) / x**2, x, 0)


@problem(4, "e^2")
def compound_limit():
    r"""Find $\lim_{x\to\infty}\left(1+\frac2x\right)^x$."""
    return limit((1 + 2 / x) ** x, x, oo)


@problem(4, "(2x+1)e^{2x}")
def product_rule():
    """What is the derivative of $xe^{2x}$?"""
    return diff(x * exp(2 * x), x)


@problem(4, r"\frac{2x}{x^2+1}")
def chain_rule():
    r"""Differentiate $\ln(x^2+1)$."""
    return diff(log(x**2 + 1), x)


@problem(4, r"\sin 2x")
def derivative_of_a_square():
    r"""Write the derivative of $\sin^2x$ as a single sine."""
    return diff(sin(x) ** 2, x)


@problem(4, "(-1, 2)")
def local_maximum():
    """At which point $(x,y)$ does the graph of $y=x^3-3x$ have its local maximum?"""
    f = x**3 - 3 * x
    [place] = [v for v in solve(diff(f, x), x) if diff(f, x, 2).subs(x, v) < 0]
    return place, f.subs(x, place)


@problem(4, "(-2,2)")
def negative_derivative():
    """On which open interval is the derivative of $x^3-12x$ negative?"""
    return solve_univariate_inequality(diff(x**3 - 12 * x, x) < 0, x, relational=False)


@problem(4, r"\pi")
def integration_by_parts():
    r"""Evaluate $\int_0^{\pi}x\sin x\,dx$."""
    return integrate(x * sin(x), (x, 0, pi))


@problem(4, "1")
def integral_of_a_logarithm():
    r"""What is $\int_1^e\ln x\,dx$?"""
    return integrate(log(x), (x, 1, S.Exp1))


@problem(4, r"\frac{\pi}{4}")
def arctangent_integral():
    r"""Compute the integral $\int_0^1\frac{dx}{1+x^2}$."""
    return integrate(1 / (1 + x**2), (x, 0, 1))


@problem(4, "2")
def improper_integral():
    r"""Find the value of $\int_0^{\infty}x^2e^{-x}\,dx$."""
    return integrate(x**2 * exp(-x), (x, 0, oo))


@problem(4, r"\frac{9}{2}")
def area_between_curves():
    """What is the area enclosed by the parabola $y=x^2$ and the line $y=x+2$?"""
    left, right = sorted(solve(x**2 - x - 2, x))
    return integrate(x + 2 - x**2, (x, left, right))


@problem(4, r"8\pi")
def solid_of_revolution():
    r"""The region under $y=\sqrt x$ for $0\le x\le 4$ is rotated about the $x$-axis. Find the volume of the
    solid."""
    return integrate(pi * sqrt(x) ** 2, (x, 0, 4))


@problem(4, r"-\frac{4}{5}")
def implicit_derivative():
    r"""The curve $x^2+xy+y^2=7$ passes through $(1,2)$. What is $\frac{dy}{dx}$ there?"""
    curve = x**2 + x * y + y**2 - 7
    return (-diff(curve, x) / diff(curve, y)).subs({x: 1, y: 2})


@problem(4, "128")
def open_box():
    """Equal squares are cut from the corners of a square sheet with side 12, and the sides are folded up to
    an open box. What is the largest volume that the box can have?"""
    return maximum(x * (12 - 2 * x) ** 2, x, Interval(0, 6))


@problem(4, "(2, -11)")
def inflection_point():
    """Find the inflection point of the curve $y=x^3-6x^2+5$."""
    f = x**3 - 6 * x**2 + 5
    [place] = solve(diff(f, x, 2), x)
    return place, f.subs(x, place)


@problem(4, r"\frac{14}{3}")
def arc_length():
    r"""How long is the curve $y=\frac23x^{3/2}$ from $x=0$ to $x=3$?"""
    return integrate(sqrt(1 + diff(Rational(2, 3) * x ** Rational(3, 2), x) ** 2), (x, 0, 3))


@problem(4, "2e^{3x}")
def exponential_growth():
    """Solve the differential equation $y'=3y$ with $y(0)=2$ and give $y$ in terms of $x$."""
    f = Function("f")
    return dsolve(f(x).diff(x) - 3 * f(x), f(x), ics={f(0): 2}).rhs


@problem(4, "2-2e^{-2x}")
def inhomogeneous_equation():
    """Which function $y(x)$ satisfies $y'+2y=4$ and $y(0)=0$?"""
    f = Function("f")
    return dsolve(f(x).diff(x) + 2 * f(x) - 4, f(x), ics={f(0): 0}).rhs


@problem(4, r"\sqrt{\pi}")
def bell_curve():
    r"""Give the exact value of $\int_{-\infty}^{\infty}e^{-x^2}\,dx$."""
    return integrate(exp(-(x**2)), (x, -oo, oo))


@problem(4, r"\frac{2}{15}")
def taylor_coefficient():
    r"""What is the coefficient of $x^5$ in the Taylor series of $\tan x$ at 0?"""
    return series(tan(x), x, 0, 6).coeff(x, 5)


@problem(4, "90")
def tenth_derivative():
    """Let $f(x)=x^2e^x$. Compute the tenth derivative of $f$ at 0."""
    return diff(x**2 * exp(x), x, 10).subs(x, 0)


@problem(4, r"\sqrt{5}")
def distance_to_a_parabola():
    """What is the shortest distance from the point $(3,0)$ to the parabola $y=x^2$?"""
    return sqrt(minimum((x - 3) ** 2 + x**4, x, S.Reals))


@problem(4, r"200\pi")
def growing_balloon():
    """The radius of a spherical balloon grows by 2 cm per second. At what rate, in cubic centimetres per
    second, does its volume grow when the radius is 5 cm?"""
    radius = 5 + 2 * x
    return diff(Rational(4, 3) * pi * radius**3, x).subs(x, 0)


@problem(4, r"\ln\frac{3}{2}")
def integral_by_partial_fractions():
    r"""Evaluate $\int_2^3\frac{2}{x^2-1}\,dx$."""
    return integrate(2 / (x**2 - 1), (x, 2, 3))


@problem(4, "4")
def radius_of_convergence():
    r"""What is the radius of convergence of the power series $\sum_{n\ge 1}\frac{n\,x^n}{4^n}$?"""
    return limit((n / 4**n) / ((n + 1) / 4 ** (n + 1)), n, oo)


@problem(5, r"e^{-1/6}")
def limit_of_a_power():
    r"""Find $\lim_{x\to 0}\left(\frac{\sin x}{x}\right)^{1/x^2}$."""
    return exp(limit(log(sin(x) / x) / x**2, x, 0))


@problem(5, r"-\frac{\pi\ln 2}{2}")
def logarithm_of_sine():
    r"""Evaluate $\int_0^{\pi/2}\ln(\sin x)\,dx$ exactly."""
    return Integral(log(x) / sqrt(1 - x**2), (x, 0, 1)).evalf(40)


@problem(5, r"\frac{22}{7}-\pi")
def gap_to_pi():
    r"""Compute $\int_0^1\frac{x^4(1-x)^4}{1+x^2}\,dx$."""
    return integrate(x**4 * (1 - x) ** 4 / (1 + x**2), (x, 0, 1))


@problem(5, r"\frac{\pi}{4}")
def limit_of_sums():
    r"""What is the limit of $\sum_{k=1}^{n}\frac{n}{n^2+k^2}$ as $n\to\infty$?"""
    return integrate(1 / (1 + x**2), (x, 0, 1))  # Riemann sums with step 1/n


@problem(5, r"\frac{1}{e}")
def root_of_a_factorial():
    r"""Find $\lim_{n\to\infty}\frac{\sqrt[n]{n!}}{n}$."""
    return exp(integrate(log(x), (x, 0, 1)))  # the logarithm is a Riemann sum


@problem(5, r"\frac{2\pi}{\sqrt{3}}")
def integral_over_a_period():
    r"""Evaluate $\int_0^{2\pi}\frac{dx}{2+\cos x}$."""
    return Integral(1 / (2 + cos(x)), (x, 0, 2 * pi)).evalf(40)


@problem(5, r"\frac{\pi\ln 2}{8}")
def logarithm_over_square():
    r"""Determine $\int_0^1\frac{\ln(1+x)}{1+x^2}\,dx$ exactly."""
    return Integral(log(1 + x) / (1 + x**2), (x, 0, 1)).evalf(40)


@problem(5, r"\frac{e-1}{2}")
def swapped_double_integral():
    r"""Compute $\int_0^1\left(\int_x^1e^{y^2}\,dy\right)dx$."""
    return integrate(exp(y**2), (x, 0, y), (y, 0, 1))


@problem(4, r"\frac{1}{2}")
def difference_of_infinities():
    r"""What is $\lim_{x\to\infty}\left(\sqrt{x^2+x}-x\right)$?"""
    return limit(sqrt(x**2 + x) - x, x, oo)
