"""Find the sentence of a prompt that asks."""

from __future__ import annotations

import re

SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")
"""The gap between two sentences of a question: the space in `One. Two?`."""


def asking_sentence(prompt: str) -> str:
    """Return the last sentence with a question mark, or all of a prompt without one.

    >>> asking_sentence("He sold 3 of 8. How many are left? Think step by step.")
    'How many are left?'
    """
    asking = [one for one in SENTENCES.split(prompt) if one.rstrip(" *").endswith(("?", "？"))]
    return asking[-1] if asking else prompt
