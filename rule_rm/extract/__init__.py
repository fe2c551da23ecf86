r"""The one final answer of a response: what a person would point at when asked for it.

Everything here takes linear time and looks at no more than the last `TAIL` characters, as it runs in the
server's own process on whatever a policy writes. The rule is strict where cheating hides: what is thought,
commented out, struck through or written after the end of the turn is no answer, and a response that
commits itself to two different answers has none.
"""

from __future__ import annotations

import re

from rule_rm.extract.boxes import bare, boxes, in_boxes
from rule_rm.extract.extraction import Extraction
from rule_rm.extract.prose import EDGES, anchored, code_block, conclusion, in_fence
from rule_rm.extract.tags import tag_contents, tagged_answer
from rule_rm.messages.turns import spoken

__all__ = [
    "TAIL",
    "Extraction",
    "boxes",
    "code_block",
    "final_answer",
    "golden_answer",
    "spoken",
    "tag_contents",
    "tagged_answer",
]

TAIL = 20_000
"""The last characters of a response that are searched."""
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|~~[^~\n]*~~|^[ \t]*%[^\n]*$|\\[hv]?phantom\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
    r"|\\(?:[bx]?cancel|sout|st)\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}",
    re.DOTALL | re.MULTILINE,
)
_SHORT = 60
_SENTENCES = re.compile(r"\n|(?<!\\)\b[^\W\d_]{2,}\b.*[^\W\d_]{2,}.*(?:\$|\\\(|\\\[|\d)", re.DOTALL)
"""More than an expression stands in a tag that is longer, or has several words and then mathematics."""
_ECHO, _ECHO_SPACES = 40, 6
"""The least length and spaces of a prompt whose copy is left out of a response."""
_HIDING = ("<!--", "~~", "\n%", "\n %", "phantom", "cancel", "\\sout", "\\st{")


def final_answer(response: str, prompt: str = "") -> Extraction:
    r"""The one final answer of a response. What it copies from the prompt, word for word, is none.

    What follows the thinking is searched: the answer tag's content if there is one, in it the box, else the
    expression after the last "the answer is" and its like, else the last formula.

    >>> final_answer(r"<think>\boxed{1}</think> So it is \boxed{\frac12}.").answer
    '\\frac12'
    >>> final_answer("The answer is 42 because geometry proves it").answer
    '42'
    >>> final_answer(r"\boxed{1} or maybe \boxed{3}, who knows \boxed{2}").reason
    'several different boxes'
    """
    text = _visible(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    echo = prompt.strip()
    if len(echo) >= _ECHO and echo in text and echo.count(" ") >= _ECHO_SPACES:
        text = text.replace(echo, " ")
    if "<answer>" not in text:
        return _in_text(text)
    tagged = tag_contents(text, "answer")
    if text.count("<answer>") != len(tagged) or text.count("</answer>") != len(tagged):
        return Extraction(None, "the answer tags do not pair up")
    found = [_in_tag(content) for content in tagged]
    if any(one.answer != found[0].answer for one in found[1:]):
        return Extraction(None, "several different answer tags")
    after = boxes(text[text.rindex("</answer>") :])
    if after and found[0].answer is not None and bare(after[-1]) != bare(found[0].answer):
        return Extraction(None, "a box after the answer tag contradicts it")
    return found[0]


def golden_answer(text: str) -> str:
    r"""The answer in a golden answer, which may be bare or a whole solution that ends in a box or `#### 18`.

    >>> golden_answer("He sold 3 * 6 = 18.\n#### 18")
    '18'
    """
    if "\\boxed" in text or "\\fbox" in text:
        found = in_boxes(text)
        if found is not None and found.answer is not None:
            return found.answer
    if "####" in text:
        return text[text.rindex("####") + 4 :].strip()
    if "<answer>" in text:
        tagged = tag_contents(text, "answer")
        return tagged[-1].strip() if tagged else text.strip()
    return text.strip()


def _visible(response: str) -> str | None:
    """What follows the thinking, within the turn, without what a reader does not see."""
    text = spoken(response, TAIL)
    if text is None:
        return None
    if text.startswith("%") or any(mark in text for mark in _HIDING):
        text = _HIDDEN.sub(" ", text)
    return text


def _in_tag(content: str) -> Extraction:
    """The box in a tag or what it declares; else all of it, if it is no more than an expression."""
    content = content.strip(EDGES)
    found = in_boxes(content) or anchored(content) or in_fence(content)
    if found is None and (len(content) > _SHORT or _SENTENCES.search(content)):
        found = conclusion(content)
    found = found or Extraction(content, "the answer tag")
    return found if found.answer != "" else Extraction(None, "the answer tag is empty")


def _in_text(text: str) -> Extraction:
    return (
        in_boxes(text)
        or anchored(text)
        or in_fence(text)
        or conclusion(text)
        or Extraction(None, "nothing that looks like an answer")
    )
