r"""Read a box that has nothing but a sentence: `\boxed{\text{42 eggs remain}}`."""

from __future__ import annotations

import re

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.places.prose import conclusion
from rule_rm.extract.question.counted import is_measured

_SENTENCE = re.compile(
    r"\\(?:text|textbf|textit|textrm|mathrm|mbox)\s*\{(?P<text>(?=[^{}]*\d)[^{}\\$]*(?:[^\W\d_]{2,}[^{}\\$]*){2})\}",
    re.DOTALL,
)
"""A box with nothing but a sentence about a number: `\\text{42 eggs remain}`."""
_DIGITS = re.compile(r"\d[\d.,]*")
"""A number: `1,024`."""
_STATEMENT = re.compile(r"\b(?:is|are|was|were|has|have|had|if|not)\b|n['’]t\b")
"""A word by which a text is a statement, and no date or name: "were"."""


def sentence_in(box: str, prompt: str) -> Extraction | None:
    r"""Return the number that a sentence in a box states, or why it does not; None if it states none.

    >>> sentence_in(r"\text{42 eggs remain}", "How many eggs remain?").answer, sentence_in("42", "")
    ('42', None)
    """
    found = _SENTENCE.fullmatch(box)
    if found is None:
        return None
    sentence = found["text"]
    if any(is_measured(behind) for behind in _DIGITS.split(sentence)[1:]):
        return None
    said = conclusion(sentence.rstrip(".") + ".", prompt)
    is_statement = said is not None and (said.answer is not None or _STATEMENT.search(sentence))
    return said if is_statement and said is not None and not said.also else None
