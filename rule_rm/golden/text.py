r"""The canonical form of a question: equal for two texts that differ only in how they are written down.

White space, the Unicode spelling of a letter, curly quotes and chat markers do not count. Case (x is not X),
digits, signs and every LaTeX command do. A raised, lowered or circled character keeps its form: x² is not x2.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 200_000
"""Characters. A longer prompt is only looked up unchanged, so that no prompt takes long."""

_SET_APART = ('"', ":", "**", "`")
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")
"""A kana or a Han character, such as `題`: each is a word."""
_TAG = re.compile(r"(</?[A-Za-z_]{3,20}>)")
"""A tag: `<think>`, `</answer>`."""
_TOKEN = re.compile(r"\\[A-Za-z]+|[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:\.\d+)*|[^\w\s]|_")
r"""A LaTeX command, a word, a number or a sign: `\frac`, `don't`, `3.14`, `+`."""
_MARKER = re.compile(
    r"<\|start_header_id\|>[\w ]{0,20}<\|end_header_id\|>"
    r"|<\|im_start\|>(?:(?:system|user|assistant|developer|tool)\b)?"
    r"|<start_of_turn>(?:(?:user|model)\b)?"
    r"|<\|[A-Za-z][\w▁]{2,40}\|>"  # DeepSeek's broad bars are folded before.
    r"|</?s>|<bos>|<eos>|<pad>|<end_of_turn>|<sop>|\[gMASK\]"
    r"|\[/?INST\]|<</?SYS>>|\[/?SYSTEM_PROMPT\]"
)
_SIGNS = {"‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "−": "-"}
TURN = "\x1d"
"""White space that marks in a cleaned text where a turn of the user begins."""

_KEPT = ("<super>", "<sub>", "<circle>", "<fraction>")
_MARK_RUN = re.compile(r"[^\w\s\x00-\x7f]{32}")
"""32 combining marks in a row, as in `é̂̃…`. Normalising a long run takes quadratic time, and no question
has one."""


class _Folding(dict[int, str]):
    """A table of the folded form of each character, filled when a character first occurs."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _SIGNS:
            folded = _SIGNS[character]
        elif unicodedata.category(character) == "Pd":
            folded = "-"
        elif unicodedata.category(character) == "Cf":
            folded = ""
        elif unicodedata.decomposition(character).startswith(_KEPT):
            folded = character
        else:
            folded = "".join(_SIGNS.get(part, part) for part in unicodedata.normalize("NFKC", character))
        self[code] = folded
        return folded


_folding = _Folding()


def clean(text: str) -> str:
    r"""Return the text with its Unicode folded and each chat marker turned into a line break.

    Spaces set tags, quotation marks, colons, Markdown's signs and ideographs apart. The words of a question
    are then the same whatever precedes or follows it without a space.

    >>> clean("<|im_start|>system\nIs ｘ − 1 ≥ ½?<|im_end|>")
    '\n\nIs x - 1 ≥ ½?\n'
    """
    if not text.isascii():
        text = _IDEOGRAPH.sub(r" \1 ", _compose(_compose(text).translate(_folding)))
    if "<" in text or "[" in text:
        text = _TAG.sub(r" \1 ", _MARKER.sub(_end_line, text))
    for sign in _SET_APART:
        text = text.replace(sign, f" {sign} ")
    return text


def _compose(text: str) -> str:
    return text if _MARK_RUN.search(text) else unicodedata.normalize("NFC", text)


def _end_line(marker: re.Match[str]) -> str:
    return f"{TURN}\n" if "user" in marker[0].lower() or marker[0] == "[INST]" else "\n"


def canonical(text: str) -> str:
    r"""Return the canonical form: cleaned, each run of white space one space, none at the ends.

    >>> canonical("What is\n  $2 − 1$?<|im_end|>")
    'What is $2 - 1$?'
    """
    return " ".join(clean(text).split())


def tokens(cleaned: str) -> list[str]:
    r"""Return the words, numbers, LaTeX commands and single signs of a cleaned text.

    >>> tokens(r"Find $\frac{x}{2.5}$")
    ['Find', '$', '\\frac', '{', 'x', '}', '{', '2.5', '}', '$']
    """
    return _TOKEN.findall(cleaned)


def token_spans(cleaned: str) -> list[tuple[int, int]]:
    """Return the start and end of each token."""
    return [match.span() for match in _TOKEN.finditer(cleaned)]
