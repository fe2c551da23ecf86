"""Find where a response is done: before a section that checks the answer, and before a remark on its letters.

The rest is read for denials, as any text behind an answer is, but no answer is looked for in it.
"""

from __future__ import annotations

import re

from rule_rm.extract.values.numbers import formulas_in
from rule_rm.extract.words import denials, stating
from rule_rm.extract.words.patterns import deferred

_CHECK = deferred(
    r"\n[ \t>*_#-]*(?:\d+[.)]\s*)?(?:(?:quick|sanity|final|double)[ -])*"
    r"(?:check(?:ing)?|verif(?:ication|y(?:ing)?)|proof|notes?|remark|let(?:['’]s|\s+me|\s+us)\s+(?:quickly\s+|now\s+)?(?:double-)?(?:check|verify)"
    r"|to\s+(?:double-)?(?:check|verify)|(?:double-)?checking|probe|vérification|comprobación|verificación|verifica(?:ção)?|sprawdzenie|проверка"
    r"|验证|验算|检验|検算|확인|검산)"
    r"(?![^\W\d_])[^\n.\d=$]{0,40}?(?:[:：,，*]|\n|\s(?=[\d$(]))",
    re.IGNORECASE,
)
"""The heading of a section that checks an answer, or the beginning of a note on it: "**Check:**"."""
_FAILS = deferred(
    rf"[✗✘❌✖≠]|\bfail|(?<!\w)(?:{stating.NOT})(?!\w)|n['’]t\b|{denials.WRONG}|\b(?:but|however|instead|mismatch\w*|actually)\b",
    re.IGNORECASE,
)
"""A word of a check that fails, or of a note that takes something back: "fails"."""
_LETTER_EXPLAINED = re.compile(
    r"[\s,;(]*(?:where|with|wobei|où|donde|dove|gdzie|где)\s+§\s+(?:is|being|denotes|represents|ist|est|es|è)\s+"
    r"(?:an?|the|any|some|eine?|une?)\s+(?:\w+\s+){0,3}?(?:constant|konstante|constante|costante|integer|number|parameter)\b"
    r"(?:\s+of\s+integration)?[\s.)*]*\Z",
    re.IGNORECASE,
)
"""A remark on a letter of a formula that ends a text: ", where § is an arbitrary constant."."""
_PLAIN_LETTER = re.compile(r"[a-zA-Z](?:_\{?\w\}?)?")
"""A letter alone, perhaps with an index: `C_1`."""


def before_check(text: str) -> str:
    r"""Return a text without a last section that checks the answer, if any text with a digit precedes it.

    >>> before_check("It is 33.\n\n**Check:** 31 + 32 + 33 = 96"), before_check("Check: it is 33")
    ('It is 33.', 'Check: it is 33')
    """
    heading = next((found for found in _CHECK.finditer(text) if _has_digit(text[: found.start()])), None)
    if heading is None or _FAILS.search(text, heading.start()):
        return text
    return text[: heading.start()].rstrip()


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def without_letter_explained(text: str) -> str:
    """Return a text without a last remark on a letter of the formula before it.

    >>> without_letter_explained("It is $x + C$, where $C$ is a constant.")
    'It is $x + C$'
    """
    formulas = formulas_in(text)
    if len(formulas) < 2 or not _PLAIN_LETTER.fullmatch(formulas[-1].group().strip("$\\() ")):
        return text
    before, last = formulas[-2], formulas[-1]
    between = text[before.end() : last.start()] + "§" + text[last.end() :]
    letter = last.group().strip("$\\() ")
    is_in_it = letter in before.group()
    return text[: before.end()] if is_in_it and _LETTER_EXPLAINED.fullmatch(between) else text
