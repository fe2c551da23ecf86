"""Explain a verdict in a line, by the end of the judge's reply."""

from __future__ import annotations

EXCERPT = 600
"""Characters of a reply in an explanation, from its end, where the verdict is."""


def explained(said: str, reply: str) -> str:
    """Return an explanation with an excerpt of the reply.

    >>> explained("the judge says CORRECT", "They match.\\nVERDICT: CORRECT")
    'the judge says CORRECT; it replied: They match. VERDICT: CORRECT'
    """
    excerpt = " ".join(reply.split())
    if not excerpt:
        return said
    shown = excerpt if len(excerpt) <= EXCERPT else "…" + excerpt[-EXCERPT:]
    return f"{said}; it replied: {shown}"
