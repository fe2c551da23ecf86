r"""A value with an addition: the variables for which it holds, or the same value in another form.

`2\pi k, k \in \mathbb{Z}`, `f(x) = cx` for any c, `\frac38 (= 0.375)`, `30^\circ`, i.e. `\frac{\pi}{6}`.
"""

from __future__ import annotations

from rule_rm.math.comparing.exact import exact
from rule_rm.math.reading.brackets import Tokens, closing, outer, split
from rule_rm.math.reading.domains import DOMAIN_WORDS, QUANTIFIERS, Read, domains_of, with_domains
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.vocabulary import FIELDS, RELATIONS, TRAILING, words
from rule_rm.math.values.answers import Chain, Named, Value
from rule_rm.math.values.expression import UnreadableError, symbols

_EQUALS = Token("mark", "=")
_INTRODUCTIONS = words("because for if provided since when whenever where with")
"""Words that begin a condition."""
_OPENERS = _INTRODUCTIONS | {"forall"}
_REASONS = words("because since")
"""Words that begin a reason, which must be true."""
_RESTATED = tuple(
    tuple(phrase.split())
    for phrase in (
        "equal to",
        "equals",
        "equivalently",
        "i.e",
        "ie",
        "is equal to",
        "is equivalent to",
        "namely",
        "or equivalently",
        "that is",
        "which equals",
        "which is",
        "即",
        "等于",
    )
)
"""Words between two forms of one value: a closed list."""


def restated(tokens: Tokens) -> Tokens:
    """Return the tokens with "=" for words between two forms, and for brackets around the second one."""
    tokens = _equals_for_words(tokens)
    if len(tokens) > 2 and tokens[-1].text == ")":
        return _unbracketed(tokens)
    return tokens


def _equals_for_words(tokens: Tokens) -> Tokens:
    """Return the tokens with "=" for the words between two forms of one value."""
    if not any(token.kind == "word" for token in tokens):
        return tokens
    texts = [token.text.lower().rstrip(".") for token in tokens]
    for at, _ in outer(tokens):
        for phrase in _RESTATED:
            end = at + len(phrase)
            if at and tuple(texts[at:end]) == phrase and end < len(tokens):
                left, right = tokens[:at], tokens[end:]
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
        (token.kind == "word" and token.text.lower() in TRAILING | QUANTIFIERS)
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
        or (inner[0].kind == "letter" and inner[-1].text.lower() in DOMAIN_WORDS)
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
    if len(texts) != 3 or texts[1] not in ("ge", ">", "ne", "le", "<") or tokens[2].kind != "number":
        return False
    is_equation = any(token.text == "=" for token in value)
    return (
        tokens[0].kind == "letter"
        and texts[0] in {token.text for token in value}
        and not any(token.text in RELATIONS - {"="} for token in value)
        and (texts[1] in ("ge", ">", "ne") if is_equation else len(value) > 1)
    )


def _is_letter(tokens: Tokens) -> bool:
    r"""Return True for the a of `a, b \in \mathbb{R}`."""
    return len(tokens) == 1 and tokens[0].kind == "letter"


def _is_domain(tokens: Tokens) -> bool:
    """Return True for `k \\in \\mathbb{Z}`, perhaps with words before it."""
    at = next((place for place, token in outer(tokens) if token.text == "in"), 0)
    return bool(at) and len(tokens) > at + 1 and tokens[at + 1].text in FIELDS and len(tokens) <= at + 5
