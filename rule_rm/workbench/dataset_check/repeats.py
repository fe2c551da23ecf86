"""Repeated questions, conflicts between them, near-duplicates, and lookups that find another question."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz.distance import Levenshtein

from rule_rm.golden import GoldenDataset
from rule_rm.golden.text import canonical
from rule_rm.workbench.dataset_check.findings import Finding, Numbered

Same = Callable[[Any, Any], bool]
_MOST_TYPOS = 2
_LETTERS_A_TYPO = 4
"""Letters of a word for each letter that may differ."""
_LEAST = 24
"""Characters. Two shorter questions may differ in a letter and both be sound."""
_MOST_ALIKE = 200
"""Questions with the same numbers that are compared with each other."""
# A number, or a sign between numbers: `3.5`, `+`.
_FIGURES = re.compile(r"\d+(?:\.\d+)?|[-+*/=<>^\\]")
_LABEL = re.compile(r"(?<![\w(])\(?([A-Z])\)(?=\s)")
"""The label of a choice: `A)`, `(A)`."""
_PROSE = re.compile(r"(?<=[^\W\d_]{2})!|[.,;:?\"`]")
"""Punctuation of a sentence, such as `?`; no sign of mathematics, and `6!` is a factorial."""
_CAPITAL = re.compile(r"(?<![\w])[A-Z](?=\w)")
"""The capital of a word, but no `A` alone: `W` in `Which`."""
_WRAPPED = "Solve the following problem.\n\n{}\n\nThink step by step, and end with the answer."


def repeats(rows: Sequence[Numbered], same: Same, asked: Mapping[int, str]) -> Iterator[Finding]:
    """Yield a finding for each row that repeats a question, with the same answer or with another one.

    `asked` has the circumstances of each row: with other choices it is another question.
    """
    first: dict[tuple[str, str], Numbered] = {}
    told: set[int] = set()
    for numbered in rows:
        earlier = first.setdefault((canonical(numbered.row.prompt), asked[numbered.index]), numbered)
        if earlier is numbered:
            continue
        place = earlier.row.place
        if same(numbered.row.ground_truth, earlier.row.ground_truth):
            yield Finding(numbered.index, "duplicate", f"the same question and answer are at {place}")
            continue
        theirs = _shown(earlier.row.ground_truth)
        yield Finding(numbered.index, "conflict", f"the same question has the answer {theirs} at {place}")
        if earlier.index not in told:
            told.add(earlier.index)
            ours = _shown(numbered.row.ground_truth)
            yield Finding(
                earlier.index, "conflict", f"the same question has the answer {ours} at {numbered.row.place}"
            )


def near_duplicates(rows: Sequence[Numbered], same: Same, asked: Mapping[int, str]) -> Iterator[Finding]:
    """Yield a finding for each row that says an earlier question in nearly the same words."""
    plain: dict[str, Numbered] = {}
    alike: dict[tuple[str, ...], list[tuple[str, Numbered]]] = defaultdict(list)
    exact, told = set[tuple[str, str]](), set[int]()
    for numbered in rows:
        text, beside = canonical(numbered.row.prompt), asked[numbered.index]
        if (text, beside) in exact:
            continue
        exact.add((text, beside))
        figures = (beside, *_FIGURES.findall(text))
        words = _words(text)
        earlier = plain.setdefault(f"{_CAPITAL.sub(_lower, words)} {figures}", numbered)
        if earlier is numbered:
            earlier = _similar(words, alike[figures], numbered, same)
        if earlier is not numbered:
            yield from _near(numbered, earlier, same, told)
        elif len(alike[figures]) < _MOST_ALIKE:
            alike[figures].append((words, numbered))


def _words(text: str) -> str:
    """Return the words and signs of a question without its punctuation."""
    text = text.replace("$", " ") if text.count("$") % 2 == 0 else text
    return " ".join(_PROSE.sub(" ", _LABEL.sub(r"\1", text)).split())


def _lower(found: re.Match[str]) -> str:
    return found[0].lower()


def _similar(text: str, others: Sequence[tuple[str, Numbered]], numbered: Numbered, same: Same) -> Numbered:
    """Return an earlier row with a similar question and the same answer; else the row itself."""
    if len(text) < _LEAST:
        return numbered
    for other, earlier in others:
        if _is_mistyped(text, other) and same(numbered.row.ground_truth, earlier.row.ground_truth):
            return earlier
    return numbered


def _is_mistyped(left: str, right: str) -> bool:
    """Return True if two texts have the same words, up to one or two letters in a long word.

    Two names are two things: Iran is no typing error for Iraq.
    """
    ours, theirs = left.split(), right.split()
    if len(ours) != len(theirs):
        return False
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return len(pairs) <= _MOST_TYPOS and all(
        f"{a}{b}".isalpha()
        and f"{a}{b}".islower()
        and Levenshtein.distance(a, b) <= max(len(a), len(b)) // _LETTERS_A_TYPO
        for a, b in pairs
    )


def _near(numbered: Numbered, earlier: Numbered, same: Same, told: set[int]) -> Iterator[Finding]:
    """Yield the finding on a question that an earlier row says in nearly the same words.

    Both rows of a conflict have one; `told` are the earlier rows that have theirs.
    """
    if same(numbered.row.ground_truth, earlier.row.ground_truth):
        place = earlier.row.place
        yield Finding(numbered.index, "near_duplicate", f"nearly the same question is at {place}")
        return
    for one, other in ((numbered, earlier), (earlier, numbered)):
        if one is numbered or one.index not in told:
            said = f"the answer {_shown(other.row.ground_truth)} at {other.row.place}"
            yield Finding(one.index, "conflict", f"nearly the same question has {said}")
    told.add(earlier.index)


def lookups(rows: Sequence[Numbered], same: Same, threshold: float) -> Iterator[Finding]:
    """Yield a finding for each row whose question, with instructions around it, is taken for another one."""
    answers = {numbered.row.prompt: numbered.row.ground_truth for numbered in rows}
    golden = GoldenDataset(answers, threshold)
    for numbered in rows:
        found = golden.find(_WRAPPED.replace("{}", numbered.row.prompt))
        if found.ground_truth is not None and not same(found.ground_truth, numbered.row.ground_truth):
            yield Finding(
                numbered.index,
                "lookup",
                "within instructions, the question is taken for another one, with the answer "
                f"{_shown(found.ground_truth)}; send the golden answer with the request, or reword it",
            )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
