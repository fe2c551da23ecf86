r"""Equations, names, inequalities, memberships, congruences: `x = 3`, `f(x) = x^2`, `x \equiv 3 \pmod 7`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import lru_cache

from rule_rm.math.reading.brackets import CLOSING, OPENING, Tokens, closing, outer, split, trimmed
from rule_rm.math.reading.conditions import RELATIONS
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.quantities import expression
from rule_rm.math.reading.vocabulary import ACCENTS, COMMANDS, FUNCTIONS, GREEK
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
from rule_rm.math.values.expression import (
    BeyondReadingError,
    Expression,
    Symbol,
    UnreadableError,
    symbols,
    variants,
)

Read = Callable[[Tokens], Value]
_EQUAL = frozenset({"=", "approx", "equiv", "sim"})
_UNEVALUATED = frozenset({"lim", "int", "iint", "iiint", "oint", "sum", "prod"})
_LONGEST_NAME = 40
_GREEK_FUNCTIONS = frozenset({"phi", "sigma", "tau", "psi", "zeta", "Gamma", "chi"})
"""Greek letters that name functions of a number: `\\varphi(36)`."""
_COMBINED = 8
"""Tokens of `(f+g)(x)`."""
_MARKS_OF_NAMES = frozenset("()[]{}|^_',*+-/.:") | {
    "cap",
    "cup",
    "mid",
    "angle",
    "triangle",
    "det",
    "dim",
    "arg",
    "Re",
    "Im",
    "deg",
    "circ",
    "times",
    "prime",
    "ge",
    "le",
    ">",
    "<",
    "in",
    "setminus",
    "ell",
    "partial",
    "nabla",
    "ldots",
    "to",
    "infinity",
    "T",
    "top",
    "sqrt",
    "frac",
}
"""Marks of a name, in addition to letters, words and numbers in brackets: `P(A \\cap B)`, `f^{-1}(3)`."""


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
    if texts.count("equiv") != 1 or texts.count("pmod") != 1 or "," not in texts:
        return False
    return texts.index("equiv") < texts.index(",") and "," not in texts[texts.index("pmod") :]


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
    if names[0].text != "(" and not isinstance(_symbol(names), Symbol):
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
        return Named(name, _rest(parts[1:], signs[1:], read), _symbol(parts[0]))
    if signs == ["="] and (name := name_of(parts[1])) is not None:
        return Named(name, read(parts[0]), _symbol(parts[1]))
    return _rest(parts, signs, read)


def _rest(parts: list[Tokens], signs: list[str], read: Read) -> Value:
    if len(parts) == 1:
        return read(parts[0])
    if (name := name_of(parts[0])) is not None:
        return Named(name, _rest(parts[1:], signs[1:], read), _symbol(parts[0]))
    members = [read(part) for part in parts]
    if len(members) == 2 and not isinstance(members[1], Quantity) and _has_letter(parts[0]):
        return Named("".join(token.text for token in parts[0]), members[1])
    if not all(isinstance(member, Quantity) for member in members):
        if all(member == members[-1] for member in members):
            return members[-1]
        return _of_digits(members) or _of_structures(members)
    source = "".join(token.text for token in parts[0])
    return Chain(tuple(members), tuple(signs), source)  # type: ignore[arg-type]


def _of_digits(members: list[Value]) -> Value | None:
    """Return the first of `1011_2 = 11_{10}`, if all digits are one number."""
    values = {int(one.digits, one.base) for one in members if isinstance(one, Based) and one.digits.isalnum()}
    are_digits = all(isinstance(one, Based) for one in members)
    return members[0] if are_digits and len(values) == 1 else None


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


def name_of(tokens: Tokens, *, is_alone: bool = False) -> str | None:
    """Return the name on the left of `name = value`: a variable, f(x), |AB|, words; None if it is a value.

    What can't be evaluated here, such as a limit, is a name for its value as well.
    """
    if not tokens or len(tokens) > _LONGEST_NAME or tokens[0].text in ("-", "+", "pm"):
        return None
    tokens = trimmed(tokens)
    name = "".join(token.text for token in tokens)
    if any(token.text in _UNEVALUATED for token in tokens):
        return name
    if all(token.kind == "word" for token in tokens):
        return " ".join(token.text for token in tokens).lower()
    if (name in ("e", "i") and is_alone) or _is_applied(tokens):
        return name
    if _is_transform(tokens):
        return "\\" + name
    symbol = _symbol(tokens)
    if symbol is not None:
        is_name = isinstance(symbol, Symbol) or _is_plain_combination(tokens) or _is_size(tokens)
        return name if is_name else None
    return _marked(tokens, name)


def _is_transform(tokens: Tokens) -> bool:
    r"""Return True for `\mathcal{L}\{f(t)\}(s)`: a capital letter before a function in braces."""
    if len(tokens) < len("L{f}") or tokens[0].text not in ("L", "F", "Z") or tokens[1].text != r"\{":
        return False
    end = closing(tokens, 1)
    rest = [token.text for token in tokens[end + 1 :]]
    return tokens[2].kind == "letter" and (not rest or (len(rest) == 3 and rest[0] + rest[2] == "()"))


def _marked(tokens: Tokens, name: str) -> str | None:
    """Return a name that is not an expression, marked so that it is not read as words."""
    return "\\" + name if _is_marked_name(tokens) else None


def _is_size(tokens: Tokens) -> bool:
    r"""Return True for a length, an area, a norm or a determinant: `|AB|`, `[ABC]`, `\|v\|`, `|A|`.

    `|x|` is none: it is an expression of x.
    """
    inner = tokens[1:-1]
    if len(tokens) < 3 or tokens[0].text + tokens[-1].text not in ("||", "[]"):
        return False
    letters = sum(token.kind == "letter" for token in inner)
    if len(inner) == 1 and (tokens[0].run == "norm" or inner[0].text.isupper()):
        return tokens[0].text == "|" and letters == 1
    plain = all(
        token.kind == "letter" or token.text in ACCENTS or token.text in ("{", "}") for token in inner
    )
    return plain and (letters > 1 or any(token.text in ACCENTS for token in inner))


def _is_index(tokens: Tokens, at: int) -> bool:
    """Return True for a number as an index: `F_1`, `F_{1}`."""
    return tokens[at].kind == "number" and any(token.text == "_" for token in tokens[max(0, at - 2) : at])


def _is_applied(tokens: Tokens) -> bool:
    """Return True for `P(A)`, `y(x)` or `f^{-1}(2)`: a letter applied to letters or to one number."""
    if _is_combined(tokens):
        return True
    if [token.text for token in tokens[1:6]] == ["^", "{", "-", "1", "}"]:
        tokens = [tokens[0], *tokens[6:]]
    if (
        len(tokens) < 4
        or (tokens[0].kind != "letter" and tokens[0].text not in _GREEK_FUNCTIONS)
        or tokens[1].text not in ("(", "[")
        or closing(tokens, 1) != len(tokens) - 1
    ):
        return False
    inner = tokens[2:-1]
    return (len(inner) == 1 and inner[0].kind == "number") or all(
        token.kind in ("letter", "word")
        or token.text in GREEK
        or token.text in (",", "cap", "cup", "|", "'", "_", "bar")
        for token in inner
    )


def _is_combined(tokens: Tokens) -> bool:
    """Return True for `(f+g)(x)`: two functions, combined, of a letter or a number."""
    return (
        len(tokens) == _COMBINED
        and [tokens[at].text for at in (0, 4, 5, 7)] == ["(", ")", "(", ")"]
        and all(tokens[at].kind == "letter" for at in (1, 3))
        and tokens[2].text in ("+", "-", "*", "/", "circ")
        and tokens[6].kind in ("letter", "number")
    )


def _is_plain_combination(tokens: Tokens) -> bool:
    """Return True for letters with plus, times or a fraction bar between them, such as `xy` or `A + B`."""
    texts = [token.text for token in tokens]
    return all(
        token.kind == "letter"
        or token.text in ("+", "*", "/", "frac", "_", "{", "}")
        or token.text in GREEK
        or (token.kind == "number" and "_" in texts[max(0, at - 2) : at])
        or token.text in ACCENTS
        or token.text in ("ihat", "jhat", "khat")
        for at, token in enumerate(tokens)
    ) and not {"e", "i", "pi"} & set(texts)


def _is_marked_name(tokens: Tokens) -> bool:
    """Return True for letters in no expression: `P(A \\cap B)`, `f^{-1}(3)`, `[T]`."""
    depth, has_letter = 0, False
    for at, token in enumerate(tokens):
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if token.kind == "number":
            indexed = bool(at) and tokens[at - 1].text in ("_", "^")
            if depth == 0 and not indexed:
                return False
        elif (
            token.kind in ("letter", "word")
            or token.text in GREEK
            or token.text in ACCENTS
            or token.text in FUNCTIONS
        ) or (token.kind == "command" and token.text not in COMMANDS):
            has_letter = True
        elif token.text not in _MARKS_OF_NAMES:
            return False
    inner_relation = any(token.text in (">", "<", "ge", "le", "in") for token in tokens)
    applied = any(
        token.kind == "letter" and following.text == "(" for token, following in itertools.pairwise(tokens)
    )
    return has_letter and (applied or not inner_relation)


def _symbol(tokens: Tokens) -> Expression | None:
    """Return the left side as an expression, if it has variables."""
    return _symbol_of(tuple(tokens))


@lru_cache(maxsize=256)
def _symbol_of(tokens: tuple[Token, ...]) -> Expression | None:
    # A side is asked for as a name and for its value.
    try:
        found = expression(tokens)
    except (UnreadableError, BeyondReadingError):
        return None
    return found if symbols(found) or not isinstance(found, Symbol) else None
