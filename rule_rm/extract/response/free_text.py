"""Find the free text of a response: a translation, a summary, a transcript."""

from __future__ import annotations

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.response.tags import tag_contents
from rule_rm.messages.turns import spoken

BAD_REFERENCE = "the reference is neither a string nor a number, or empty"
"""Why a golden answer can't be compared with a free text."""


def free_text(response: str) -> Extraction:
    """Return the content of the one answer tag, else all that follows the thinking.

    >>> free_text("<think>Hm.</think><answer> Guten Tag! </answer>").answer
    'Guten Tag!'
    >>> free_text("<answer>Hallo</answer><answer>Guten Tag!</answer>").answer is None
    True
    """
    text = spoken(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    if "<answer>" in text or "</answer>" in text:
        contents = tag_contents(text, "answer")
        if len(contents) != 1 or text.count("<answer>") != 1 or text.count("</answer>") != 1:
            return Extraction(None, "there is more than one answer tag, or one that is not closed")
        text = contents[0]
    text = text.strip()
    return Extraction(text, "the answer") if text else Extraction(None, "there is no answer")
