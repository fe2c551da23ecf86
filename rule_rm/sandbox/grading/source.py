"""The code of a response: the fenced blocks after the thinking, and the block that is the program."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from rule_rm.messages.turns import spoken
from rule_rm.sandbox.running.languages import UnknownLanguageError, canonical

_TAGS = re.compile(r"(?:</\w{1,30}>[ \t]{0,9})*\Z", re.ASCII)
"""Closing tags up to the end of a line, such as `</answer>`."""
_OPENING_TAGS = re.compile(r"[ \t]{0,9}(?:<\w{1,30}>[ \t]{0,9})+(?=```|~~~)", re.ASCII)
"""Opening tags right before a fence, such as `<answer>` in "<answer>```python"."""
_SESSIONS = ("bash", "sql")
"""Languages in which responses show how a program is used, as well as write programs."""


class Source(NamedTuple):
    """A fenced block."""

    language: str
    """The language as written on the fence, in lower case; empty if there is none."""
    code: str


class _Fence(NamedTuple):
    indent: str
    mark: str
    info: str


def last_block(response: str) -> Source | None:
    r"""Return the last complete block, or None.

    A block that is never closed, or is part of the thinking, does not count.

    >>> last_block("<think>```\n1\n```</think>\n```Python\nprint(2)\n```\nand\n```\nopen")
    Source(language='python', code='print(2)\n')
    """
    found = blocks(response)
    return found[-1] if found else None


def last_program(response: str, wanted: Collection[str] = ()) -> Source | None:
    r"""Return the block that is the response's program: the last one in a language of programs.

    `wanted` are the languages that are asked for, if any. A block whose fence names no language is the
    program only where no other is: after a program, it is what the program prints.

    >>> last_program("```python\nprint(6)\n```\nIt prints\n```\n6\n```\nRun it:\n```bash\npython a.py\n```")
    Source(language='python', code='print(6)\n')
    """
    found = blocks(response)
    for languages in (wanted, None):
        named = [one for one in found if _is_written_in(one, languages)]
        if named:
            return named[-1]
    unnamed = [one for one in found if _language(one) is None]
    return unnamed[-1] if unnamed else (found[-1] if found else None)


def last_query(response: str) -> Source | None:
    r"""Return the last block in SQL; where no fence says so, the last block.

    >>> last_query("```sqlite\nselect 6\n```\ngives\n```\n6\n```").code
    'select 6\n'
    """
    found = blocks(response)
    return next((one for one in reversed(found) if _is_sql(one)), found[-1] if found else None)


def _is_sql(block: Source) -> bool:
    return block.language.endswith("sql") or _language(block) == "sql"


def _is_written_in(block: Source, languages: Collection[str] | None) -> bool:
    language = _language(block)
    if languages is None:
        return language is not None and language not in _SESSIONS
    return language in languages


def _language(block: Source) -> str | None:
    if not block.language:
        return None
    try:
        return canonical(block.language)
    except UnknownLanguageError:
        return None


def blocks(response: str) -> list[Source]:
    """Return the complete fenced blocks after the thinking, in order."""
    found = _blocks(spoken(response) or "")
    if found:
        return found
    # A tag in a program, such as in a comment, does not end the thinking.
    return [
        Source(block.language, block.code.translate(_SHOWN))
        for block in _blocks(spoken(_hidden(response)) or "")
    ]


_HIDDEN = str.maketrans({"<": "\ue000", "[": "\ue001", "◁": "\ue002"})
_SHOWN = str.maketrans({"\ue000": "<", "\ue001": "[", "\ue002": "◁"})
"""The first characters of tags, and their substitutes during the search for tags."""


def _hidden(response: str) -> str:
    """Return the response with no tags in its complete blocks."""
    parts, end = [], 0
    for start, stop in _scanned(response)[1]:
        parts += [response[end:start], response[start:stop].translate(_HIDDEN)]
        end = stop
    return "".join([*parts, response[end:]])


def _blocks(text: str) -> list[Source]:
    return _scanned(text)[0]


def _scanned(text: str) -> tuple[list[Source], list[tuple[int, int]]]:
    """Return the complete blocks, and where in the text their lines begin and end."""
    found: list[Source] = []
    places: list[tuple[int, int]] = []
    opened: _Fence | None = None
    lines: list[str] = []
    start = at = 0
    for line in text.split("\n"):
        tags = None if opened else _OPENING_TAGS.match(line)
        fence = _fence(line[tags.end() :] if tags else line)
        if opened is None:
            if fence is not None and "`" not in fence.info:
                opened, lines, start = fence, [], at + len(line) + 1
        elif fence is not None and _closes(fence, opened):
            language = (opened.info.split() or [""])[0].strip("{.}").lower()
            code = "".join(_dedented(one, opened.indent) + "\n" for one in lines)
            found.append(Source(language, code))
            places.append((start, at))
            opened = None
        else:
            lines.append(line)
        at += len(line) + 1
    return found, places


def _fence(line: str) -> _Fence | None:
    """Return the fence in a line: three or more backticks or tildes, and the text after them."""
    bare = line.lstrip(" \t")
    if bare[:3] not in ("```", "~~~"):
        return None
    info = bare.lstrip(bare[0])
    return _Fence(line[: len(line) - len(bare)], bare[: len(bare) - len(info)], info.strip())


def _closes(fence: _Fence, opened: _Fence) -> bool:
    same = fence.mark[0] == opened.mark[0] and len(fence.mark) >= len(opened.mark)
    # A fence that is indented further than the first belongs to the program.
    return same and len(fence.indent) <= len(opened.indent) + 3 and bool(_TAGS.match(fence.info))


def _dedented(line: str, indent: str) -> str:
    """Return a line without the indentation that its whole block has, as Markdown reads it."""
    shared = len(line) - len(line.lstrip(" \t"))
    return line[min(shared, len(indent)) :]
