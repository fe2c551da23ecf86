"""Find whether the letter of an equation is the usual symbol of another quantity than the one asked for."""

from __future__ import annotations

import re

from rule_rm.extract.question.asked_for import WORD, AskedFor
from rule_rm.extract.words.verbs import base

_FIELDS = (
    "radius:rR diameter:dD circumference:CcUP area:A",
    "length:lLabcdhsxy width:wWbhxy height:hHaxy side:saxlbc base:bax perimeter:Pp area:A diagonal:dDxc"
    " hypotenuse:chHx leg:abxy volume:V depth:dhx",
    "speed:vVsrSx velocity:vVx distance:dDsSx time:tTx duration:tTx acceleration:ax",
    "interest:I principal:P rate:rRi time:tTn amount:A",
    "voltage:VUE current:Ii resistance:RrZ power:P charge:QqC",
    "mass:mMx weight:wWmFx force:FN density:ρdD acceleration:a",
)
"""Quantities of one field, each with its usual letters: a radius with `r` and `R`."""
_SYMBOLS = [
    {base(noun): letters for noun, _, letters in (entry.partition(":") for entry in field.split())}
    for field in _FIELDS
]
_LONGEST = 120
_CUT = re.compile(r"[,;:]\s|\.\s|[A-Za-z]{2,}")
"""The end of the words or marks before a chain of equations: "so", `, `."""
_EQUATION = re.compile(r"[\s$(*]*(?P<letter>[a-zA-Zρ])\s*=")
"""The name at the beginning of a chain of equations: `d = `."""
_OF = re.compile(r"\b(?:of|with|if|when|whose|in|for|that|which)\b", re.IGNORECASE)
"""The end of the noun that a question asks for: the "of" of "the radius of"."""


def is_other_symbol(text: str, start: int, prompt: str, asked: AskedFor) -> bool:
    """Return True if an equation gives the value at `start` to a letter of another quantity of the field.

    A letter is accepted if the question uses it, or if the text defines it.

    >>> from rule_rm.extract.question.asked_for import asked_for
    >>> prompt = "A circle has a circumference of 14π. What is its radius?"
    >>> [is_other_symbol(f"So {one} = 7", 7, prompt, asked_for(prompt)) for one in ("d", "r", "x")]
    [True, False, False]
    """
    begin = max(text.rfind("\n", 0, start) + 1, start - _LONGEST)
    cuts = [cut.end() for cut in _CUT.finditer(text, begin, start)]
    found = _EQUATION.match(text, cuts[-1] if cuts else begin, start)
    if found is None:
        return False
    letter = found["letter"]
    for field in _SYMBOLS:
        sought = _sought(field, asked)
        if not sought or letter in "".join(map(field.__getitem__, sought)):
            continue
        if any(letter in letters for letters in field.values()):
            return not _is_introduced(letter, sought, prompt, text[: found.start()])
    return False


def _sought(field: dict[str, str], asked: AskedFor) -> list[str]:
    """Return the quantities of a field that a question asks for, not those behind "of"."""
    named = frozenset(map(base, WORD.findall(_OF.split(asked.clause)[0])))
    return [noun for noun in field if noun in named] or [noun for noun in field if noun in asked.words]


def _is_introduced(letter: str, nouns: list[str], prompt: str, said: str) -> bool:
    """Return True if a prompt uses a letter, or a text defines it: "let d be the radius"."""
    alone = rf"(?<![\w\\]){letter}(?![\w'’])" + (r"(?!\s+[a-z])" if letter in "AaI" else "")
    defined = rf"\b(?i:let|call|denote|where|with|be)\b[^.\n]{{0,40}}?{alone}"
    named = rf"\b(?i:{'|'.join(map(re.escape, nouns))})\w*\W{{1,3}}(?:of\s+[^.\n]{{0,30}}?)?{alone}"
    return re.search(alone, prompt) is not None or any(re.search(one, said) for one in (defined, named))
