"""What need not be asked: a text without content can't be right, whatever a judge says of it.

Judges pay for texts that say nothing, some of them nine times in ten ("master keys"), so voting does not stop
it. Such a text is told here: it is empty, has symbols alone, or nothing but words that announce an answer.
"""

from __future__ import annotations

import re
import unicodedata

from rule_rm.judge.prompting.openers import FILLERS, OPENERS, PHRASES, STEPS

_ACCENTS = re.compile("[\u0300-\u036f]")
_WRAPPERS = re.compile(
    r"\\(?:boxed|fbox|framebox|text(?:bf|it|rm|normal)?|math(?:rm|bf|it|cal)?|emph|underline|left|right|quad|qquad"
    r"|begin|end|displaystyle|large|huge|checkmark|cdots|ldots|dots)(?![a-z])"
)
_TAGS = re.compile(r"</?[a-z][a-z0-9_-]{0,15}(?: ?/)?>")
_STEP = re.compile(rf"(?:{STEPS})\s*(?:\d+|[一二三四五六七八九十]+|one|two|three)|第\s*[一二三四五\d]+\s*步")
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
_STEP_WORD = " step "
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_ANNOUNCED = 8
"""The most words of a line that ends in a colon and so announces what does not come."""
_STROKES = str.maketrans("ıłđø", "ildo")
"""Letters with strokes that are no accents."""
_BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800"), " ")
"""Letters that can't be seen."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f々ー]+")


def _normalised(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
    return _TAGS.sub(" ", _WRAPPERS.sub(" ", plain))


_OPENERS = frozenset(map(_normalised, OPENERS))
_FILLERS = frozenset(map(_normalised, FILLERS))
_PHRASES = re.compile("|".join(map(re.escape, map(_normalised, PHRASES))))


def has_content(text: str) -> bool:
    """True if the text says anything beyond symbols and openers; in linear time.

    >>> [has_content(text) for text in ("Thought process:", "解", "**Solution**: let's go step by step.")]
    [False, False, False]
    >>> has_content("Solution: 42")
    True
    """
    words = [
        word
        for line in _normalised(text).translate(_BLANKS).splitlines()
        if not _announces(line)
        for word in _WORD.findall(_STEP.sub(_STEP_WORD, line))
    ]
    # "The same" may be an answer, "the same answer" is none. "A" may be the choice, and "e" the number.
    if all(word in _FILLERS or (len(word) == 1 and word.isascii()) for word in words):
        return bool(words)
    return not all(word in _OPENERS or word in _FILLERS or _is_phrase(word) for word in words)


def _announces(line: str) -> bool:
    """True for a line such as "Gedankengang:", in whatever language, that has no number."""
    line = line.strip(" \t*_#`")
    is_open = line.endswith((":", "：", "∶"))
    return is_open and len(line.split()) <= _ANNOUNCED and not any(map(str.isdigit, line))


def _is_phrase(word: str) -> bool:
    """True for a word in a script without spaces that openers make up."""
    return bool(_UNSPACED.fullmatch(word)) and not _PHRASES.sub("", word)
