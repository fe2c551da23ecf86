r"""Equations, names, inequalities, memberships, congruences: `x = 3`, `f(x) = x^2`, `x \equiv 3 \pmod 7`."""

from __future__ import annotations

from collections.abc import Callable

from rule_rm.math.reading.brackets import Tokens, closing, outer, split, trimmed
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.quantities import expression
from rule_rm.math.reading.value_names import name_of, symbol_of
from rule_rm.math.reading.vocabulary import ACCENTS, GREEK, RELATIONS
from rule_rm.math.values.answers import (
    Based,
    Chain,
    Congruence,
    Inequality,
    Named,
    Quantity,
    Several,
    Value,
    Words,
)
from rule_rm.math.values.expression import Expression, Symbol, UnreadableError, symbols, variants

Read = Callable[[Tokens], Value]
_EQUAL = frozenset({"=", "approx", "equiv", "sim"})


def relation(tokens: Tokens, read: Read) -> Value | None:
    """Return the value of a relation; None if there is no relation."""
    if not any(token.text in RELATIONS for token in tokens):
        return None
    parts, signs = split(tokens, RELATIONS)
    if not signs:
        return None
    if "notin" in signs:
        return Words("".join(token.text for token in tokens))
    modulus, parts = _modulus(parts)
    if modulus is not None:
        return _congruence(parts, signs, modulus, read)
    if "in" in signs:
        return _member(parts, signs, read)
    if not parts[0] and len(parts) == 2 and signs[0] in _EQUAL and parts[1]:
        return read(parts[1])
    if any(not part for part in parts):
        raise UnreadableError("a side of the relation is empty")
    if all(sign in _EQUAL for sign in signs):
        return _equation(parts, ["approx" if sign in ("approx", "sim") else "=" for sign in signs], read)
    if not _EQUAL.isdisjoint(signs):
        raise UnreadableError("a mixture of relations")
    if signs == ["ne"] and any(token.text == "," for _, token in outer(parts[1])):
        return Several(
            tuple(
                Inequality((expression(parts[0]), expression(one)), ("ne",))
                for one in split(parts[1], {","})[0]
            )
        )
    return Inequality(tuple(expression(part) for part in parts), tuple(signs))


def is_of_residues(tokens: Tokens) -> bool:
    r"""Return True for one congruence with several residues: `x \equiv 1, 4 \pmod 5`."""
    texts = [token.text for _, token in outer(tokens)]
    if texts.count("equiv") != 1 or texts.count("pmod") != 1:
        return False
    joining = [at for at, text in enumerate(texts) if text in (",", "or", "and")]
    return bool(joining) and texts.index("equiv") < joining[0] and joining[-1] < texts.index("pmod")


def bare_congruence(tokens: Tokens) -> Value | None:
    r"""Return `3 \pmod 7` as a congruence."""
    modulus, (rest,) = _modulus([tokens])
    return None if modulus is None or not rest else Congruence(expression(rest), modulus)


def _modulus(parts: list[Tokens]) -> tuple[Expression | None, list[Tokens]]:
    r"""Return the modulus behind the last part, `\pmod 7` or `(mod 7)`, and the parts without it."""
    last = parts[-1]
    for at, token in outer(last):
        if token.text == "pmod" or (token.text == "mod" and len(parts) > 1):
            return expression(last[at + 1 :]), [*parts[:-1], last[:at]]
        bracketed = (
            token.text == "(" and len(last) > at + 2 and last[at + 1].text in ("mod", "pmod", "modulo")
        )
        if bracketed and closing(last, at) == len(last) - 1:
            return expression(last[at + 2 : -1]), [*parts[:-1], last[:at]]
    return None, parts


def _congruence(parts: list[Tokens], signs: list[str], modulus: Expression, read: Read) -> Value:
    if len(parts) != 2 or signs[0] not in ("equiv", "="):
        raise UnreadableError("a congruence with several sides")
    residues = read(parts[1])
    left = expression(parts[0]) if parts[0] else None
    values = residues.values if isinstance(residues, Several) and not residues.bracket else (residues,)
    numbers = [value.expression for value in values if isinstance(value, Quantity) and value.unit is None]
    if len(numbers) != len(values):
        raise UnreadableError("a residue that is not a number")
    found = [Congruence(one, modulus, left) for number in numbers for one in variants(number)]
    return found[0] if len(found) == 1 else Several(tuple(found))


