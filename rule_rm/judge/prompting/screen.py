"""Find texts without content, which can't be right, even if a judge says so.

Judges accept texts that say nothing, some of them nine times in ten ("master keys"), so voting does not stop
it. Such a text is empty, or punctuation, or consists of words that announce an answer. Whether a word or a
symbol has content can depend on the reference: for "the last step", "the final step" may be an answer.
"""

from __future__ import annotations

import re
import unicodedata

from rule_rm.judge.prompting.openers import FILLERS, OPENERS, PHRASES, STEPS

_ACCENTS = re.compile("[\u0300-\u036f]")
"""A combining accent, such as the one of `é`."""
_WRAPPERS = re.compile(
    r"\\(?:boxed|fbox|framebox|text(?:bf|it|rm|normal)?|math(?:rm|bf|it|cal)?|emph|underline|left|right|quad|qquad"
    r"|begin|end|displaystyle|large|huge|checkmark|cdots|ldots|dots)(?![a-z])"
)
r"""A command of LaTeX that only dresses a text: `\textbf`."""
_TAGS = re.compile(r"</?[a-z][a-z0-9_-]{0,15}(?: ?/)?>")
"""A tag of HTML or XML: `</answer>`."""
_STEP = re.compile(rf"(?:{STEPS})\s*(?:\d+|[一二三四五六七八九十]+|one|two|three)|第\s*[一二三四五\d]+\s*步")
"""A numbered step: `Step 1`, `第一步`."""
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
_STEP_WORD = " step "
_WORD = re.compile(rf"[^\W_](?:[^\W_]|(?![^\W_])[{_MARKS}])*")
"""A word with its marks: `étape`, `第`."""
_ANNOUNCED = 8
"""The most words of a line that ends in a colon and announces an answer that is missing."""
_STROKES = str.maketrans("ıłđø", "ildo")
"""Letters with strokes that are not accents."""
_BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800"), " ")
"""Letters that can't be seen."""
_SYMBOLIC = re.compile(
    r"\s*\$*\s*(?:[-+]?\s*\\[A-Za-z]{1,20}|[^\w\s$\\\"'.,:;!?*#`_~-]{1,4}|\{\}|\\\{\\\})\s*\$*\s*\Z"
)
r"""A text that is one symbol or one command: `<`, `\lt`, `$\infty$`, `-\infty`."""
_LONGEST_SYMBOL = 8
_SHORT_REFERENCE = 5
"""Words of a reference, up to which its own words are not a mere announcement."""
_TRUTH_WORDS = """
true false yes no correct incorrect right wrong valid invalid 正确 错误 对 错 是 否 vrai faux wahr falsch
"""
_TRUTH = frozenset(_TRUTH_WORDS.split())
"""Words that answer whether a statement is true."""
_EMOJI = re.compile("[\u2610-\u2612\u2700-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")
"""Emoji and ticks: `✅`, `✓`, `☑`, `👍`."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f々ー]+")
"""A run of scripts without spaces: `解答`, `ไทย`."""


def _normalised(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
    return _TAGS.sub(" ", _WRAPPERS.sub(" ", plain))


_OPENERS = frozenset(map(_normalised, OPENERS))
_FILLERS = frozenset(map(_normalised, FILLERS))
_PHRASES = re.compile("|".join(map(re.escape, map(_normalised, PHRASES))))
"""A phrase of those scripts: `答案`."""


def has_content(text: str, reference: str = "") -> bool:
    """Return True if the text says anything beyond punctuation and openers; in linear time.

    >>> [has_content(text) for text in ("Thought process:", "解", "**Solution**: let's go step by step.")]
    [False, False, False]
    >>> has_content("Solution: 42"), has_content("∞"), has_content("Correct", "True")
    (True, True, True)
    """
    if _is_symbol(text) or (_SYMBOLIC.match(reference) and _SYMBOLIC.match(text)):
        return True
    spared = _spared(reference)
    words = [
        word
        for line in _normalised(text).translate(_BLANKS).splitlines()
        if not _announces(line)
        for word in _WORD.findall(line if spared else _STEP.sub(_STEP_WORD, line))
    ]
    if any(word in spared for word in words):
        return True
    # "The same" may be an answer, "the same answer" is none. "A" may be the choice, and "e" the number.
    if all(word in _FILLERS or (len(word) == 1 and word.isascii()) for word in words):
        return bool(words)
    return not all(word in _OPENERS or word in _FILLERS or _is_phrase(word) for word in words)


def _is_symbol(text: str) -> bool:
    """Return True for a short text with a symbol beyond ASCII, except emoji: ∞, -∞, ∅, ≤, ♠."""
    symbols = [character for character in text if not character.isascii()]
    return len(text.strip()) <= _LONGEST_SYMBOL and any(
        unicodedata.category(one) in ("Sm", "So", "Sc") and not _EMOJI.match(one) for one in symbols
    )


def _spared(reference: str) -> frozenset[str]:
    """Return the openers that say something, given a short reference in words that they are part of."""
    words = _WORD.findall(_normalised(reference))
    if not words or len(words) > _SHORT_REFERENCE or any(map(str.isdigit, reference)):
        return frozenset()
    if words[-1] in _TRUTH:
        return _TRUTH
    return frozenset(word for word in words if word in _OPENERS)


def _announces(line: str) -> bool:
    """Return True for a line such as "Gedankengang:", in any language, without a number."""
    line = line.strip(" \t*_#`")
    is_open = line.endswith((":", "：", "∶"))
    return is_open and len(line.split()) <= _ANNOUNCED and not any(map(str.isdigit, line))


def _is_phrase(word: str) -> bool:
    """Return True for a word in a script without spaces that consists of openers."""
    return bool(_UNSPACED.fullmatch(word)) and not _PHRASES.sub("", word)
