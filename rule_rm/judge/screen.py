"""What need not be asked: a text without content can't be right, whatever a judge says of it.

Judges pay for texts that say nothing, some of them nine times in ten ("master keys"), so voting does not stop
it. Such a text is told here: it is empty, has symbols alone, or nothing but words that announce an answer.
"""

from __future__ import annotations

import re
import unicodedata

from rule_rm.judge.openers import PHRASES, STEPS, WORDS

_ACCENTS = re.compile("[\u0300-\u036f]")
_WRAPPERS = re.compile(
    r"\\(?:boxed|fbox|framebox|text(?:bf|it|rm|normal)?|math(?:rm|bf|it|cal)?|emph|underline|left|right|quad|qquad"
    r"|begin|end|displaystyle|large|huge|checkmark|cdots|ldots|dots)(?![a-z])"
)
_TAGS = re.compile(r"</?[a-z][a-z0-9_-]{0,15}(?: ?/)?>")
_STEP = re.compile(rf"(?:{STEPS})\s*(?:\d+|[一二三四五六七八九十]+|one|two|three)|第\s*[一二三四五\d]+\s*步")
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
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


_OPENERS = frozenset(map(_normalised, WORDS))
_PHRASES = re.compile("|".join(map(re.escape, map(_normalised, PHRASES))))


def has_content(text: str) -> bool:
    """True if the text says anything beyond symbols and openers; in linear time.

    >>> [has_content(text) for text in ("Thought process:", "解", "**Solution**: let's go step by step.")]
    [False, False, False]
    >>> has_content("Solution: 42")
    True
    """
    lines = _normalised(text).splitlines()
    return any(_says_something(_STEP.sub(" ", line)) for line in lines if not _announces(line))


def _announces(line: str) -> bool:
    """True for a line such as "Gedankengang:", in whatever language, that has no number."""
    line = line.strip(" \t*_#`")
    is_open = line.endswith((":", "：", "∶"))
    return is_open and len(line.split()) <= _ANNOUNCED and not any(map(str.isdigit, line))


def _says_something(line: str) -> bool:
    words = _WORD.findall(line.translate(_BLANKS))
    # "A" may be the choice, and "e" the number.
    are_letters = bool(words) and all(len(word) == 1 and word.isascii() for word in words)
    return are_letters or any(map(_is_content, words))


def _is_content(word: str) -> bool:
    """True for a word that is no opener; in scripts without spaces, for one that openers don't make up."""
    return word not in _OPENERS and not (_UNSPACED.fullmatch(word) and not _PHRASES.sub("", word))
