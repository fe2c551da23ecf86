"""Numbers, factorials, binomials and sums."""

import math
import random

from .family import TINY, Forms, family, near


@family
def nested_radicals(source: random.Random) -> Forms:
    a, b = source.sample((2, 3, 5, 6, 7, 10, 11, 13), 2)
    a, b = max(a, b), min(a, b)
    total, product = a + b, a * b
    return (
        [
            rf"\sqrt{{{total}+2\sqrt{{{product}}}}}",
            rf"\sqrt{{{a}}}+\sqrt{{{b}}}",
            rf"\frac{{{a - b}}}{{\sqrt{{{a}}}-\sqrt{{{b}}}}}",
            rf"\sqrt{{{total}-2\sqrt{{{product}}}}}+2\sqrt{{{b}}}",
        ],
        [
            rf"\sqrt{{{total}-2\sqrt{{{product}}}}}",
            rf"\sqrt{{{total}+2\sqrt{{{product}}}+{TINY}}}",
            rf"\sqrt{{{a}}}+\sqrt{{{b}}}+{TINY}",
            rf"-\sqrt{{{a}}}-\sqrt{{{b}}}",
            rf"\sqrt{{{total}+2\sqrt{{{product + 1}}}}}",
            rf"\frac{{{a - b}}}{{\sqrt{{{a}}}+\sqrt{{{b}}}}}",
            near(math.sqrt(a) + math.sqrt(b)),
        ],
    )


@family
def cubic_radicals(source: random.Random) -> Forms:
    p, q, d = source.randint(1, 3), source.randint(1, 2), source.choice((2, 3, 5))
    whole, part = p**3 + 3 * p * q * q * d, 3 * p * p * q + q**3 * d
    return (
        [
            rf"\sqrt[3]{{{whole}+{part}\sqrt{{{d}}}}}",
            rf"{p}+{q}\sqrt{{{d}}}",
            rf"{p}+\sqrt{{{q * q * d}}}",
            rf"{2 * p}-\sqrt[3]{{{whole}-{part}\sqrt{{{d}}}}}",
        ],
        [
            rf"\sqrt[3]{{{whole}-{part}\sqrt{{{d}}}}}",
            rf"{p}-{q}\sqrt{{{d}}}",
            rf"{p}+{q}\sqrt{{{d}}}-{TINY}",
            rf"\sqrt[3]{{{whole}+{part}\sqrt{{{d}}}+{TINY}}}",
            near(p + q * math.sqrt(d)),
        ],
    )


@family
def factorials(source: random.Random) -> Forms:
    n, k = source.choice("nm"), source.randint(1, 3)
    return source.choice(
        [
            (
                [
                    rf"\frac{{({n}+{k})!}}{{{n}!}}",
                    "".join(f"({n}+{j})" for j in range(1, k + 1)),
                    rf"\binom{{{n}+{k}}}{{{k}}}\cdot {math.factorial(k)}",
                ],
                [
                    "".join(f"({n}+{j})" for j in range(k)),
                    rf"\frac{{({n}+{k + 1})!}}{{{n}!}}",
                    f"({n}+{k})^{k}+1",
                    "".join(f"({n}+{j})" for j in range(1, k + 1)) + f"+{TINY}",
                ],
            ),
            (
                [rf"({n}+1)!-{n}!", rf"{n}\cdot {n}!", rf"\frac{{{n}({n}+1)!}}{{{n}+1}}"],
                [rf"({n}-1)\cdot {n}!", f"{n}!", rf"{n}\cdot ({n}+1)!", rf"{n}\cdot {n}!+1"],
            ),
            (
                [
                    rf"\frac{{(2{n})!}}{{2^{n} {n}!}}",
                    rf"\frac{{(2{n})!}}{{{n}!\cdot 2^{{{n}}}}}",
                    f"(2{n}-1)!!",
                ],
                [
                    rf"\frac{{(2{n})!}}{{2^{n}}}",
                    rf"\frac{{(2{n}-1)!}}{{2^{n} {n}!}}",
                    f"(2{n})!!",
                    f"(2{n}+1)!!",
                    f"(2{n}-1)!",
                ],
            ),
        ]
    )


