"""Trigonometric, complex and logarithmic values and functions."""

import math
import random

from .family import TINY, Forms, family, line, near, signed

_SINES = [
    (r"\sin\frac{\pi}{12}", r"\frac{\sqrt6-\sqrt2}{4}", r"\frac{\sqrt{2-\sqrt3}}{2}"),
    (r"\cos\frac{\pi}{12}", r"\frac{\sqrt6+\sqrt2}{4}", r"\frac{\sqrt{2+\sqrt3}}{2}"),
    (r"\cos\frac{\pi}{5}", r"\frac{1+\sqrt5}{4}", r"-\cos\frac{4\pi}{5}"),
    (r"\sin\frac{\pi}{10}", r"\frac{\sqrt5-1}{4}", r"\cos\frac{2\pi}{5}"),
    (r"\tan\frac{\pi}{8}", r"\sqrt2-1", r"\cot\frac{3\pi}{8}"),
    (r"\tan\frac{5\pi}{12}", r"2+\sqrt3", r"\frac{1}{\tan\frac{\pi}{12}}"),
    (r"\sin\frac{\pi}{5}", r"\frac{\sqrt{10-2\sqrt5}}{4}", r"\cos\frac{3\pi}{10}"),
    (r"\cos\frac{\pi}{8}", r"\frac{\sqrt{2+\sqrt2}}{2}", r"\sin\frac{3\pi}{8}"),
    (r"\cos\frac{\pi}{7}-\cos\frac{2\pi}{7}+\cos\frac{3\pi}{7}", r"\frac12", r"\sin\frac{\pi}{6}"),
    (r"\cos\frac{\pi}{9}\cos\frac{2\pi}{9}\cos\frac{4\pi}{9}", r"\frac18", r"\frac{\sin\frac{\pi}{6}}{4}"),
]


@family
def trigonometric_values(source: random.Random) -> Forms:
    forms = source.choice(_SINES)
    one = source.choice(forms)
    return (
        [*forms],
        [
            f"-({one})",
            f"{one}+{TINY}",
            f"({one})(1-{TINY})",
            f"({one})^2",
            f"{one}+\\sin\\frac{{\\pi}}{{10^{{13}}}}",
        ],
    )


@family
def trigonometric_functions(source: random.Random) -> Forms:
    u, k = source.choice(("x", r"\theta", "2t", "x+1")), source.randint(2, 4)
    return source.choice(
        [
            (
                [rf"\sqrt{{1-\sin^2({u})}}", rf"|\cos({u})|", rf"\sqrt{{\frac{{1+\cos(2({u}))}}{{2}}}}"],
                [
                    rf"\cos({u})",
                    rf"-\cos({u})",
                    rf"|\cos({u})|+{TINY}",
                    rf"\cos({u})\sqrt{{\cos^2({u})}}",
                    rf"\sqrt{{1+{TINY}-\sin^2({u})}}",
                ],
            ),
            (
                [rf"\sin(2({u}))", rf"2\sin({u})\cos({u})", rf"\cos(\frac{{\pi}}{{2}}-2({u}))"],
                [
                    rf"2|\sin({u})|\cos({u})",
                    rf"2\sin({u})\sqrt{{1-\sin^2({u})}}",
                    rf"|\sin(2({u}))|",
                    rf"2\sin({u})\cos({u})+{TINY}",
                    rf"\cos(\frac{{\pi}}{{2}}+2({u}))",
                ],
            ),
            (
                [
                    rf"\sin^{k}({u})\cdot\sin({u})",
                    rf"\sin^{k + 1}({u})",
                    rf"\sin^{k - 1}({u})(1-\cos^2({u}))",
                ],
                [
                    rf"|\sin({u})|^{{{k + 1}}}\cdot(1-{TINY})",
                    rf"\sin^{k}({u})",
                    rf"\sin^{k - 1}({u})(1+\cos^2({u}))",
                ],
            ),
        ]
    )


