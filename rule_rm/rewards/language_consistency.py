"""`language_consistency`: reward a response for staying in the script of the wanted language.

A policy that is paid for answers alone begins to mix languages. Languages are recognised by script: that is
exact, takes linear time and needs no model, but it can't tell English from German.
"""

from __future__ import annotations

import re
from collections import Counter

from rule_rm.errors import ConfigurationError
from rule_rm.extract.response.scripts import letters_by_script, script_of
from rule_rm.registry import register
from rule_rm.registry.options import listed
from rule_rm.types import Rollout, Score, Status

_CODES = {
    "latin": "en de fr es it pt nl sv da no fi pl cs sk sl hu ro tr vi id ms tl sw la hr et lv lt ca eu gl",
    "cyrillic": "ru uk be bg sr mk kk ky mn tg",
    "arabic": "ar fa ur ps",
    "devanagari": "hi mr ne sa",
    "hebrew": "he yi",
    "bengali": "bn as",
    "ethiopic": "am ti",
    "greek": "el",
    "armenian": "hy",
    "georgian": "ka",
    "thai": "th",
    "lao": "lo",
    "khmer": "km",
    "myanmar": "my",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "gujarati": "gu",
    "gurmukhi": "pa",
    "sinhala": "si",
    "tibetan": "bo",
}
"""The languages of each script, by their ISO 639-1 codes.

A script is named by the first words of the Unicode names of its letters.
"""
_SCRIPTS_OF: dict[str, tuple[str, ...]] = {
    **{code: (script,) for script, codes in _CODES.items() for code in codes.split()},
    "zh": ("cjk", "bopomofo"),
    "ja": ("hiragana", "katakana", "cjk"),
    "ko": ("hangul", "cjk"),
}
_BORROWED = {
    "ko": ("cjk", ("hangul",), 1),
    "ja": ("cjk", ("hiragana", "katakana"), 3),
}
"""For each language that writes with another's characters: those, its own scripts, and how many borrowed
characters count for each of its own. Korean text has few Han characters, Japanese text about as many as kana;
text of Han characters alone is Chinese."""
_SCRIPTS = frozenset(script for scripts in _SCRIPTS_OF.values() for script in scripts)
_CODE = "```"
_FORMULAS = (("`", "`"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
_LONGEST_FORMULA = 300
_SENTENCE = re.compile(r"(?:(?<![\\A-Za-z])[A-Za-z]{2,}[,;:]?\s+){3}[A-Za-z]{2,}")
"""Four words in a row, as in `of the first kind`: prose, not a formula. `\\sin x + \\cos x` has none."""
_FORMULA_SCRIPTS = ("latin", "greek")
"""The scripts in which formulas and code are written."""
_SYMBOL = re.compile(r"(?<!\w)[\u0370-\u03ff](?!\w)")
"""A single Greek letter, which is a mathematical symbol: the `α` of `the angle α`."""
_TAGS = ("<think>", "</think>", "<answer>", "</answer>", "\\boxed", "\\text")
LANGUAGE = "language"
"""The key of `extra_info` with the language that a response should be in."""


def _check(*, language: str, skip_markup: bool) -> None:
    if not _wanted(language):
        raise ConfigurationError(
            f"reward option language must be a code of {', '.join(sorted(_SCRIPTS_OF))}, "
            f"or a script of {', '.join(sorted(_SCRIPTS))}, not {language!r}"
        )


@register(
    "language_consistency",
    summary="the share of letters in the script of the wanted language",
    metrics=("share", "letters"),
    linear=True,
    check=_check,
)
def language_consistency(rollout: Rollout, *, language: str = "en", skip_markup: bool = True) -> Score:
    """Return the letters in the wanted scripts, divided by all letters: 0.0 to 1.0.

    `language` is a code such as `zh`, a script such as `latin`, or several with commas;
    `extra_info["language"]` comes first. The idea is DeepSeek-R1's (arXiv 2501.12948, section 2.3.2), the
    share of words in the target language; letters need no segmentation.

    Latin and Greek letters in formulas, code and tags are not counted (`skip_markup`), unless nothing else
    has letters or a formula reads like a sentence. A response without any letter, such as a number, earns
    1.0; an empty one 0.0. Han characters count as Japanese or Korean only together with kana or Hangul.

    >>> language_consistency(Rollout("", "所以答案是 OK"), language="zh").metrics["letters"]
    7.0
    >>> language_consistency(Rollout("", "所以 $x = 2$。"), language="zh").reward
    1.0
    """
    _check(language=language, skip_markup=skip_markup)
    named = rollout.extra_info.get(LANGUAGE)
    chosen = named if isinstance(named, str) else language
    wanted = _wanted(chosen)
    if not wanted:
        return Score.unscored(Status.BAD_GROUND_TRUTH, f"extra_info has an unknown language: {named!r:.80}")
    if not rollout.response.strip():
        return Score(0.0, Status.NO_ANSWER, None, "the response is empty", {"share": 0.0, "letters": 0.0})
    found = letters_by_script(_prose(rollout.response)) if skip_markup else Counter()
    found = found or letters_by_script(rollout.response)
    letters = found.total()
    share = _counted(found, chosen, wanted) / letters if letters else 1.0
    return Score(share, explanation=_describe(found), metrics={"share": share, "letters": float(letters)})


def _wanted(language: str) -> frozenset[str]:
    """Return the scripts of all named languages; empty if a name is unknown."""
    wanted: set[str] = set()
    for name in map(str.lower, listed(language)):
        scripts = (name,) if name in _SCRIPTS else _SCRIPTS_OF.get(name.partition("-")[0], ())
        if not scripts:
            return frozenset()
        wanted.update(scripts)
    return frozenset(wanted)


def _counted(found: Counter[str], language: str, wanted: frozenset[str]) -> int:
    """Return how many letters count as the wanted language."""
    names = [name.partition("-")[0] for name in map(str.lower, listed(language))]
    if all(name in _BORROWED for name in names):
        borrowed = {_BORROWED[name][0] for name in names}
        own = sum(found[script] for script in wanted - borrowed)
        ratio = max(_BORROWED[name][2] for name in names)
        return own + min(sum(found[script] for script in borrowed), ratio * own)
    return sum(found[script] for script in wanted)


def _prose(text: str) -> str:
    """Return the text without formulas, code and tags, which may be in any language."""
    parts = text.split(_CODE)
    parts[1::2] = [_foreign(part) for part in parts[1::2]]
    text = " ".join(parts)
    for opening, closing in _FORMULAS:
        text = _without(text, opening, closing)
    for tag in _TAGS:
        text = text.replace(tag, " ")
    return _SYMBOL.sub(" ", text)


def _without(text: str, opening: str, closing: str) -> str:
    """Return the text with each formula between two marks reduced to its prose."""
    kept, position = [], 0
    while (start := text.find(opening, position)) >= 0:
        after = start + len(opening)
        end = text.find(closing, after, after + _LONGEST_FORMULA)
        kept.append(text[position:start] + " ")
        position = after if end < 0 else end + len(closing)
        if end >= 0:
            inside = text[after:end]
            kept.append(inside if _SENTENCE.search(inside) else _foreign(inside))
    return "".join((*kept, text[position:]))


def _foreign(text: str) -> str:
    """Return the letters outside formulas and code."""
    return "".join(
        one for one in text if not one.isascii() and script_of(one) not in (None, *_FORMULA_SCRIPTS)
    )


def _describe(found: Counter[str]) -> str:
    return ", ".join(f"{count} {script}" for script, count in found.most_common(4)) or "no letters"
