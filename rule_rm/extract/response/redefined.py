r"""Find the macros that a response defines: its own `\boxed` or `\frac` shows something else."""

from __future__ import annotations

import re

_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand\*?|providecommand\*?|[gex]?def|(?:future)?let|DeclareMathOperator\*?"
    r"|DeclareRobustCommand\*?)\s*\{?\s*\\(?P<name>[a-zA-Z]+)"
)
r"""The definition of a macro: `\newcommand{\R}`, `\let\boxed`."""
_CATCODE = re.compile(r"\\(?:catcode|mathcode|lccode|uccode|active)(?![a-zA-Z])")
r"""A macro that gives a character another meaning: `\catcode`."""
_NEW_BOX = re.compile(
    _DEFINITION.pattern + r"(?![a-zA-Z])[\s}\[\]#\d={]*\\(?:boxed|fbox|framebox)(?![a-zA-Z])(?!\s*\{\s*#)"
)
r"""The definition of a macro that is a box under another name: `\def\b{\boxed}`."""
_NAME = re.compile(r"\\([a-zA-Z]+)")
r"""A macro: `\frac`."""
_BOXES = frozenset({"boxed", "fbox", "framebox", "text", "mathrm", "textbf"})


def redefines(text: str, answer: str) -> bool:
    r"""Return True if a text defines a macro of its answer or of a box, or changes a character.

    >>> redefines(r"\def\boxed#1{43} \boxed{42}", "42"), redefines(r"\newcommand{\R}{x} \boxed{42}", "42")
    (True, False)
    """
    if "\\" not in text:
        return False
    defined = {found["name"] for found in _DEFINITION.finditer(text)}
    used = _BOXES.union(_NAME.findall(answer)) if defined else _BOXES
    if not defined.isdisjoint(used) or _CATCODE.search(text):
        return True
    return bool(defined) and _NEW_BOX.search(text) is not None