@family
def inverse_functions(source: random.Random) -> Forms:
    x = source.choice("xyt")
    return source.choice(
        [
            (
                [rf"\arctan({x})", rf"-\arctan(-{x})", rf"2\arctan\frac{{{x}}}{{1+\sqrt{{1+{x}^2}}}}"],
                [
                    rf"\frac{{\pi}}{{2}}-\arctan\frac{{1}}{{{x}}}",
                    rf"\arctan(|{x}|)",
                    rf"\arctan({x})+\pi",
                    rf"\arctan({x}+{TINY})",
                ],
            ),
            (
                [
                    r"\frac{\pi}{2}",
                    rf"\arcsin({x})+\arccos({x})",
                    rf"\arctan({x}^2+1)+\arctan\frac{{1}}{{{x}^2+1}}",
                ],
                [
                    rf"\arctan({x})+\arctan\frac{{1}}{{{x}}}",
                    rf"\arcsin({x})-\arccos({x})",
                    rf"\frac{{\pi|{x}|}}{{2{x}}}",
                    rf"\frac{{\pi}}{{2}}+{TINY}",
                ],
            ),
            (
                [rf"\arcsin(\sin {x})", rf"\arctan\frac{{\sin {x}}}{{|\cos {x}|}}", rf"-\arcsin(\sin(-{x}))"],
                [x, rf"\arccos(\cos {x})", rf"|\arcsin(\sin {x})|", rf"\arctan(\tan {x})"],
            ),
        ]
    )


@family
def complex_numbers(source: random.Random) -> Forms:
    a, b, c, d = (source.choice((1, 2, 3, 4, 5, -1, -2, -3)) for _ in range(4))
    re, im = a * c - b * d, a * d + b * c
    if not re or not im:
        return complex_numbers(source)
    product = f"({a}{signed(b)}i)({c}{signed(d)}i)"
    return (
        [
            product,
            f"{re}{signed(im)}i",
            rf"\frac{{{a}{signed(b)}i}}{{\frac{{{c}{signed(-d)}i}}{{{c * c + d * d}}}}}",
            f"-i({-im}{signed(re)}i)",
        ],
        [
            f"{re}{signed(-im)}i",
            f"{re}{signed(im)}i+{TINY}",
            f"{re}{signed(im)}i+{TINY}i",
            f"{-re}{signed(im)}i",
            f"{re}{signed(im)}",
            f"|{product}|",
        ],
    )


@family
def roots_of_unity(source: random.Random) -> Forms:
    q = source.choice((3, 5, 6, 7, 8, 12))
    p = source.choice([p for p in range(1, q) if math.gcd(p, q) == 1])
    angle = rf"\frac{{{2 * p}\pi}}{{{q}}}"
    return (
        [
            rf"e^{{{2 * p}\pi i/{q}}}",
            rf"\cos{angle}+i\sin{angle}",
            rf"e^{{i{angle}}}",
            rf"\frac{{1}}{{e^{{-{2 * p}\pi i/{q}}}}}",
            rf"e^{{{2 * (p + q)}\pi i/{q}}}",
        ],
        [
            rf"e^{{-{2 * p}\pi i/{q}}}",
            rf"\cos{angle}-i\sin{angle}",
            rf"\sin{angle}+i\cos{angle}+{TINY}",
            rf"e^{{{2 * p}\pi i/{q}}}+{TINY}",
            rf"e^{{{p}\pi i/{q}}}",
            rf"\cos{angle}",
        ],
    )


@family
def logarithms(source: random.Random) -> Forms:
    p, q = source.sample((2, 3, 5, 7, 11), 2)
    k = source.randint(2, 5)
    return (
        [
            rf"\ln {p**k * q}",
            rf"{k}\ln {p}+\ln {q}",
            rf"-\ln\frac{{1}}{{{p**k * q}}}",
            rf"\ln({p}^{k}\cdot {q})",
            rf"\frac{{\log_{{{p}}} {p**k * q}}}{{\log_{{{p}}} e}}",
        ],
        [
            rf"{k}\ln {p}\cdot\ln {q}",
            rf"{k}\ln {p}-\ln {q}",
            rf"\ln {p**k * q}+{TINY}",
            rf"\ln({p**k * q}+{TINY})",
            rf"\log_{{10}} {p**k * q}",
            near(math.log(p**k * q)),
        ],
    )


@family
def logarithms_of_functions(source: random.Random) -> Forms:
    u = line(source)
    return (
        [rf"\ln(({u})^2)", rf"2\ln|{u}|", rf"\ln|{u}|^2", rf"\frac12\ln(({u})^4)"],
        [
            rf"\ln(({u})^2+{TINY})",
            rf"|2\ln|{u}||",
            rf"(\ln|{u}|)^2",
            rf"2\ln(1+|{u}|)",
            rf"2\ln|{u}|+{TINY}",
        ],
    )
