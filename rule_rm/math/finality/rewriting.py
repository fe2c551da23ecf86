"""Find answers in variables that rearrange an expression of the question: nothing is expanded or solved."""

from __future__ import annotations

from rule_rm.math.finality.formulas import Question, statements
from rule_rm.math.finality.shapes import parts, written
from rule_rm.math.finality.work import factors
from rule_rm.math.values.answers import Chain, Inequality, Interval, Named, Quantity, Value, expressions
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, symbols


def unchanged(answer: Value, golden: Value, asked: Question) -> str | None:
    """Return why an answer in variables is an expression of the question that nothing was done with."""
    if isinstance(answer, Named) and isinstance(golden, Named) and _is_solved(answer) and _is_solved(golden):
        answer, golden = answer.value, golden.value
    if (
        isinstance(answer, Inequality)
        and _is_solved_set(golden)
        and not all(map(_is_solved_member, answer.members))
    ):
        return "an inequality that is not solved"
    sides = _sides(golden)
    # `x = 5` does not repeat the x − 5 of a question, but its equation 5 = x.
    is_statement = isinstance(answer, (Named, Chain, Inequality))
    vanishing = any(_vanishes(part) for one in sides for part in parts(one))
    for side in _sides(answer):
        if not vanishing and not is_statement and symbols(side) and any(map(_vanishes, parts(side))):
            return "a term or factor that changes nothing"
        if (
            not symbols(side)
            or not isinstance(side, Apply)
            or any(written(side) == written(one) for one in sides)
        ):
            continue
        if asked.has(side, stated=is_statement):
            return "an expression of the question, rearranged"
        if (left := _wrong_form(side, sides, asked)) is not None:
            return left
    return None


def _sides(value: Value) -> list[Expression]:
    """Return the expressions that a value says something with: an equation's left − right, else all of it."""
    whole = list(statements(value))
    if isinstance(value, (Named, Chain, Inequality)):
        return whole
    return list(expressions(value)) if isinstance(value, Quantity) else []


def _is_solved(named: Named) -> bool:
    """Return True for `y = …` without y on the right, and for `f(x) = …`."""
    if not isinstance(named.symbol, Symbol):
        return named.symbol is None
    return named.symbol.name not in {name for inner in expressions(named.value) for name in symbols(inner)}


def _is_solved_set(golden: Value) -> bool:
    """Return True for an interval, and for an inequality of a variable with numbers."""
    if isinstance(golden, Inequality):
        return all(isinstance(member, Symbol) or not symbols(member) for member in golden.members)
    return isinstance(golden, Interval)


def _is_solved_member(member: Expression) -> bool:
    """Return True for a number, a variable, and the distance of a variable from a number: `|x - 3|`."""
    match member:
        case Apply("negative", (Symbol(),)):
            return True
        case Apply("abs", (Apply("add", terms),)) | Apply("abs", terms):
            return all(isinstance(term, Symbol) or not symbols(term) for term in terms)
    return isinstance(member, Symbol) or not symbols(member)


def _wrong_form(side: Expression, golden: list[Expression], asked: Question) -> str | None:
    """Return why an answer is not in the form of the golden answer that the question asks for."""
    if asked.expand and not any(map(_has_product_of_sums, golden)) and _has_product_of_sums(side):
        return "a product that is not expanded"
    if asked.factor and golden and _factor_count(side) < min(map(_factor_count, golden)):
        return "a sum that is not factored"
    if any(map(_cancels, parts(side))) and not any(_cancels(part) for one in golden for part in parts(one)):
        return "a quotient that is not cancelled"
    return None


def _vanishes(expression: Expression) -> bool:
    """Return True for a sum with a term 0: `(x - 3)(x + 3) + 0`."""
    return (
        isinstance(expression, Apply)
        and expression.function == "add"
        and any(map(_is_zero, expression.arguments))
    )


def _is_zero(term: Expression) -> bool:
    match term:
        case Number(value):
            return value == 0
        case Apply("negative", (inner,)):
            return _is_zero(inner)
    return False


def _cancels(expression: Expression) -> bool:
    """Return True for a quotient with the same factor above and below the line."""
    if not isinstance(expression, Apply) or expression.function != "divide":
        return False
    above, below = ({written(one) for one in side if symbols(one)} for side in factors(expression))
    return bool(above & below)


def _has_product_of_sums(expression: Expression) -> bool:
    """Return True if a sum is multiplied by a variable or a sum, or is raised to a power."""
    for part in parts(expression):
        match part:
            case Apply("power", (base, Number(exponent))) if _is_sum(base) and exponent > 1:
                return True
            case Apply("multiply", arguments):
                if any(map(_is_sum, arguments)) and sum(bool(symbols(one)) for one in arguments) > 1:
                    return True
    return False


def _is_sum(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.function == "add" and bool(symbols(expression))


def _factor_count(expression: Expression) -> int:
    """Return the number of factors with variables of a product, powers counted as often as they say."""
    match expression:
        case Apply("negative", (inner,)) | Apply("divide", (inner, Number())):
            return _factor_count(inner)
        case Apply("multiply" | "divide", arguments):
            return sum(map(_factor_count, arguments))
        case Apply("power", (base, Number(exponent))) if 0 < exponent < 100 and exponent.denominator == 1:
            return _factor_count(base) * int(exponent)
    return 1 if symbols(expression) else 0
