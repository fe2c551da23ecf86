"""Functions by cases, with signs and with parameters, and of several variables."""

import random

from .family import TINY, Forms, family, line, signed


@family
def piecewise(source: random.Random) -> Forms:
    x, a = source.choice("xyt"), source.randint(-4, 6)
    u = f"{x}{signed(-a)}" if a else x
    up, down = u, f"{a}-{x}"
    return (
        [
            f"|{u}|",
            rf"\begin{{cases}} {up} & {x}\ge {a} \\ {down} & {x}<{a}\end{{cases}}",
            rf"\begin{{cases}} {down} & \text{{if }} {x}\le {a} \\ {up} & \text{{if }} {x}>{a}\end{{cases}}",
            rf"\max({up},{down})",
        ],
        [
            rf"\begin{{cases}} {up} & {x}\ge {a} \\ {up} & {x}<{a}\end{{cases}}",
            rf"\begin{{cases}} {up} & {x}\ge {a + 1} \\ {down} & {x}<{a + 1}\end{{cases}}",
            rf"\begin{{cases}} {up} & {x}> {a} \\ 1 & {x}={a} \\ {down} & {x}<{a}\end{{cases}}",
            rf"\begin{{cases}} {up} & {x}\ge {a} \\ {down}+{TINY} & {x}<{a}\end{{cases}}",
            up,
            down,
        ],
    )


@family
def steps(source: random.Random) -> Forms:
    x, a = source.choice("xyt"), source.randint(0, 6)
    b, c = source.sample(range(-4, 8), 2)
    return (
        [
            rf"\begin{{cases}} {b} & {x}<{a} \\ {c} & {x}\ge {a}\end{{cases}}",
            rf"\begin{{cases}} {c} & {x}\ge {a} \\ {b} & {x}<{a}\end{{cases}}",
            rf"\begin{{cases}} {c}, & \text{{if }} {x}\geq {a}, \\ {b}, & \text{{otherwise}}\end{{cases}}",
        ],
        [
            rf"\begin{{cases}} {b} & {x}\le {a} \\ {c} & {x}> {a}\end{{cases}}",
            rf"\begin{{cases}} {c} & {x}<{a} \\ {b} & {x}\ge {a}\end{{cases}}",
            rf"\begin{{cases}} {b} & {x}<{a + 1} \\ {c} & {x}\ge {a + 1}\end{{cases}}",
            str(b),
            str(c),
        ],
    )


@family
def signs(source: random.Random) -> Forms:
    u = line(source)
    return (
        [rf"\frac{{{u}}}{{|{u}|}}", rf"\frac{{|{u}|}}{{{u}}}", rf"\frac{{\sqrt{{({u})^2}}}}{{{u}}}"],
        ["1", "-1", "0", rf"\frac{{{u}}}{{\sqrt{{({u})^2+{TINY}}}}}", rf"-\frac{{|{u}|}}{{{u}}}"],
    )


@family
def remainders(source: random.Random) -> Forms:
    n, m = source.choice("nm"), source.randint(2, 9)
    return (
        [
            rf"{n} \bmod {m}",
            rf"{n}-{m}\lfloor \frac{{{n}}}{{{m}}}\rfloor",
            rf"({n}+{m}) \bmod {m}",
            rf"({n + ''}-{3 * m}) \bmod {m}",
        ],
        [
            rf"{n} \bmod {m + 1}",
            rf"{n}-{m}\lceil \frac{{{n}}}{{{m}}}\rceil",
            rf"(-{n}) \bmod {m}" if m > 2 else rf"({n}+1) \bmod {m}",
            n,
            "0",
            rf"|{n}-{m}\lfloor \frac{{{n}}}{{{m}}}\rfloor|+{TINY}",
        ],
    )


@family
def alternating(source: random.Random) -> Forms:
    n = source.choice("nk")
    return source.choice(
        [
            (
                [f"(-1)^{n}", rf"\cos({n}\pi)", f"(-1)^{{{n}+2}}", rf"-(-1)^{{{n}+1}}"],
                ["1", f"(-1)^{{{n}+1}}", "-1", rf"\cos(2{n}\pi)", rf"(-1)^{{{n}^2+1}}", f"(-1)^{n}+{TINY}"],
            ),
            (
                [rf"\frac{{1+(-1)^{n}}}{{2}}", rf"\cos^2(\frac{{{n}\pi}}{{2}})", rf"1-({n} \bmod 2)"],
                [rf"\frac{{1-(-1)^{n}}}{{2}}", "1", "0", rf"\sin^2(\frac{{{n}\pi}}{{2}})", rf"{n} \bmod 2"],
            ),
            (
                [rf"(-1)^{{\frac{{{n}({n}+1)}}{{2}}}}", rf"(-1)^{{{n}}}(-1)^{{\frac{{{n}({n}-1)}}{{2}}}}"],
                [rf"(-1)^{{\frac{{{n}({n}-1)}}{{2}}}}", "1", f"(-1)^{n}", "-1"],
            ),
        ]
    )


@family
def exponentials(source: random.Random) -> Forms:
    x, b, k = source.choice("xyt"), source.choice((2, 3, 5)), source.randint(1, 4)
    return (
        [
            f"{b}^{{{x}+{k}}}",
            rf"{b**k}\cdot {b}^{x}",
            rf"\sqrt{{{b * b}^{{{x}+{k}}}}}",
            rf"e^{{({x}+{k})\ln {b}}}",
            rf"\frac{{{b}^{{2{x}+{k}}}}}{{{b}^{x}}}",
        ],
        [
            f"{b}^{{|{x}|+{k}}}",
            rf"{b**k}\cdot {b}^{x}+{TINY}",
            f"{b}^{{{x}+{k}+{TINY}}}",
            rf"{b}^{{{x}}}+{b}^{{{k}}}",
            f"{b}^{{{k}{x}}}" if k > 1 else f"{b}^{{2{x}}}",
        ],
    )


