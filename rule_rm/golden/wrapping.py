"""Is the text around a golden question a mere wrapper, or does it ask for something else?

A prompt may hold a golden question between instructions, chat turns or worked examples, and then the
question is what it asks. It may also hold one as a part of another question, which has another answer:
after a condition ("If each die has 12 faces, ..."), before a further sentence ("Then he buys 3 more."), or
as an example before the one that is asked. What is not clearly a wrapper counts as the latter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DECORATION = " \t\r*_#>`\"'-|~([{}])"
_ASK = "question|problem|exercise|task|query|prompt|input|instruction|user|human|q|问 *题|题 *目|用 *户"
_REPLY = "answer|ans|a|solution|response|reply|assistant|model|bot|ai|gpt|output|答 *案|答|解"
_NUMBER = r"(?:no\.?|number)?\s{0,2}[#(\[]?\d{1,6}[)\]]?[*_ ]{0,3}[:.)]"
_ASK_LABEL = rf"(?:{_ASK})(?:[*_ ]{{0,3}}:|\s{{0,2}}{_NUMBER})"
_NUMBER_LABEL = r"[(\[]?\d{1,6}(?:[:)\]]|\.(?=\s))"
_LABEL = re.compile(
    rf"(?:(?:^|[\W_]){_ASK_LABEL}|^[\s*#>_]{{0,8}}{_NUMBER_LABEL})[\s*_\"'`]{{0,8}}$", re.IGNORECASE
)
_LINE_LABEL = re.compile(rf"^[\s*#>_]{{0,8}}(?:{_ASK_LABEL}|{_NUMBER_LABEL})[*_ ]{{0,3}}", re.IGNORECASE)
_LINE_REPLY = re.compile(rf"\s+[*_#]{{0,3}}(?:{_REPLY})[*_ ]{{0,3}}:[*_\s]*$", re.IGNORECASE)
_REPLY_FOLLOWS = re.compile(rf"[\s*_#]{{0,8}}(?:{_REPLY})[*_ ]{{0,3}}:", re.IGNORECASE)

_CONDITION = re.compile(
    r"\b(?:if|suppose|assum(?:e|ing)|unless|instead|provided|when|where|let(?!')|further(?:more)?|but)\b",
    re.IGNORECASE,
)
_CONTINUATION = re.compile(
    r"[\W_]*(?:then|also|if|suppose|assum(?:e|ing)|instead|but|and|given|let(?!')|where|when|with|for|next|now|after"
    r"|(?:from|of|among|by|as|in) (?:this|these|that|those|which|part))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!。])\s+|\n+|(?<=。)")
_ASKED = re.compile(r"[^\s:]\s{0,2}\?")
_PROBLEM_LABEL = re.compile(
    r"^[\s*#>_]{0,8}(?:question|problem|exercise|q|问 *题|题 *目)\s{0,2}\d{0,6}[*_ ]{0,3}[:.)]",
    re.IGNORECASE | re.MULTILINE,
)
_TASK = re.compile(
    r"\b(?:find|compute|calculate|evaluate|determine|solve|simplify|prove|show|express|factor(?:i[sz]e)?|expand|count"
    r"|convert|differentiate|integrate|add|multiply|subtract|divide|let|suppose|if|given|how|what|which|who)\b",
    re.IGNORECASE,
)
_NO_MATHS = re.compile(
    r"\\boxed\b(?:\{[^{}\n]{0,40}\})?|</?[a-z_/]{1,20}>|#{2,}|\b(?:step\s{0,2})?\(?\d{1,2}[.):](?=\s)",
    re.IGNORECASE,
)
_MATHS = re.compile(r"\d|\$[^$\n]+\$|[=^%]|\\(?!boxed\b)|(?<=\w) ?[+*/<>] ?(?=\w)")
_INSTRUCTION = re.compile(
    r"\b(?:answers?|responses?|respond|reply|final|format|output|boxed|decimals?|steps?|reason(?:ing)?|tokens?|words)\b",
    re.IGNORECASE,
)


def stands_alone(question: str, before: str, after: str) -> bool:
    r"""True if, on its lines, the question between `before` and `after` is a question by itself.

    >>> stands_alone("What is the sum of 2 and 3?", "Solve: ", " Think step by step.")
    True
    >>> stands_alone("What is the sum of 2 and 3?", "Counted in base 4: ", "")
    False
    """
    return _begins(question, before[before.rfind("\n") + 1 :]) and _ends(question, after.partition("\n")[0])


def bare_lines(lines: Sequence[str]) -> str:
    """The canonical text of lines, without a label before the question and one for the answer after it.

    >>> bare_lines(["**Question 3:** 1+1?  Answer:"])
    '1+1?'
    """
    first, *others = lines
    label = _LINE_LABEL.match(first)
    text = " ".join([first[label.end() :] if label else first, *others])
    if text.rstrip(" *_\t").endswith(":"):
        text = _LINE_REPLY.sub("", text)
    return " ".join(text.split())


def asks(text: str) -> bool:
    """True if something is asked in this text, which follows a question.

    >>> asks("Think step by step, then put the answer after ####."), asks("A: 4. Now compute 3 + 4.")
    (False, True)
    """
    if _PROBLEM_LABEL.search(text) or ("?" in text and _ASKED.search(text)):
        return True
    return bool(_MATHS.search(text)) and any(
        _TASK.search(sentence) and _is_mathematical(sentence) for sentence in _SENTENCE.split(text)
    )


def _is_mathematical(sentence: str) -> bool:
    """True if there is mathematics in it that is not a part of instructions."""
    return bool(_MATHS.search(_NO_MATHS.sub("", sentence))) and not _INSTRUCTION.search(sentence)


def _begins(question: str, head: str) -> bool:
    """True if a question can begin after the text before it on its line."""
    bare = head.strip(_DECORATION)
    if not bare or _LABEL.search(head[-80:]):
        return not head.endswith(("-", "(", "[", "{")) or head.strip() == ""
    if _MATHS.search(_NO_MATHS.sub("", head)) or _CONDITION.search(head):
        return False
    return head.rstrip(" \t\"'`*_").endswith((".", ":", "!", "?", ";", ">", "。")) or (
        question[0].isupper() and head[-1] in " \t\"'`*_"
    )


def _ends(question: str, tail: str) -> bool:
    """True if the question can end before the text after it on its line."""
    bare = tail.strip(_DECORATION)
    if not bare or _REPLY_FOLLOWS.match(tail):
        return True
    if tail[0].isalnum() or tail[0] in "%^+-*/=<>_\\{(!" or _CONTINUATION.match(tail):
        return False
    ended = question.rstrip("$\"')*").endswith((".", "?", "!", ":", "。"))
    if not (ended or bare[0].isupper() or not bare[0].isalnum()):
        return False
    return not any(_is_mathematical(sentence) for sentence in _SENTENCE.split(tail))
