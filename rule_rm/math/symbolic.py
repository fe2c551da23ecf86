"""math-verify as the last resort, for answers that the layers before it can't read.

It is called without its time limits, which are signals that C code ignores and that only a main thread may
set. The worker that runs it is killed from outside instead. It is given LaTeX alone, never its reader of
plain expressions. Its exceptions are kept apart: a golden answer that can't be read is our mistake.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any

from rule_rm.math.reading.vocabulary import ALIASES, BEYOND, CONSTANTS, FUNCTIONS, GREEK, words
from rule_rm.math.values.verdict import Layer, Verdict


def symbolic(answer: str, golden: str) -> Verdict:
    """Return math-verify's verdict on two answers in LaTeX."""
    from math_verify import verify

    _quieten()
    reference = _parse(golden)
    if not reference:
        return Verdict(None, Layer.SYMBOLIC, "the golden answer can't be read")
    candidate = _parse(answer)
    if not candidate:
        return Verdict(False, Layer.SYMBOLIC, "the answer can't be read")
    equal = verify(list(reference), list(candidate), timeout_seconds=None)
    return Verdict(equal, Layer.SYMBOLIC, "equal by math-verify" if equal else "not equal by math-verify")


_KNOWN = (
    FUNCTIONS
    | GREEK
    | BEYOND
    | frozenset(CONSTANTS)
    | frozenset(ALIASES)
    | words(
        "frac sqrt binom cr end left right le ge ne pm mp degree lfloor rfloor lceil rceil mathrm d to limits"
    )
)
_COMMAND = re.compile(r"\\([a-zA-Z]+)")
r"""A LaTeX command: `\frac`."""
_PROSE = re.compile(r"\\(?:text|mbox|operatorname)|(?<![\\a-zA-Z])[a-zA-Z]{4,}|[?;'\"]|[)}\]]\s*'")
r"""Words, and marks that change a formula: `\text`, `area`, `?`."""
_RELATION = re.compile(r"=|<|>|\\(?:le|ge|ne|leq|geq|neq|approx|equiv|in|sim)(?![a-zA-Z])")
r"""A relation: `=`, `\le`."""


def is_one_formula(text: str) -> bool:
    r"""Return True if a text is one formula, which math-verify can only read as a whole.

    Of two formulas with an unknown sign between them it reads only one, which may be either.

    >>> is_one_formula(r"\int_0^1 x\,dx"), is_one_formula(r"y=x \angle y=2x")
    (True, False)
    """
    bare = re.sub(r"\\(?:begin|end)\s*\{[a-zA-Z*]+\}|_\s*\{[^{}]*\}", " ", text)
    if _PROSE.search(bare) or any(name not in _KNOWN for name in _COMMAND.findall(bare)):
        return False
    return len(_RELATION.findall(bare)) <= 1


_BOUND = re.compile(r"\\(?:sum|prod)\s*_\s*\{\s*([a-zA-Z])\s*=")
r"""The variable that a sum or product runs over: the k of `\sum_{k=1}`."""


def with_bound_variable_of(answer: str, golden: str) -> str:
    r"""Return an answer with the golden answer's variable in its only sum or product.

    >>> with_bound_variable_of(r"\sum_{i=1}^n i^2", r"\sum_{k=1}^{n} k^2")
    '\\sum_{k=1}^n k^2'
    """
    ours, theirs = _BOUND.findall(golden), _BOUND.findall(answer)
    if len(ours) != 1 or len(theirs) != 1 or ours == theirs:
        return answer
    new, old = ours[0], theirs[0]
    is_free = re.search(rf"(?<![\\a-zA-Z]){new}|\\[a-zA-Z]+\s+{new}", answer) or any(
        re.search(rf"(?<![\\a-zA-Z]){letter}", text[: found.start()])
        for letter, text in ((new, golden), (old, answer))
        if (found := _BOUND.search(text)) is not None
    )
    return answer if is_free else re.sub(rf"(\\[a-zA-Z]+)|{old}", lambda found: found[1] or new, answer)


def without_unit_index(text: str) -> str:
    r"""Return a formula whose sum runs over another letter than i, which math-verify takes for √−1.

    >>> without_unit_index(r"\sum_{i=1}^n i^2"), without_unit_index(r"3i+\sum_{i=1}^n 1")
    ('\\sum_{k=1}^n k^2', '3i+\\sum_{i=1}^n 1')
    """
    letter = next((letter for letter in "kjmrs" if not re.search(rf"(?<![\\a-zA-Z]){letter}", text)), None)
    if letter is None or _BOUND.findall(text) != ["i"]:
        return text
    return with_bound_variable_of(text, rf"\sum_{{{letter}=1}}")


@lru_cache(maxsize=512)
def _parse(text: str) -> tuple[Any, ...]:
    from math_verify import LatexExtractionConfig, parse

    return tuple(
        parse(
            "$" + text.replace("$", "").replace("\\cr ", "\\\\ ") + "$",
            extraction_config=[LatexExtractionConfig()],
            fallback_mode="no_fallback",
            parsing_timeout=None,
        )
    )


@lru_cache(maxsize=1)
def _quieten() -> None:
    """Silence math-verify's warning that its time limit is off: the engine sets the limit."""
    logging.getLogger("math_verify").setLevel(logging.ERROR)


def warm_up() -> None:
    """Import math-verify and run one verdict, so that workers forked afterwards start warm."""
    symbolic(r"\frac{\sqrt{x}}{2}", r"\frac{1}{2}\sqrt{x}")