@family
def binomials(source: random.Random) -> Forms:
    return source.choice(
        [
            (
                [
                    r"\binom{n}{k}",
                    r"\binom{n-1}{k}+\binom{n-1}{k-1}",
                    r"\binom{n}{n-k}",
                    r"\frac{n!}{k!(n-k)!}",
                ],
                [
                    r"\binom{n-1}{k}+\binom{n-1}{k+1}",
                    r"\binom{n+1}{k}",
                    r"\binom{n}{k+1}",
                    r"\frac{n!}{(n-k)!}",
                    rf"\binom{{n}}{{k}}+{TINY}",
                ],
            ),
            (
                [r"\binom{n}{2}", r"\frac{n(n-1)}{2}", r"\frac{n^2-n}{2}", r"\binom{n+1}{2}-n"],
                [
                    r"\frac{n(n+1)}{2}",
                    r"\binom{n+1}{2}",
                    r"\frac{n^2}{2}",
                    r"\binom{n}{3}",
                    r"\frac{(n-1)^2}{2}",
                ],
            ),
            (
                [r"k\binom{n}{k}", r"n\binom{n-1}{k-1}", r"(n-k+1)\binom{n}{k-1}"],
                [r"n\binom{n-1}{k}", r"(n-k)\binom{n}{k-1}", r"k\binom{n}{k-1}", r"n\binom{n}{k-1}"],
            ),
        ]
    )


@family
def sums_of_numbers(source: random.Random) -> Forms:
    last, power = source.randint(6, 30), source.randint(1, 4)
    total = sum(k**power for k in range(1, last + 1))
    return (
        [
            rf"\sum_{{k=1}}^{{{last}}} k^{power}",
            str(total),
            rf"\sum_{{j=0}}^{{{last - 1}}} (j+1)^{power}",
            rf"\sum_{{i=1}}^{{{last}}} ({last + 1}-i)^{{{power}}}",
        ],
        [
            rf"\sum_{{k=1}}^{{{last - 1}}} k^{power}",
            rf"\sum_{{k=0}}^{{{last - 1}}} k^{power}",
            rf"{total}+{TINY}",
            str(total + source.choice((-1, 1))),
            rf"\sum_{{k=2}}^{{{last}}} k^{power}",
        ],
    )


@family
def sums_with_letters(source: random.Random) -> Forms:
    n, k = source.choice(("nk", "nj", "mi", "Nk"))
    return source.choice(
        [
            (
                [rf"\sum_{{{k}=1}}^{n} {k}", rf"\frac{{{n}({n}+1)}}{{2}}", rf"\sum_{{{k}=0}}^{{{n}}} {k}"],
                [
                    rf"\frac{{{n}({n}-1)}}{{2}}",
                    rf"\sum_{{{k}=1}}^{{{n}-1}} {k}",
                    rf"\sum_{{{k}=0}}^{{{n}}} ({k}+1)",
                    rf"\sum_{{{k}=2}}^{{{n}}} {k}",
                ],
            ),
            (
                [
                    rf"\sum_{{{k}=0}}^{{{n}}} \binom{{{n}}}{{{k}}}",
                    f"2^{n}",
                    rf"1+\sum_{{{k}=1}}^{{{n}}} \binom{{{n}}}{{{k}}}",
                ],
                [
                    rf"\sum_{{{k}=1}}^{{{n}}} \binom{{{n}}}{{{k}}}",
                    f"2^{{{n}+1}}",
                    f"2^{n}-1",
                    rf"\sum_{{{k}=0}}^{{{n}-1}} \binom{{{n}}}{{{k}}}",
                ],
            ),
            (
                [
                    rf"\sum_{{{k}=1}}^{{{n}}} \frac{{1}}{{{k}({k}+1)}}",
                    rf"1-\frac{{1}}{{{n}+1}}",
                    rf"\frac{{{n}}}{{{n}+1}}",
                ],
                [
                    "1",
                    rf"\frac{{{n}-1}}{{{n}}}",
                    rf"\frac{{{n}+1}}{{{n}}}",
                    rf"\sum_{{{k}=1}}^{{{n}}} \frac{{1}}{{{k}^2}}",
                ],
            ),
        ]
    )


@family
def geometric(source: random.Random) -> Forms:
    r, last = source.choice((2, 3, 5)), source.randint(4, 12)
    total = (r ** (last + 1) - 1) // (r - 1)
    return (
        [
            rf"\sum_{{k=0}}^{{{last}}} {r}^k",
            rf"\frac{{{r}^{{{last + 1}}}-1}}{{{r - 1}}}",
            str(total),
            rf"1+\sum_{{k=1}}^{{{last}}} {r}^{{k}}",
        ],
        [
            rf"\sum_{{k=1}}^{{{last}}} {r}^k",
            rf"\frac{{{r}^{{{last}}}-1}}{{{r - 1}}}",
            str(total + 1),
            rf"{r}^{{{last + 1}}}",
            rf"\frac{{{r}^{{{last + 1}}}-1}}{{{r - 1}}}+{TINY}",
        ],
    )
