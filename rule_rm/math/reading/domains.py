r"""The domains of variables: `k \in \mathbb{Z}`, "for all real x", and values with domains."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rule_rm.math.reading.brackets import Tokens
from rule_rm.math.reading.vocabulary import GREEK, RELATIONS, words
from rule_rm.math.values.answers import (
    REALS,
    Conditioned,
    Domain,
    Inequality,
    Interval,
    Quantity,
    Several,
    Value,
    Words,
    variables,
)
from rule_rm.math.values.expression import Number, Symbol

Read = Callable[[Tokens], Value]
"""The reader of a value within another."""
MOST_ELEMENTS = 200
"""The longest range that is written out: `\\{1, \\ldots, 200\\}`."""
QUANTIFIERS = words(
    """
    a all an any arbitrary are being constant constants each every forall is negative non-negative
    nonnegative nonzero number numbers positive real some that the value values
    """
)
"""Words of a condition that say nothing beyond its domain, such as the "all" of "for all real x"."""
DOMAIN_WORDS = {
    **dict.fromkeys(("integer", "integers", "whole"), "ZZ"),
    **dict.fromkeys(("natural", "naturals"), "NN"),
    **dict.fromkeys(("real", "reals"), "RR"),
}
"""The sets of numbers, by the words for their members."""


def domains_of(tokens: Tokens, read: Read) -> tuple[Domain, ...] | None:
    """Return the domains that a condition gives; None if it is something else."""
    tokens = [
        token
        for token in tokens
        if token.text.lower() not in QUANTIFIERS
        or token.text.lower() in DOMAIN_WORDS
        or token.kind == "letter"
    ]
    if not tokens:
        return ()
    field = DOMAIN_WORDS.get(tokens[0].text.lower()) if len(tokens) > 1 else None
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
    texts = [token.text.lower() for token in rest]
    fields = {DOMAIN_WORDS[word] for word in texts if word in DOMAIN_WORDS}
    if names and not rest:
        return (Domain(tuple(names), None if field is None else Words(field)),)
    if names and len(fields) == 1 and all(word in DOMAIN_WORDS or word == "in" for word in texts):
        return (Domain(tuple(names), Words(fields.pop())),)
    if names and texts[0] == "in" and len(rest) > 1:
        return (Domain(tuple(names), read(rest[1:])),)
    if fields and all(word in DOMAIN_WORDS for word in texts):
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
