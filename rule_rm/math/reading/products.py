"""Products of expressions, cross products of vectors, and determinants of products."""

from __future__ import annotations

from rule_rm.math.reading.variables import ARROWS, spelled
from rule_rm.math.values.expression import ZERO, Apply, BeyondReadingError, Expression, Symbol, negative


def multiplied(left: Expression, right: Expression) -> Expression:
    """Return a product, flat however many factors it has."""
    factors = left.arguments if isinstance(left, Apply) and left.function == "multiply" else (left,)
    return Apply("multiply", (*factors, right))


def crossed(left: Expression, right: Expression) -> Expression:
    r"""Return a product whose last factor is crossed with a vector: `q\vec{v} \times \vec{B}`.

    The cross product is a name, with a sign: `\vec{B} \times \vec{v}` is its negative.
    """
    *factors, last = left.arguments if isinstance(left, Apply) and left.function == "multiply" else (left,)
    if not (_is_vector(last) and _is_vector(right)):
        return multiplied(left, right)
    names = spelled(last), spelled(right)
    product: Expression = Symbol(" × ".join(sorted(names)))
    if names[0] == names[1]:
        product = ZERO
    elif names[0] > names[1]:
        product = negative(product)
    return Apply("multiply", (*factors, product)) if factors else product


def _is_vector(expression: Expression) -> bool:
    return isinstance(expression, Symbol) and expression.name.split(" ")[0] in ARROWS


def determinant_of(arguments: list[Expression]) -> Expression:
    r"""Return the determinant of a product of matrices in those of its factors: `\det(AB^{-1})`.

    Raises BeyondReadingError for a sum or a multiple.
    """
    match arguments:
        case [Symbol(name)] if name[0].isupper():
            return Symbol(f"det {name}")
        case [Apply("transpose", inner)]:
            return determinant_of(list(inner))
        case [Apply("power", (base, exponent))]:
            return Apply("power", (determinant_of([base]), exponent))
        case [Apply("multiply", factors)]:
            return Apply("multiply", tuple(determinant_of([factor]) for factor in factors))
    raise BeyondReadingError("\\det")
