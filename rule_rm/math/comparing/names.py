"""Values with names: `x = 5`, `f(x) = x^2`, "the area = 5", and formulas with their value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from rule_rm.math.comparing.amounts import same_quantity
from rule_rm.math.comparing.equations import same_equations
from rule_rm.math.comparing.statements import has_decimals, settled_chain
from rule_rm.math.values.answers import Chain, Named, Quantity, Value, mapped, variables
from rule_rm.math.values.expression import Expression, Number, Symbol, UnreadableError, substitute, symbols

_PRIMED = re.compile(r"([a-zA-Z]'+)(?:\([a-zA-Z]\))?")
"""A function's derivative: `y'`, `f''(x)`."""
_LEIBNIZ = re.compile(r"d(?:\^([23]))?([a-zA-Z])(?:\([a-zA-Z]\))?d([a-zA-Z])(?:\^([23]))?")
"""A derivative as a quotient without its marks: `d^2ydx^2`."""

_UNORDERED = re.compile(r"cap|cup|\+|\*|triangle|^\[|max|min|gcd|lcm")
r"""A sign or function that takes its letters in any order: `P(A \cap B)`, `\triangle ABC`."""
_POINTS = re.compile(r"(?<![A-Za-z])(?:angle|overline|bar)?\{?([A-Z]{2,4})[}|]*$")
"""The points of a segment or an angle at the end of a name: `angleABC`, `|AB|`."""
_COORDINATES = re.compile(r"\\?[(\[]x,y(?:,z)?[)\]]")
"""The coordinates of a point as a name: `(x,y,z)`."""
_VECTOR = re.compile(r"\\?(?:vec|bar|overline)?\{?[a-zA-Z]\}?(?:\([a-z]\))?")
"""The name of a vector: `r`, `vec{r}`, `r(t)`."""
_FIELD = re.compile(r"^([a-zA-Z])\([a-z],[a-z](?:,[a-z])?\)$")
"""A function of two or three variables: `u(x,t)`."""
_TRANSFORM = re.compile(r"\\L(?:\^\{-1\})?\\\{")
r"""A transform of Laplace or its inverse: `\L\{f(t)\}`."""
_HAT = re.compile(r"hat\{?([a-zA-Z])\}?")
"""A letter with a hat: `hat{y}`."""
_DETERMINANT = re.compile(r"det\(?([A-Z])\)?|\|([A-Z])\|")
"""The determinant of a matrix as a name: `det(A)`, `|A|`."""
_MARKS = re.compile(r"frac|[{}/\\]")
"""Marks of a quotient in a name: `frac`, `{`."""
_PARTIAL = re.compile(
    r"(?:partial(?P<f>[a-zA-Z])partial(?P<x>[a-zA-Z])|partial_(?P<y>[a-zA-Z])(?P<g>[a-zA-Z])"
    r"|(?P<h>[a-zA-Z])_(?P<z>[a-zA-Z]))(?:\([a-z](?:,[a-z])*\))?"
)
"""A partial derivative without marks: `partialfpartialx`, `partial_xf`, `f_x(x,y)`."""
_QUOTIENT = re.compile(r"d([2-9]?)(.+)/d(.+)")
"""The name of a derivative as a quotient: `d2x/dt`."""

Equal = Callable[[Value, Value], bool]
_APPLIED = re.compile(r"(?P<function>[a-zA-Z]\w*'*)(?P<inverse>\^\{-1\})?\((?P<variable>[a-zA-Z])\)")
"""A function of a variable, or its inverse: `f(x)`, `f^{-1}(x)`."""
_INDEXED = re.compile(r"(?P<function>[a-zA-Z])_\{?(?P<variable>[a-zA-Z]+)\}?")
"""A term of a sequence, or a quantity with an index: `a_n`, `v_{max}`."""


def same_named(golden: Value, answer: Value, equal: Equal) -> bool:
    """Return True for equal values whose names, where both have one, may be the same."""
    if isinstance(golden, Named) and isinstance(answer, Named):
        for one, other in ((golden, answer), (answer, golden)):
            if isinstance(other.value, Named) and other.value.name == one.name:
                return equal(one.value, other.value.value)
        if _may_be_the_same(golden, answer):
            return equal(golden.value, _with_variable_of(golden, answer)) or same_equations(golden, answer)
        return same_equations(golden, answer)
    if isinstance(golden, Named):
        return same_equations(golden, answer) if isinstance(answer, Chain) else equal(golden.value, answer)
    if isinstance(golden, Chain):
        return same_equations(golden, answer)
    return isinstance(answer, Named) and equal(golden, answer.value)


def _may_be_the_same(golden: Named, answer: Named) -> bool:
    """Return True for one name, for words and a variable, and for `f(x)` and `y` or `f(n)`."""
    if golden.name == answer.name or _derivative(golden.name) == _derivative(answer.name) != "":
        return True
    if _estimated(golden.name) == _estimated(answer.name) or _same_partial(golden.name, answer.name):
        return True
    both = ((golden.name, answer.name), (answer.name, golden.name))
    if any(_is_position(*names) or _is_transform(*names) for names in both):
        return True
    if _FIELD.sub(r"\1", golden.name) == _FIELD.sub(r"\1", answer.name):
        return True
    if _test_value(golden.name) == _test_value(answer.name):
        return True
    ours, theirs = _is_words(golden), _is_words(answer)
    if ours or theirs:
        return ours != theirs or bool(set(golden.name.split()) & set(answer.name.split()))
    if golden.name.count("'") != answer.name.count("'"):
        return False
    applied = [_APPLIED.fullmatch(named.name) for named in (golden, answer)]
    if all(applied) and len({match["inverse"] for match in applied if match}) > 1:
        return False
    if _is_term(golden) and _is_term(answer):
        return golden.name[0] == answer.name[0]
    if _is_same_with_index(golden, answer) or _is_same_with_index(answer, golden):
        return True
    if (golden.symbol is None or answer.symbol is None) and not any(
        match and match["inverse"] for match in applied
    ):
        return _same_letters(golden.name, answer.name)
    return any(applied) and all(
        match or (named.name.rstrip("'").isalpha() and len(named.name.rstrip("'")) == 1)
        for match, named in zip(applied, (golden, answer), strict=True)
    )


def _is_transform(transform: str, function: str) -> bool:
    r"""Return True for a transform and a function that it may be: `\mathcal{L}\{f(t)\}` and `F(s)`."""
    applied = _APPLIED.fullmatch(function)
    if applied is None or applied["inverse"] or not _TRANSFORM.match(transform):
        return False
    return applied["function"].isupper() != transform.startswith("\\L^")


def _estimated(name: str) -> str:
    r"""Return a letter without its hat: a regression line is `\hat{y} = 2x` or `y = 2x`."""
    found = _HAT.fullmatch(name)
    return found[1] if found else name


def _is_position(coordinates: str, vector: str) -> bool:
    """Return True for the coordinates of a point and the name of its vector: `(x, y, z)` and `r(t)`."""
    return _COORDINATES.fullmatch(coordinates) is not None and _VECTOR.fullmatch(vector) is not None


def _test_value(name: str) -> str:
    """Return the letter of a test's value, the `p` of `p-value`, and a determinant in one notation."""
    if (found := _DETERMINANT.fullmatch(name.lstrip("\\"))) is not None:
        return f"det {found[1] or found[2]}"
    return name.lstrip("\\").removesuffix("-value").removesuffix(" value")


def _same_partial(golden: str, answer: str) -> bool:
    r"""Return True for one partial derivative in two notations: `\frac{\partial f}{\partial x}` and `f_x`."""
    ours, theirs = _partial(golden), _partial(answer)
    return ours == theirs is not None and "partial" in golden + answer


def _partial(name: str) -> tuple[str, str] | None:
    """Return the function and the variable of a partial derivative.

    >>> _partial("frac{partialf}{partialx}"), _partial("f_x(x,y)"), _partial("partial_xf"), _partial("f")
    (('f', 'x'), ('f', 'x'), ('f', 'x'), None)
    """
    found = _PARTIAL.fullmatch(_MARKS.sub("", name))
    if found is None:
        return None
    return (found["f"] or found["g"] or found["h"]), (found["x"] or found["y"] or found["z"])


def _derivative(name: str) -> str:
    """Return the name of a derivative with primes: `y''` for `frac{d^2y}{dx^2}`; nothing for another name.

    >>> _derivative("frac{dy}{dx}"), _derivative("y'"), _derivative("f'(x)"), _derivative("y")
    ("y'", "y'", "f'", '')
    """
    if (found := _PRIMED.fullmatch(name)) is not None:
        return found[1]
    found = _LEIBNIZ.fullmatch(name.replace("{", "").replace("}", "").replace("frac", "").replace("/", ""))
    if found is None or (found[1] or "1") != (found[4] or "1"):
        return ""
    return found[2] + "'" * int(found[1] or 1)


def with_primes(golden: Value, answer: Value) -> tuple[Value, Value] | None:
    """Return both values with primes for derivatives as quotients, if one side has primes: `y'` for `dy/dx`.

    None if neither or both sides have them, or if the variable differs within a side.
    """
    ours, theirs = _names(golden), _names(answer)
    quotients = {name: found for name in ours | theirs if (found := _QUOTIENT.fullmatch(name))}
    is_mixed = any("'" in name for name in ours) != any("'" in name for name in theirs)
    if not quotients or not is_mixed or len({found[3] for found in quotients.values()}) > 1:
        return None

    def primed(expression: Expression) -> Expression:
        for name, found in quotients.items():
            expression = substitute(expression, name, Symbol(found[2] + "'" * int(found[1] or 1)))
        return expression

    return mapped(golden, primed), mapped(answer, primed)


def _names(value: Value) -> frozenset[str]:
    inner = variables(value)
    symbol = value.symbol if isinstance(value, Named) else None
    return inner | (symbols(symbol) if symbol is not None else frozenset())


def _is_term(named: Named) -> bool:
    """Return True for a term of a sequence by its number: `a_n = 2n`."""
    found = _INDEXED.fullmatch(named.name)
    return found is not None and found["variable"] in _names(named.value)


def _is_same_with_index(plain: Named, named: Named) -> bool:
    """Return True for `v` and `v_{max}`: an index of letters says which v is meant."""
    found = _INDEXED.fullmatch(named.name)
    return (
        found is not None
        and found["function"] == plain.name
        and found["variable"] not in _names(named.value) | _names(plain.value)
    )


def _same_letters(golden: str, answer: str) -> bool:
    r"""Return True for the same letters in one order, or in any where the order says nothing.

    >>> _same_letters("P(AcapB)", "P(BcapA)"), _same_letters("P(A|B)", "P(B|A)")
    (True, False)
    >>> _same_letters("angleABC", "angleCBA"), _same_letters("angleABC", "angleBAC")
    (True, False)
    """
    ours, theirs = _letters(golden), _letters(answer)
    if ours == theirs:
        return True
    either_order = _UNORDERED.search(golden) is not None and _UNORDERED.search(answer) is not None
    if either_order:
        return sorted(ours) == sorted(theirs)
    points, others = _POINTS.search(golden), _POINTS.search(answer)
    return (
        points is not None
        and others is not None
        and golden[: points.start()] == answer[: others.start()]
        and points[1] == others[1][::-1]
    )


def _letters(name: str) -> list[str]:
    r"""Return the letters of a name, and the digits and signs of its indices: `A^{-1}` is not `A`."""
    return [letter for letter in name.replace("frac", "").lower() if letter.isalnum() or letter in "+-"]


def _is_words(named: Named) -> bool:
    return named.symbol is None and len(named.name) > 1 and named.name.replace(" ", "").isalpha()


def _with_variable_of(golden: Named, answer: Named) -> Value:
    """Return the answer's value in the golden answer's variable: `f(n) = n + 1` for `f(x) = x + 1`."""
    pattern = _INDEXED if _is_term(golden) and _is_term(answer) else _APPLIED
    ours, theirs = pattern.fullmatch(golden.name), pattern.fullmatch(answer.name)
    if not ours or not theirs or ours["variable"] == theirs["variable"]:
        return answer.value
    old, new = theirs["variable"], Symbol(ours["variable"])
    return mapped(answer.value, lambda expression: substitute(expression, old, new))


def value_of_formula(chain: Chain, symbol: Expression | None) -> Value:
    """Return the value in `A = \\pi r^2 = 25\\pi`: formulas are passed over, numbers must agree."""
    members = chain.members
    if symbols(members[-1].expression) or not any(symbols(member.expression) for member in members):
        return chain
    own = symbols(symbol) if isinstance(symbol, Symbol) else frozenset()
    if any(symbols(member.expression) & own for member in members):
        raise UnreadableError("an equation of a name with itself")
    kept = [at for at, member in enumerate(members) if not symbols(member.expression)]
    if len(kept) == 1:
        return members[kept[0]]
    signs = tuple(
        "approx" if "approx" in chain.signs[one:two] else "=" for one, two in itertools.pairwise(kept)
    )
    return Chain(tuple(members[at] for at in kept), signs)


def is_stated(answer: Value, golden: Value) -> bool:
    r"""Return True for the decimal of a golden answer with both forms: `\frac{\ln 2}{0.05} \approx 13.86`."""
    while isinstance(golden, Named):
        golden = golden.value
    if not isinstance(golden, Chain) or "approx" not in golden.signs or not isinstance(answer, Quantity):
        return False
    last = golden.members[-1]
    is_decimal = isinstance(last.expression, Number) and last.expression.decimals is not None
    return is_decimal and isinstance(answer.expression, Number) and same_quantity(last, answer)


def states(golden: Value, answer: Value) -> bool:
    """Return True if the golden answer is a decimal that a true chain states: `2\\sqrt2 \\approx 2.83`."""
    while isinstance(answer, Named):
        inner = answer.value
        answer = value_of_formula(inner, answer.symbol) if isinstance(inner, Chain) else inner
    if (
        not isinstance(golden, Quantity)
        or not isinstance(answer, Chain)
        or not has_decimals(golden.expression)
    ):
        return False
    if any(symbols(member.expression) for member in answer.members):
        return False
    settled_chain(answer)
    return any(has_decimals(member.expression) and same_quantity(golden, member) for member in answer.members)
