"""Functions that jump or bend."""

import random

from .family import TINY, Forms, family, line, signed


@family
def floor(source: random.Random) -> Forms:
    u, k = line(source), source.randint(1, 9)
    return (
        [rf"\lfloor {u}\rfloor+{k}", rf"\lfloor {u}+{k}\rfloor", rf"{k}-\lceil -({u})\rceil"],
        [
            rf"\lceil {u}\rceil+{k - 1}",
            rf"\lceil {u}+{k}\rceil-1",
            rf"\lfloor {u}+\frac{{1}}{{1000}}\rfloor+{k}",
            rf"\lfloor {u}\rfloor+{k}+{TINY}",
            f"{u}+{k}",
            rf"\lfloor |{u}|\rfloor+{k}",
        ],
    )


@family
def hermite(source: random.Random) -> Forms:
    x, k = source.choice("xyt"), source.randint(2, 4)
    parts = [rf"\lfloor {x}+\frac{{{j}}}{{{k}}}\rfloor" for j in range(k)]
    parts[0] = rf"\lfloor {x}\rfloor"
    wrong = [*parts[:-1], rf"\lfloor {x}+\frac{{{k - 1}}}{{{k + 1}}}\rfloor"]
    return (
        [rf"\lfloor {k}{x}\rfloor", "+".join(parts), "+".join(reversed(parts))],
        [rf"{k}\lfloor {x}\rfloor", "+".join(wrong), "+".join(parts[:-1]), rf"\lceil {k}{x}\rceil-1"],
    )


@family
def rounding(source: random.Random) -> Forms:
    u = line(source)
    return (
        [
            rf"\lfloor {u}+\frac12\rfloor",
            rf"-\lceil -({u})-\frac{{1}}{{2}}\rceil",
            rf"\lfloor {u}+1.5\rfloor-1",
        ],
        [
            rf"\lceil {u}-\frac12\rceil",
            rf"\lfloor {u}\rfloor",
            rf"\lceil {u}\rceil",
            rf"\lfloor {u}+0.4999\rfloor",
        ],
    )


@family
def fractional_part(source: random.Random) -> Forms:
    u = line(source)
    return (
        [rf"{u}-\lfloor {u}\rfloor", rf"{u}+\lceil -({u})\rceil", rf"{u}+3-\lfloor {u}+3\rfloor"],
        [rf"{u}-\lceil {u}\rceil+1", rf"{u}-\lfloor {u}\rfloor+{TINY}", rf"|{u}|-\lfloor |{u}|\rfloor"],
    )


@family
def halves_of_integers(source: random.Random) -> Forms:
    n = source.choice("nmk")
    return source.choice(
        [
            (
                [
                    rf"\lfloor \frac{{{n}^2}}{{4}}\rfloor",
                    rf"\lfloor \frac{{{n}}}{{2}}\rfloor\lceil\frac{{{n}}}{{2}}\rceil",
                    rf"\frac{{2{n}^2-1+(-1)^{n}}}{{8}}",
                ],
                [
                    rf"\frac{{2{n}^2-1-(-1)^{n}}}{{8}}",
                    rf"\frac{{{n}^2}}{{4}}",
                    rf"\frac{{{n}^2-1}}{{4}}",
                    rf"\lceil \frac{{{n}^2}}{{4}}\rceil",
                ],
            ),
            (
                [
                    rf"\lceil\frac{{{n}}}{{2}}\rceil",
                    rf"\lfloor\frac{{{n}+1}}{{2}}\rfloor",
                    rf"{n}-\lfloor\frac{{{n}}}{{2}}\rfloor",
                    rf"\frac{{2{n}+1-(-1)^{n}}}{{4}}",
                ],
                [
                    rf"\lceil\frac{{{n}+1}}{{2}}\rceil",
                    rf"\lfloor\frac{{{n}}}{{2}}\rfloor+1",
                    rf"\lfloor\frac{{{n}}}{{2}}\rfloor",
                    rf"\frac{{{n}}}{{2}}",
                    rf"\frac{{{n}+1}}{{2}}",
                ],
            ),
        ]
    )


@family
def greater(source: random.Random) -> Forms:
    u, v = line(source, "xy"), line(source, "ab")
    far = source.choice((50, 1000, 10**6))
    return (
        [
            rf"\max({u},{v})",
            rf"\max\{{{v},{u}\}}",
            rf"\frac{{{u}+{v}+|{u}-({v})|}}{{2}}",
            rf"-\min(-({u}),-({v}))",
            rf"{u}+{v}-\min({u},{v})",
        ],
        [
            rf"\max({u},{v},-{far})",
            rf"\min(\max({u},{v}),{far})",
            rf"\frac{{{u}+{v}-|{u}-({v})|}}{{2}}",
            rf"\frac{{{u}+{v}+|{u}+{v}|}}{{2}}",
            rf"\max({u},{v})+{TINY}",
            rf"\max({u},{v},{TINY})",
            u,
        ],
    )


