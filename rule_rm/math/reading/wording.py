"""Statements and prose that are compared by their words, and a yes or a no with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rule_rm.math.reading.brackets import Tokens, without_single_braces
from rule_rm.math.reading.vocabulary import STATEMENTS
from rule_rm.math.values.answers import Words

_VERDICTS = frozenset({"yes", "no", "true", "false"})
_SAYS_SO = re.compile(
    r"it|they|there|that|this|(?:is|are|was|were|does|do|did|can|has|have|will)(?:n't)?|not|can't|cannot"
)
"""A word of a sentence that repeats a yes or a no: "Yes, it is"."""
_QUANTIFIERS = frozenset({"forall", "exists", "nexists"})
_ENDS_OF_QUANTIFIERS = _QUANTIFIERS | {")", "(", "[", ",", ":", ".", "such"}
_MARKS_OF_QUANTIFIERS = frozenset({",", ":", ".", "such", "that"})
_TURNED = {"supset": "subset", "supseteq": "subseteq", "supsetneq": "subsetneq"}
"""Signs of inclusion, and those that mean the same the other way round."""
_SYMMETRIC = frozenset({"parallel", "perp"})
_LINE_BREAK = re.compile(r" ?\b(?:parallel|perp)\b ?")
r"""The sign between two lines: `parallel` in `A B parallel C D`."""
_LONGEST_ECHO = 3
_SHORTEST_WORD = 3
"""Letters of a word that makes a text that can't be read prose, which is compared as it is written."""


def as_written(tokens: Tokens) -> Words | None:
    """Return a statement or prose that can only be compared as it is written; None if it is neither."""
    texts = _of_points(
        _without_arrows(token.text.lower() if token.kind == "word" else token.text for token in tokens)
    )
    texts = _of_lines(_turned(_quantified(texts)))
    is_statement = texts.count("|") == 1 or any(
        token.kind == "command" and token.text in STATEMENTS for token in tokens
    )
    is_prose = any(token.kind == "word" and len(token.text) >= _SHORTEST_WORD for token in tokens)
    return Words(" ".join(without_single_braces(texts))) if is_statement or is_prose else None


def _quantified(texts: list[str]) -> list[str]:
    r"""Return a quantified statement without the marks between its parts, its variables in one naming.

    `(\forall x)(\exists y)(x < y)` is `\forall a \exists b: a < b`.
    """
    at, prefix, names = 0, [], []
    while at + 1 < len(texts):
        opened = texts[at] == "("
        start = at + opened
        if texts[start] not in _QUANTIFIERS or start + 1 >= len(texts) or not texts[start + 1].isalpha():
            break
        end = start + 2
        while end < len(texts) and texts[end] not in _ENDS_OF_QUANTIFIERS:
            end += 1
        prefix += texts[start:end]
        names.append(texts[start + 1])
        at = end + (opened and texts[end : end + 1] == [")"])
        while texts[at : at + 1] and texts[at] in _MARKS_OF_QUANTIFIERS:
            at += 1
    rest = texts[at:]
    if not names or not rest:
        return texts
    if rest[0] in ("(", "[") and _closes_at_end(rest):
        rest = rest[1:-1]
    renamed = {name: f"v{place}" for place, name in enumerate(dict.fromkeys(names), 1)}
    return [renamed.get(text, text) for text in (*prefix, ":", *rest)]


def _closes_at_end(texts: list[str]) -> bool:
    depth = 0
    for at, text in enumerate(texts):
        depth += (text in ("(", "[")) - (text in (")", "]"))
        if depth == 0:
            return at == len(texts) - 1
    return False


def _without_arrows(texts: Iterable[str]) -> list[str]:
    """Return the texts of tokens without an arrow above a letter: `\\vec{E}` is E in bold as well."""
    found = list(texts)
    for at in range(len(found) - 1, -1, -1):
        if found[at] == "vec" and found[at + 1 : at + 2] == ["{"] and found[at + 3 : at + 4] == ["}"]:
            found[at : at + 4] = found[at + 2 : at + 3]
        elif found[at] == "vec":
            del found[at]
    return found


def reasoned_verdict(tokens: Tokens) -> Words | None:
    """Return the yes or no of "No, since 5 > 3"; None if it is something else."""
    texts = [token.text.lower() for token in tokens[:3]]
    if len(tokens) < 4 or texts[0] not in _VERDICTS or texts[1] != ",":
        return None
    said = [token.text.lower() for token in tokens[2:]]
    denied = any(word == "not" or word.endswith("n't") for word in said)
    agrees = denied == (texts[0] in ("no", "false"))
    only_says_so = agrees and len(said) <= _LONGEST_ECHO and all(map(_SAYS_SO.fullmatch, said))
    return Words(texts[0]) if texts[2] in ("since", "because") or only_says_so else None


def _turned(texts: list[str]) -> list[str]:
    r"""Return `B \supseteq A` as `A \subseteq B`."""
    signs = [at for at, text in enumerate(texts) if text in _TURNED or text in _TURNED.values()]
    if len(signs) != 1 or texts[signs[0]] not in _TURNED:
        return texts
    return [*texts[signs[0] + 1 :], _TURNED[texts[signs[0]]], *texts[: signs[0]]]


def _is_line(name: str) -> bool:
    """Return True for a line by two points or by one letter: `AB`, `l`."""
    return name.isalpha() and (len(name) == 1 or (len(name) == 2 and name.isupper()))


def _of_lines(texts: list[str]) -> list[str]:
    r"""Return `AB \parallel CD` with its lines, and the points of each, in one order."""
    signs = [text for text in texts if text in _SYMMETRIC]
    lines = [sorted(line.split()) for line in _LINE_BREAK.split(" ".join(texts))]
    is_plain = all(_is_line("".join(line)) for line in lines)
    if not signs or len(set(signs)) > 1 or not is_plain or (len(lines) > 2 and signs[0] == "perp"):
        return texts
    return f" {signs[0]} ".join(sorted(" ".join(line) for line in lines)).split()


def _of_points(texts: list[str]) -> list[str]:
    r"""Return the texts of tokens with the points of an angle in one order: `\angle{CBA}` is `\angle ABC`."""
    found = list(texts)
    places = [at for at, text in enumerate(found) if text in ("angle", "triangle")]
    for at in reversed(places):
        if found[at + 1 : at + 2] == ["{"] and "}" in found[at:]:
            end = found.index("}", at)
            found[at + 1 : end + 1] = found[at + 2 : end]
        points = found[at + 1 : at + 4]
        if (
            found[at] == "angle"
            and len(points) == 3
            and all(len(one) == 1 and one.isupper() for one in points)
        ):
            found[at + 1 : at + 4] = min(points, points[::-1])
    return found