@family
def polynomials(source: random.Random) -> Forms:
    x, roots = source.choice("xyt"), [source.randint(-5, 9) for _ in range(3)]
    a, b, c = roots
    two = a * b + a * c + b * c
    expanded = f"{x}^3{signed(-a - b - c)}{x}^2{signed(two)}{x}{signed(-a * b * c)}"
    factored = "".join(f"({x}{signed(-root)})" if root else x for root in roots)
    integers = "".join(f"({x}-{j})" for j in range(1, 8))
    return (
        [expanded, factored, rf"\frac{{({factored})({x}^2+1)}}{{{x}^2+1}}"],
        [
            f"{expanded}+{integers}",
            f"{expanded}+{TINY}",
            f"({factored})(1+{TINY})",
            f"{expanded}+{TINY}{x}",
            f"{factored}-1",
            rf"{expanded}+\frac{{{integers}}}{{10^{{20}}}}",
        ],
    )


@family
def parameters(source: random.Random) -> Forms:
    a = source.choice("abc")
    sign = source.choice("<>")
    value, other = (a, f"-{a}") if sign == ">" else (f"-{a}", a)
    k = source.randint(2, 6)
    return (
        [
            rf"{k}|{a}|, {a}{sign}0",
            rf"\sqrt{{{k * k}{a}^2}}, {a}{sign}0",
            rf"{k}({value}), {a}{sign}0",
            rf"{k}({value}) \text{{ for }} {a}{sign}0",
        ],
        [
            rf"{k}({other}), {a}{sign}0",
            rf"{k}({value})+{TINY}, {a}{sign}0",
            rf"{k}|{a}|+{a}, {a}{sign}0",
        ],
    )


@family
def rationalised(source: random.Random) -> Forms:
    x, k = source.choice("xyt"), source.randint(1, 9)
    return (
        [
            rf"\sqrt{{{x}^2+{k}}}-{x}",
            rf"\frac{{{k}}}{{\sqrt{{{x}^2+{k}}}+{x}}}",
            rf"-\left({x}-\sqrt{{{k}+{x}^2}}\right)",
        ],
        [
            rf"\frac{{{k}}}{{\sqrt{{{x}^2+{k}}}-{x}}}",
            rf"\sqrt{{{x}^2+{k}}}-|{x}|",
            rf"\frac{{{k}}}{{\sqrt{{{x}^2+{k}}}+|{x}|}}",
            rf"\sqrt{{{x}^2+{k}+{TINY}}}-{x}",
        ],
    )


@family
def hyperbolic(source: random.Random) -> Forms:
    x = source.choice("xyt")
    return source.choice(
        [
            (
                [rf"\cosh({x})", rf"\frac{{e^{x}+e^{{-{x}}}}}{{2}}", rf"\sqrt{{1+\sinh^2({x})}}"],
                [
                    rf"\sinh({x})",
                    rf"\frac{{e^{x}-e^{{-{x}}}}}{{2}}",
                    rf"\cosh({x})+{TINY}",
                    rf"\frac{{e^{{|{x}|}}}}{{2}}",
                ],
            ),
            (
                [rf"\sinh({x})", rf"\frac{{e^{x}-e^{{-{x}}}}}{{2}}", rf"-\sinh(-{x})"],
                [rf"\sqrt{{\cosh^2({x})-1}}", rf"|\sinh({x})|", rf"\sinh({x})+{TINY}", rf"\cosh({x})"],
            ),
            (
                [
                    rf"\ln({x}+\sqrt{{{x}^2+1}})",
                    rf"-\ln(\sqrt{{{x}^2+1}}-{x})",
                    rf"\operatorname{{arsinh}}({x})",
                ],
                [
                    rf"\ln(|{x}|+\sqrt{{{x}^2+1}})",
                    rf"\ln({x}+\sqrt{{{x}^2+1}})+{TINY}",
                    rf"\ln(\sqrt{{{x}^2+1}}-{x})",
                ],
            ),
        ]
    )


@family
def several_variables(source: random.Random) -> Forms:
    a, b = source.choice(("xy", "ab", "pq", "uv"))
    return source.choice(
        [
            (
                [rf"\sqrt{{{a}^2-2{a}{b}+{b}^2}}", f"|{a}-{b}|", rf"\max({a},{b})-\min({a},{b})"],
                [f"{a}-{b}", f"{b}-{a}", f"||{a}|-|{b}||", rf"\sqrt{{{a}^2+{b}^2}}", rf"|{a}-{b}|+{TINY}"],
            ),
            (
                [f"|{a}||{b}|", f"|{a}{b}|", rf"\sqrt{{{a}^2{b}^2}}", rf"|{a}|\sqrt{{{b}^2}}"],
                [f"{a}{b}", f"{a}|{b}|", f"|{a}|{b}", rf"\sqrt{{{a}^2{b}^2+{TINY}}}"],
            ),
            (
                [f"{a}^3-{b}^3", f"({a}-{b})({a}^2+{a}{b}+{b}^2)", f"({a}-{b})^3+3{a}{b}({a}-{b})"],
                [
                    f"({a}-{b})({a}^2-{a}{b}+{b}^2)",
                    f"({a}-{b})^3",
                    f"{a}^3-|{b}|^3",
                    f"{a}^3-{b}^3+{TINY}{a}",
                ],
            ),
        ]
    )