def _member(parts: list[Tokens], signs: list[str], read: Read) -> Value:
    r"""Return the set of `x \in S`, where x is a bare variable or a tuple of variables."""
    if len(parts) != 2 or not parts[0] or not parts[1]:
        raise UnreadableError("a membership with several sides")
    names = trimmed(parts[0])
    if any(token.kind not in ("letter", "mark") and token.text not in GREEK for token in names) or any(
        token.text not in ("(", ")", ",", "_", "{", "}", "'") for token in names if token.kind == "mark"
    ):
        raise UnreadableError("a membership of something that is not a variable")
    if names[0].text != "(" and not isinstance(symbol_of(names), Symbol):
        raise UnreadableError("a membership of something that is not a variable")
    value = read(parts[1])
    if (
        isinstance(value, Quantity)
        and isinstance(value.expression, Symbol)
        and value.expression.name.isupper()
    ):
        # A set that only has a name: the statement is compared as it is written.
        return Words(" ".join(token.text for token in (*parts[0], Token("command", "in"), *parts[1])))
    if isinstance(value, Quantity):
        raise UnreadableError("a membership in something that is not a set")
    return value


def _equation(parts: list[Tokens], signs: list[str], read: Read) -> Value:
    """Return `name = value` in either order, else a chain."""
    if (name := name_of(parts[0], is_alone=True)) is not None:
        return Named(name, _rest(parts[1:], signs[1:], read), symbol_of(parts[0]))
    if signs == ["="] and (name := name_of(parts[1])) is not None:
        return Named(name, read(parts[0]), symbol_of(parts[1]))
    return _rest(parts, signs, read)


def _rest(parts: list[Tokens], signs: list[str], read: Read) -> Value:
    if len(parts) == 1:
        return read(parts[0])
    if (name := name_of(parts[0])) is not None:
        return Named(name, _rest(parts[1:], signs[1:], read), symbol_of(parts[0]))
    members = [read(part) for part in parts]
    if len(members) == 2 and not isinstance(members[1], Quantity) and _has_letter(parts[0]):
        return Named("".join(token.text for token in parts[0]), members[1])
    if not all(isinstance(member, Quantity) for member in members):
        if all(member == members[-1] for member in members):
            return members[-1]
        return _of_digits(members) or _by_entries(members, signs) or _of_structures(members)
    source = "".join(token.text for token in parts[0])
    return Chain(tuple(members), tuple(signs), source)  # type: ignore[arg-type]


def _of_digits(members: list[Value]) -> Value | None:
    """Return the first of `1011_2 = 11_{10}`, if all digits are one number."""
    values = {int(one.digits, one.base) for one in members if isinstance(one, Based) and one.digits.isalnum()}
    are_digits = all(isinstance(one, Based) for one in members)
    return members[0] if are_digits and len(values) == 1 else None


def _by_entries(members: list[Value], signs: list[str]) -> Value | None:
    """Return the point whose coordinates are the equations of `(8/2, 4) = (4, 4)`, which must all hold."""
    points = [one for one in members if isinstance(one, Several) and one.bracket in ("(", "[")]
    if len(points) < len(members) or len({(len(one.values), one.bracket) for one in points}) > 1:
        return None
    entries = []
    for values in zip(*(one.values for one in points), strict=True):
        quantities = [value for value in values if isinstance(value, Quantity)]
        # With a letter it is an equation to solve: `(x, y) = (1, 2)`.
        if len(quantities) < len(values) or any(symbols(one.expression) for one in quantities):
            return None
        entries.append(Chain(tuple(quantities), tuple(signs)))
    return Several(tuple(entries), points[0].bracket)


def _has_letter(tokens: Tokens) -> bool:
    """Return True for the name of a structure, such as `A^{-1}`, but not for its negative or a multiple."""
    first = tokens[0]
    is_started = first.kind in ("letter", "word") or first.text in ("[", "e") or first.text in ACCENTS
    return is_started and any(token.kind == "letter" for token in tokens)


def _of_structures(members: list[Value]) -> Value:
    """Return the second of `(x, y) = (1, 2)`, if the first has variables alone."""
    first, last = members[0], members[-1]
    if len(members) == 2 and isinstance(first, Several) and isinstance(last, Several):
        names = [
            value.expression.name
            for value in first.values
            if isinstance(value, Quantity) and isinstance(value.expression, Symbol)
        ]
        if len(names) == len(first.values) == len(last.values) and len(set(names)) == len(names):
            return Several(last.values, last.bracket or "(")
    raise UnreadableError("an equation between structures")
