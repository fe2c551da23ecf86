"""The code of a response: the last complete fenced block of what follows the thinking."""

from __future__ import annotations

import re
from typing import NamedTuple

from rule_rm.messages.turns import spoken

_FENCE = re.compile(r"^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$", re.MULTILINE)


class Source(NamedTuple):
    """A fenced block."""

    language: str
    """As the fence names it, in lower case; empty if it names none."""
    code: str


def last_block(response: str) -> Source | None:
    r"""The last complete block, or None. A block that is never closed, or only thought of, is none.

    >>> last_block("<think>```\n1\n```</think>\n```Python\nprint(2)\n```\nand\n```\nopen")
    Source(language='python', code='print(2)\n')
    """
    answer = spoken(response)
    if answer is None:
        return None
    found = None
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(answer):
        if opened is None:
            opened = fence
        elif _closes(fence, opened):
            language = (opened["info"].split() or [""])[0].strip("{.}").lower()
            found = Source(language, answer[opened.end() + 1 : fence.start()])
            opened = None
    return found


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    same = fence["fence"][0] == opened["fence"][0] and len(fence["fence"]) >= len(opened["fence"])
    return same and not fence["info"].strip()
