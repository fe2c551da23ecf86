r"""The addition to a value: for which variables it holds, or the same value in another form.

`2\pi k, k \in \mathbb{Z}`, `f(x) = cx` for any c, `\frac38 (= 0.375)`, `30^\circ`, i.e. `\frac{\pi}{6}`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rule_rm.math.comparing.exact import exact
from rule_rm.math.reading.brackets import Tokens, closing, outer, split
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.vocabulary import FIELDS, GREEK, TRAILING
from rule_rm.math.values.answers import (
    REALS,
    Chain,
    Conditioned,
    Domain,
    Inequality,
    Interval,
    Named,
    Quantity,
    Several,
    Value,
    Words,
    variables,
)
from rule_rm.math.values.expression import Number, Symbol, UnreadableError, symbols

Read = Callable[[Tokens], Value]
RELATIONS = frozenset({"<", ">", "le", "ge", "ne", "=", "approx", "in", "notin", "equiv", "sim"})
_EQUALS = Token("mark", "=")
MOST_ELEMENTS = 200
"""The longest range that is written out: `\\{1, \\ldots, 200\\}`."""
_INTRODUCTIONS = frozenset({"for", "where", "with", "if", "when", "whenever", "provided", "because", "since"})
_OPENERS = _INTRODUCTIONS | {"forall"}
_REASONS = frozenset({"because", "since"})
_QUANTIFIERS = frozenset(
    {
        "all",
        "any",
        "every",
        "each",
        "some",
        "arbitrary",
        "real",
        "constant",
        "constants",
        "a",
        "an",
        "numbers",
        "number",
        "that",
        "is",
        "are",
        "being",
        "forall",
        "value",
        "values",
        "the",
        "positive",
        "negative",
        "nonnegative",
        "non-negative",
        "nonzero",
    }
)
_DOMAIN_WORDS = {
    **dict.fromkeys(("integer", "integers", "whole"), "ZZ"),
    **dict.fromkeys(("real", "reals"), "RR"),
    **dict.fromkeys(("natural", "naturals"), "NN"),
}
_RESTATED = (
    ("i.e",),
    ("ie",),
    ("that", "is"),
    ("which", "is"),
    ("which", "equals"),
    ("or", "equivalently"),
    ("equivalently",),
    ("equals",),
    ("equal", "to"),
    ("is", "equal", "to"),
    ("is", "equivalent", "to"),
    ("namely",),
    ("即",),
    ("等于",),
)
"""Words between two forms of one value: a closed list."""


def restated(tokens: Tokens) -> Tokens:
    """Return the tokens with "=" for words between two forms, and for brackets around the second one."""
    tokens = _equals_for_words(tokens)
    if len(tokens) > 2 and tokens[-1].text == ")":
        return _unbracketed(tokens)
    return tokens


def _equals_for_words(tokens: Tokens) -> Tokens:
    if not any(token.kind == "word" for token in tokens):
        return tokens
    texts = [token.text.lower().rstrip(".") for token in tokens]
    for at, _ in outer(tokens):
        for words in _RESTATED:
            if at and tuple(texts[at : at + len(words)]) == words and at + len(words) < len(tokens):
                left, right = tokens[:at], tokens[at + len(words) :]
                while left and left[-1].text in (",", "or"):
                    left = left[:-1]
                while right and right[0].text in (",", ":"):
                    right = right[1:]
                if _has_value(left) and right:
                    return [*left, _EQUALS, *right]
    return tokens


def _has_value(tokens: Tokens) -> bool:
    return any(token.kind in ("number", "letter", "command") for token in tokens)


def _unbracketed(tokens: Tokens) -> Tokens:
    """Read a bracket at the end that says the value again, `(= 0.375)`, `(or 50%)`, `(25%)`."""
    start = next(
        (at for at, token in outer(tokens) if token.text == "(" and closing(tokens, at) == len(tokens) - 1), 0
    )
    if not start:
        return tokens
    before, inner = tokens[:start], tokens[start + 1 : -1]
    if not inner or not _has_value(before):
        return tokens
    if inner[0].text in ("=", "approx") and len(inner) > 1:
        return [*before, *inner]
    if inner[0].text in ("or", "ie", "i.e") and len(inner) > 1:
        return [*before, _EQUALS, *inner[1:]]
    is_again = inner[-1].text in ("%", "degree") and tokens[start].spaced and _is_plain(inner[:-1])
    if is_again and tokens[start - 1].text not in ("+", "-", "*", "/", "=", "^"):
        return [*before, _EQUALS, *inner]
    if all(
        (token.kind == "word" and token.text.lower() in TRAILING | _QUANTIFIERS)
        or token.text == ","
        or (token.kind == "letter" and inner[0].kind == "word")
        for token in inner
    ):
        return before
    return tokens


def _is_plain(tokens: Tokens) -> bool:
    return all(token.kind == "number" or token.text in ("{", "}", "frac", "-", "/") for token in tokens)


def conditioned(tokens: Tokens, read: Read) -> Value | None:
    """Return a value with conditions behind it; None if there are none."""
    return (
        _quantified(tokens, read)
        or _introduced(tokens, read)
        or _in_brackets(tokens, read)
        or _after_commas(tokens, read)
    )


def _quantified(tokens: Tokens, read: Read) -> Value | None:
    r"""Read `\forall x \in \mathbb{R}, f(x) = 2x`: an equation under its quantifier."""
    if tokens[0].text != "forall":
        return None
    at = next((place for place, token in outer(tokens) if token.text in (",", ":")), 0)
    rest = tokens[at + 1 :]
    if not at or not any(token.text == "=" for _, token in outer(rest)):
        return None
    domains, value = domains_of(tokens[1:at], read), read(rest)
    if domains is None or not isinstance(value, Named):
        return None
    return with_domains(value, domains)


def _introduced(tokens: Tokens, read: Read) -> Value | None:
    """Read "…, for all x > 0", and a reason that has to be true: "since 7 = 4 + 3"."""
    if not any(token.kind in ("word", "command") and token.text.lower() in _OPENERS for token in tokens):
        return None
    for at, token in outer(tokens):
        if not at or token.text.lower() not in _OPENERS or token.kind not in ("word", "command"):
            continue
        rest = tokens[at + 1 :]
        if token.text.lower() in _REASONS:
            return _reasoned(tokens[:at], rest, read)
        domains = domains_of(rest, read)
        if domains is None:
            raise UnreadableError("a condition that can't be read")
        return with_domains(read(tokens[:at]), domains)
    return None


def _reasoned(tokens: Tokens, reason: Tokens, read: Read) -> Value:
    """Return a value whose reason, an equation of numbers, is true. Raises UnreadableError if it is not."""
    equation = read(reason) if reason else None
    if not isinstance(equation, Chain) or any(symbols(member.expression) for member in equation.members):
        raise UnreadableError("a reason that can't be checked")
    exact_members = [exact(member.expression, {}) for member in equation.members]
    if len(set(exact_members)) > 1:
        raise UnreadableError("a reason that is false")
    return read(tokens)


def _in_brackets(tokens: Tokens, read: Read) -> Value | None:
    """Read `2n+1 (n \\ge 1)`, `18 (since 18 = 15 + 3)`."""
    if tokens[-1].text != ")":
        return None
    start = next(
        (at for at, token in outer(tokens) if token.text == "(" and closing(tokens, at) == len(tokens) - 1), 0
    )
    inner = tokens[start + 1 : -1]
    if not start or not inner:
        return None
    if inner[0].text.lower() in _REASONS:
        return _reasoned(tokens[:start], inner[1:], read)
    if not any(token.text in RELATIONS - {"="} for _, token in outer(inner)) and not (
        (inner[0].kind == "word" and inner[0].text.lower() in _INTRODUCTIONS)
        or (inner[0].kind == "letter" and inner[-1].text.lower() in _DOMAIN_WORDS)
    ):
        return None
    if inner[0].text.lower() in _INTRODUCTIONS:
        inner = inner[1:]
    domains = domains_of(inner, read) if tokens[start - 1].kind != "letter" or tokens[start].spaced else None
    return None if domains is None else with_domains(read(tokens[:start]), domains)


def _after_commas(tokens: Tokens, read: Read) -> Value | None:
    """Read `2\\pi k, k \\in \\mathbb{Z}`: the parts at the end that are domains."""
    parts, marks = split(tokens, {",", "and"})
    count = 0
    while count < len(marks) and (
        _is_domain(parts[-1 - count])
        or _is_least(parts[-1 - count], parts[0])
        or (count and _is_letter(parts[-1 - count]))
    ):
        count += 1
    if not count:
        return None
    rest = len(tokens) - sum(len(part) + 1 for part in parts[len(parts) - count :])
    domains = [domain for part in parts[len(parts) - count :] for domain in domains_of(part, read) or ()]
    return with_domains(read(tokens[:rest]), tuple(domains)) if rest > 0 else None


def _is_least(tokens: Tokens, value: Tokens) -> bool:
    r"""Return True for `n \ge 1` or `x \ne 2` next to a value in that letter, not an inequality."""
    if len(tokens) > 3 and tokens[2].text == "-":
        tokens = [*tokens[:2], *tokens[3:]]
    texts = [token.text for token in tokens]
    if len(texts) != 3 or texts[1] not in ("ge", ">", "ne") or tokens[2].kind != "number":
        return False
    return (
        tokens[0].kind == "letter"
        and texts[0] in {token.text for token in value}
        and not any(token.text in RELATIONS - {"="} for token in value)
        and (any(token.text == "=" for token in value) or (texts[1] == "ne" and len(value) > 1))
    )


def _is_letter(tokens: Tokens) -> bool:
    r"""Return True for the a of `a, b \in \mathbb{R}`."""
    return len(tokens) == 1 and tokens[0].kind == "letter"


def _is_domain(tokens: Tokens) -> bool:
    """Return True for `k \\in \\mathbb{Z}`, perhaps with words before it."""
    at = next((place for place, token in outer(tokens) if token.text == "in"), 0)
    return bool(at) and len(tokens) > at + 1 and tokens[at + 1].text in FIELDS and len(tokens) <= at + 5


def domains_of(tokens: Tokens, read: Read) -> tuple[Domain, ...] | None:
    """Return the domains that a condition gives; None if it is something else."""
    tokens = [
        token
        for token in tokens
        if token.text.lower() not in _QUANTIFIERS
        or token.text.lower() in _DOMAIN_WORDS
        or token.kind == "letter"
    ]
    if not tokens:
        return ()
    field = _DOMAIN_WORDS.get(tokens[0].text.lower()) if len(tokens) > 1 else None
    names, at = [], 0
    if field is not None and tokens[1].kind == "letter":
        # "Some real a" means "some a that is real".
        tokens = tokens[1:]
    while at < len(tokens) and (tokens[at].kind == "letter" or tokens[at].text in GREEK):
        name = tokens[at].text
        at += 1
        if at + 1 < len(tokens) and tokens[at].text == "_":
            name, at = f"{name}_{tokens[at + 1].text}", at + 2
        names.append(name)
        if at < len(tokens) - 1 and tokens[at].text in (",", "and"):
            at += 1
    rest = tokens[at:]
    words = [token.text.lower() for token in rest]
    fields = {_DOMAIN_WORDS[word] for word in words if word in _DOMAIN_WORDS}
    if names and not rest:
        return (Domain(tuple(names), None if field is None else Words(field)),)
    if names and len(fields) == 1 and all(word in _DOMAIN_WORDS or word == "in" for word in words):
        return (Domain(tuple(names), Words(fields.pop())),)
    if names and words[0] == "in" and len(rest) > 1:
        return (Domain(tuple(names), read(rest[1:])),)
    if fields and all(word in _DOMAIN_WORDS for word in words):
        return (Domain((), None),)
    if not any(token.text in RELATIONS for token in tokens):
        return None
    value = read(tokens)
    values = value.values if isinstance(value, Several) and not value.bracket else (value,)
    return tuple(Domain((), one) for one in values)


def with_domains(value: Value, domains: tuple[Domain, ...]) -> Value:
    """Return a value with domains; parts about which the domains say nothing new stay unchanged."""
    if not domains:
        return value
    if isinstance(value, Quantity) and isinstance(value.expression, Symbol) and len(domains) == 1:
        within, name = domains[0].within, value.expression.name
        if within is not None and name in variables(within):
            return within
    if isinstance(value, Inequality) and all(domain.within == Words("ZZ") for domain in domains):
        return integers(value) or Conditioned(value, domains)
    if isinstance(value, (Inequality, Interval)) and all(_is_reals(domain) for domain in domains):
        return value
    return Conditioned(value, domains)


def _is_reals(domain: Domain) -> bool:
    return domain.within in (REALS, Words("RR"))


def integers(condition: Inequality) -> Value | None:
    r"""Return the integers of `2 \le n < 6` as a set; None if they may be infinitely many."""
    match condition:
        case Inequality((Number(low), Symbol(), Number(high)), (first, second)) if {first, second} <= {
            "<",
            "le",
        }:
            start = int(low // 1) + (0 if first == "le" and low.denominator == 1 else 1)
            end = int(high // 1) - (1 if second == "<" and high.denominator == 1 else 0)
            if end - start <= MOST_ELEMENTS:
                return Several(
                    tuple(Quantity(Number(Fraction(value))) for value in range(start, end + 1)), "{"
                )
    return None
