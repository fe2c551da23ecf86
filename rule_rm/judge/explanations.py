"""Explain a verdict: what the judge replied, and on request what it was asked."""

from __future__ import annotations

EXCERPT = 600
"""Characters of a reply in an explanation, from its end, where the verdict is."""


def explained(said: str, reply: str, question: str = "") -> str:
    """Return an explanation with an excerpt of the reply; with the question, if given, and the whole reply.

    >>> explained("the judge says CORRECT", "They match.\\nVERDICT: CORRECT")
    'the judge says CORRECT; it replied: They match. VERDICT: CORRECT'
    """
    if question:
        return f"{said}\n\nThe judge was asked:\n{question}\n\nIt replied:\n{reply}"
    excerpt = " ".join(reply.split())
    if not excerpt:
        return said
    shown = excerpt if len(excerpt) <= EXCERPT else "…" + excerpt[-EXCERPT:]
    return f"{said}; it replied: {shown}"