@family
def clamped(source: random.Random) -> Forms:
    u, low = line(source), source.randint(-5, 3)
    high = low + source.randint(2, 9)
    return (
        [
            rf"\min(\max({u},{low}),{high})",
            rf"\max(\min({u},{high}),{low})",
            rf"\frac{{|{u}{signed(-low)}|-|{u}{signed(-high)}|{signed(low + high)}}}{{2}}",
        ],
        [
            rf"\min({u},{high})",
            rf"\max({u},{low})",
            rf"\min(\max({u},{low}),{high + 1})",
            rf"\frac{{|{u}{signed(-low)}|+|{u}{signed(-high)}|{signed(low + high)}}}{{2}}",
            f"{u}",
        ],
    )


@family
def distances(source: random.Random) -> Forms:
    x, a = source.choice("xyt"), source.randint(1, 6)
    b = a + source.randint(1, 6)
    return (
        [f"|{x}-{a}|+|{x}-{b}|", f"|{a}-{x}|+|{b}-{x}|", rf"\max({b - a},2{x}-{a + b},{a + b}-2{x})"],
        [
            f"{b - a}",
            f"2{x}-{a + b}",
            f"|2{x}-{a + b}|",
            rf"\max({b - a},2{x}-{a + b})",
            f"|{x}-{a}|+|{x}-{b}|+{TINY}",
            f"|{x}-{a}|-|{x}-{b}|",
        ],
    )


@family
def bump(source: random.Random) -> Forms:
    x, at, base = source.choice("xyt"), source.choice((0, 1, 7, -4, 123, 5000)), source.choice("abc")
    away = f"{x}{signed(-at)}"
    return (
        [f"{base}", f"2{base}-{base}", f"{base}+0\\cdot|{away}|", rf"\max({base},{base}-|{away}|)"],
        [
            rf"{base}+\lfloor\frac{{1}}{{1+({away})^2}}\rfloor",
            rf"{base}+\max(0,1-|{away}|)",
            rf"{base}+\lfloor e^{{-({away})^2}}\rfloor",
            rf"\max({base},{base}+\frac{{1}}{{100}}-|{away}|)",
            rf"{base}+\lfloor\cos^2(\pi {x})\rfloor",
            rf"{base}+1+\lfloor {x}\rfloor+\lfloor -{x}\rfloor",
            rf"{base}+|{away}|-\sqrt{{({away})^2+{TINY}}}",
        ],
    )


@family
def cube_roots(source: random.Random) -> Forms:
    u, k = line(source), source.randint(2, 5)
    return (
        [
            rf"\sqrt[3]{{{k**3}({u})^3}}",
            f"{k}({u})",
            rf"-\sqrt[3]{{-{k**3}({u})^3}}",
            rf"{k}\sqrt[5]{{({u})^5}}",
        ],
        [
            rf"{k}|{u}|",
            rf"\sqrt{{{k**2}({u})^2}}",
            rf"\sqrt[3]{{{k**3}({u})^3+{TINY}}}",
            f"-{k}({u})",
            rf"{k}\sqrt[4]{{({u})^4}}",
        ],
    )


@family
def square_roots(source: random.Random) -> Forms:
    u, k = line(source), source.randint(2, 5)
    return (
        [
            rf"\sqrt{{{k**2}({u})^2}}",
            rf"{k}|{u}|",
            rf"{k}\max({u},-({u}))",
            rf"{k}\sqrt[4]{{({u})^4}}",
            rf"|-{k}({u})|",
        ],
        [
            f"{k}({u})",
            f"-{k}({u})",
            rf"\sqrt{{{k**2}({u})^2+{TINY}}}",
            rf"{k}\max({u},0)",
            rf"{k}\sqrt[3]{{({u})^3}}",
            rf"{k}|{u}|+{TINY}",
        ],
    )


@family
def even_roots_of_odd_powers(source: random.Random) -> Forms:
    u = line(source)
    return (
        [rf"\sqrt{{({u})^6}}", f"|{u}|^3", f"|({u})^3|", f"({u})^2|{u}|"],
        [f"({u})^3", f"-({u})^3", rf"({u})^2\sqrt[3]{{({u})^3}}", f"({u})|{u}|^2"],
    )
