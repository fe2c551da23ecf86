"""Take off a reason that follows a verdict on its line, as in `CORRECT. The answer matches`.

A reason must not take the verdict back. A word of the menu in it is a second verdict. A contrast, a doubt
or, after the better label, a negation makes the whole no verdict.
"""

from __future__ import annotations

import re

from rule_rm.judge.reading.menu import Menu, folded_word

_SENTENCES = re.compile(r"(?P<label>[^.;!?\n]{1,40})[.;][*_`]{0,3}\s{1,3}(?P<reason>[A-Z][^\n?]{1,300})\Z")
"""A label and the sentences behind it: `CORRECT. The answer matches`."""
_FEWEST = 3
"""Words of a sentence; fewer qualify the label, as in `CORRECT. Mostly.`"""
_DOUBT = re.compile(
    r"\b(?:but|however|al?though|though|yet|except|unless|despite|instead|otherwise|wait|actually|if|only"
    r"|would|should|could|might|may|maybe|perhaps|partly|partially|mostly|almost|nearly|probably|unsure)\b",
    re.IGNORECASE,
)
"""A contrast or a doubt: `However`, `might`."""
_NEGATION = re.compile(
    r"\b(?:not|no|non|never|nor|neither|none|nothing|without|cannot|wrong|fails?|lacks?|differs?|different"
    r"|un\w{3,}|mis\w{3,})\b|n['’]t\b",
    re.IGNORECASE,
)
"""A negation, which a reason for the better verdict has no need of: `doesn't`, `unequal`."""


def without_reason(said: str, menu: Menu) -> str:
    """Return the label alone, if sentences follow it that only give a reason; else the text as it is.

    >>> from rule_rm.judge.reading.menu import Label
    >>> menu = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0)})
    >>> without_reason("CORRECT. The answer matches", menu)
    'CORRECT'
    >>> without_reason("INCORRECT. The correct answer is 5", menu)
    'INCORRECT'
    >>> without_reason("CORRECT. The value does not match", menu)
    'CORRECT. The value does not match'
    """
    found = _SENTENCES.match(said)
    name = menu.label(found["label"].strip(" *_`")) if found else None
    if found is None or name is None:
        return said
    reason = found["reason"]
    label = menu.labels[name]
    is_better = label.value is not None and label.value > menu.worths[0]
    if (
        len(reason.split()) < _FEWEST
        or _DOUBT.search(reason)
        or (is_better and _NEGATION.search(reason))
        or _says_a_label(reason, menu)
    ):
        return said
    return name


def _says_a_label(reason: str, menu: Menu) -> bool:
    """Return True if a reason has a word of the menu; `the correct answer` only names a thing."""
    words = "|".join(re.escape(folded_word(one)) for one in (*menu.labels, *menu.synonyms))
    sentinel = re.escape(folded_word(menu.sentinel).rstrip(": "))
    return bool(re.search(rf"(?<!\bthe )(?<!\w)(?:{words})(?!\w)|{sentinel}", folded_word(reason)))
