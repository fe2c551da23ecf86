r"""Compare answers to questions with choices.

Both the golden answer and the answer may be a letter, a choice's text or both: "C", "24", "(C) 24".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rule_rm.math.values.verdict import Layer, Verdict

_MARKUP = re.compile(
    r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox|bf|rm|boxed|fbox|quad|qquad|left|right)(?![a-zA-Z])"
    r"|\\[ ,;:!]|[{}$*]"
)
"""Markup around a letter, such as `\\text{`."""
_LETTER = re.compile(
    r"\s*(?:option|choice|answer|选项?|故选)?\s*[(（]?(?P<letter>[A-Z])[)）]?\s*"
    r"(?P<rest>(?:[.:：、．(（,\s=].*)?)\Z",
    re.DOTALL,
)
"""A letter and the text behind it, such as `(C) 24`."""
_EDGES = " \t\n.:：、．()（）,，。=[]"
_SEVERAL = re.compile(r"[A-Z](?:\s*(?:(?:[,，、;和与&]|and)\s*)?[A-Z])*\.?")
"""Several letters, such as `A、C、D`."""

Same = Callable[[str, str], bool]
"""Say whether two answers have one value."""


def letters_of(text: str) -> str | None:
    """Return the letters that a text consists of, in their order in the alphabet; None if it is more.

    >>> letters_of("C、A"), letters_of(r"\\text{BC}"), letters_of("B) 12")
    ('AC', 'BC', None)
    """
    if text == text.lower():
        return None
    bare = _MARKUP.sub(" ", text).strip(_EDGES + "\\")
    if not _SEVERAL.fullmatch(bare):
        return None
    return "".join(sorted(set(re.findall("[A-Z]", bare))))


def by_option(answer: str, golden: str, choices: Mapping[str, str], same: Same) -> Verdict | None:
    """Return the verdict on an answer to a question with choices; None if choices do not decide it.

    >>> by_option("(B) 5", "B", {"A": "4", "B": "5"}, str.__eq__).equal
    True
    >>> by_option("5", "B", {"A": "4", "B": "5"}, str.__eq__).equal
    True
    """
    wanted = letters_of(golden)
    if wanted is None or not set(wanted) <= set(choices):
        named = [letter for letter, text in choices.items() if _is(golden, text, same)]
        wanted = named[0] if len(named) == 1 else None
    if wanted is None:
        return None
    said = letters_of(answer)
    if said is not None and set(said) <= set(choices):
        return _verdict(said == wanted, f"the choice is {said}, the golden one {wanted}")
    found = _LETTER.match(_MARKUP.sub(" ", answer))
    if found is not None and found["letter"] in choices and len(wanted) == 1:
        text = choices[found["letter"]]
        if _is(found["rest"].strip(_EDGES), text, same):
            return _verdict(found["letter"] == wanted, f"the choice is {found['letter']}")
    if len(wanted) > 1:
        return None
    right = [letter for letter, text in choices.items() if _is(answer, text, same)]
    return _verdict(True, f"it is the text of {wanted}") if right == [wanted] else None


def _verdict(equal: bool, reason: str) -> Verdict:
    return Verdict(equal, Layer.TEXT, reason)


def _is(answer: str, choice: str, same: Same) -> bool:
    """Return True if an answer is a choice's text, word for word or by its value."""
    plain, text = (_MARKUP.sub("", side).strip(_EDGES).casefold() for side in (answer, choice))
    if not plain:
        return False
    return "".join(plain.split()) == "".join(text.split()) or same(answer, choice)
