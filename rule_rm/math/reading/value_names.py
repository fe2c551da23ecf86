r"""The name in `name = value`: a variable, `f(x)`, `|AB|`, `P(A \cap B)`, or words."""

from __future__ import annotations

import itertools
from functools import lru_cache

from rule_rm.math.reading.brackets import CLOSING, OPENING, Tokens, closing, trimmed
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.quantities import expression
from rule_rm.math.reading.vocabulary import ACCENTS, COMMANDS, FUNCTIONS, GREEK, MOMENTS, words
from rule_rm.math.values.expression import BeyondReadingError, Expression, Symbol, UnreadableError, symbols

_UNEVALUATED = frozenset({"iiint", "iint", "int", "lim", "oint", "prod", "sum"})
"""Operations that have no value here; `\\lim_{x \\to 0} f(x)` is a name for it."""
_LONGEST_NAME = 40
"""Tokens of a name."""
_GREEK_FUNCTIONS = frozenset({"Gamma", "chi", "phi", "psi", "sigma", "tau", "zeta"})
"""Greek letters that name functions of a number: `\\varphi(36)`."""
_COMBINED = 8
"""Tokens of `(f+g)(x)`."""
_MARKS_OF_NAMES = frozenset("()[]{}|^_',*+-/.:") | words(
    """
    < > Im Re T angle arg cap circ cup deg det dim ell frac ge in infinity ldots le mid nabla partial
    prime setminus sqrt times to top triangle
    """
)
"""Marks of a name, in addition to letters, words and numbers in brackets: `P(A \\cap B)`, `f^{-1}(3)`."""


def name_of(tokens: Tokens, *, is_alone: bool = False) -> str | None:
    """Return the name on the left of `name = value`: a variable, f(x), |AB|, words; None if it is a value.

    What can't be evaluated here, such as a limit, is a name for its value as well.
    """
    if not tokens or len(tokens) > _LONGEST_NAME or tokens[0].text in ("-", "+", "pm"):
        return None
    tokens = _without_arrow(trimmed(tokens))
    name = "".join(token.text for token in tokens)
    if any(token.text in _UNEVALUATED for token in tokens):
        return name
    if all(token.kind == "word" for token in tokens):
        return " ".join(token.text for token in tokens).lower()
    if (name in ("e", "i") and is_alone) or _is_applied(tokens) or _is_probability(tokens):
        return name
    if _is_transform(tokens):
        return "\\" + name
    symbol = symbol_of(tokens)
    if symbol is not None:
        is_name = isinstance(symbol, Symbol) or _is_plain_combination(tokens) or _is_size(tokens)
        return name if is_name else None
    return _marked(tokens, name)


def _without_arrow(tokens: Tokens) -> Tokens:
    r"""Return the tokens without an arrow over a letter that is applied: `\vec{r}(t)` is `r(t)`."""
    if tokens[0].text != "vec":
        return tokens
    size = 3 if [token.text for token in tokens[1:4:2]] == ["{", "}"] else 1
    rest = tokens[1 + size :]
    is_applied = bool(rest) and rest[0].text == "(" and closing(rest, 0) == len(rest) - 1
    return [tokens[1 + size // 2], *rest] if is_applied else tokens


def _is_transform(tokens: Tokens) -> bool:
    r"""Return True for `\mathcal{L}\{f(t)\}(s)` or `L^{-1}\{F\}`: a capital before a function in braces."""
    if [token.text for token in tokens[1:6]] == ["^", "{", "-", "1", "}"]:
        tokens = [tokens[0], *tokens[6:]]
    if len(tokens) < len("L{f}") or tokens[0].text not in ("L", "F", "Z") or tokens[1].text != r"\{":
        return False
    end = closing(tokens, 1)
    rest = [token.text for token in tokens[end + 1 :]]
    return tokens[2].kind in ("letter", "command") and (
        not rest or (len(rest) == 3 and rest[0] + rest[2] == "()")
    )


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


def _is_applied(tokens: Tokens) -> bool:
    """Return True for `P(A)`, `y(x)` or `f^{-1}(2)`: a letter applied to letters or to one number."""
    if _is_combined(tokens):
        return True
    if [token.text for token in tokens[1:6]] == ["^", "{", "-", "1", "}"]:
        tokens = [tokens[0], *tokens[6:]]
    if (
        len(tokens) < 4
        or (tokens[0].kind != "letter" and tokens[0].text not in _GREEK_FUNCTIONS | MOMENTS)
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


def _is_probability(tokens: Tokens) -> bool:
    """Return True for the probability of a value, `P(X = k)`; those of other events are names as well."""
    if tokens[0].text not in ("P", "Pr") or len(tokens) < len("P(X=k)"):
        return False
    if tokens[1].text != "(" or closing(tokens, 1) != len(tokens) - 1:
        return False
    return tokens[2].text.isupper() and all(
        token.kind in ("letter", "number") or token.text in GREEK or token.text in ("=", ",", "_", "+", "-")
        for token in tokens[2:-1]
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


def symbol_of(tokens: Tokens) -> Expression | None:
    """Return the left side as an expression, if it has variables."""
    return _expression_of(tuple(tokens))


@lru_cache(maxsize=256)
def _expression_of(tokens: tuple[Token, ...]) -> Expression | None:
    # A side is asked for as a name and for its value.
    try:
        found = expression(tokens)
    except (UnreadableError, BeyondReadingError):
        return None
    return found if symbols(found) or not isinstance(found, Symbol) else None
