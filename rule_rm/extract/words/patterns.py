"""Regular expressions from lists of phrases, in which `_` is a space, and their compilation on first use."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")

_SIGNS = re.compile("[\u0900-\u0903\u093a-\u094f\u0951-\u0957]")
"""A vowel sign of Hindi, such as ु, which a regular expression does not take for a letter."""

HAS_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""A Chinese, Japanese, Korean or Thai letter, such as 是."""


class Deferred:
    """A pattern that is compiled when one of its methods is first used."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags
        _deferred.append(self)

    def __getattr__(self, name: str) -> Any:
        # Called for what the object does not have yet: once for each pattern.
        if name not in _METHODS:
            raise AttributeError(f"a deferred pattern has no attribute {name!r}")
        self.compile()
        return self.__dict__[name]

    def compile(self) -> re.Pattern[str]:
        """Return the compiled pattern, whose methods this object has from now on."""
        compiled = re.compile(self.pattern, self._flags)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return compiled


_deferred: list[Deferred] = []


def deferred(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled on first use, for a pattern of many phrases.

    A server and most commands import this package and never read a response. Compiling its large patterns
    would be a fifth of their start.

    >>> deferred(r"\bsix|seven").search("It is seven.")
    <re.Match object; span=(6, 11), match='seven'>
    """
    return cast("re.Pattern[str]", Deferred(pattern, flags))


def compile_deferred() -> None:
    """Compile every deferred pattern: a process that forks workers does so before, for all of them."""
    for pattern in _deferred:
        pattern.compile()


def letters(text: str) -> str:
    """Return a text without the vowel signs of Hindi, so that its words consist of letters."""
    return _SIGNS.sub("", text)


def phrases(text: str) -> str:
    """Return a pattern for any of the phrases of a text, the longest first."""
    found = sorted(dict.fromkeys(letters(text).split()), key=len, reverse=True)
    return "|".join(phrase.replace("_", r"\s+") for phrase in found)


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def run_of(name: str, phrase: str, *, least: int = 0) -> str:
    """Return a pattern for any number of phrases in a row, at least 0 or 1, in a group with this name.

    A phrase that has matched is not matched again in another way. Otherwise a phrase that two lists contain,
    repeated n times, could be matched in 2^n ways. A lookahead and a backreference act as the atomic group
    that Python 3.10 lacks.
    """
    return rf"(?:(?=(?P<{name}>{phrase}))(?P={name}))" + ("+" if least else "*")
