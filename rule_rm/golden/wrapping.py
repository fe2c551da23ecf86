"""Decide whether the text around a golden question is a mere wrapper or asks for something else.

A prompt may hold a golden question between instructions, chat turns or worked examples; then it asks that
question. It may also hold one as a part of another question with another answer. For example, it follows a
condition ("If each die has 12 faces, ..."), precedes a further sentence ("Then he buys 3 more."), or is an
example before the asked question. A text that is not clearly a wrapper counts as another question.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.golden.instructions import changes_answer, introduces_other_task
from rule_rm.golden.text import TURN

_TINY = 12
"""Characters. A shorter question must have lines of its own: "1 + 1?" occurs in many other questions."""
_LONGEST_CACHED = 1000
_DECORATION = f" \t\r*_#>`\"'-|~([{{}}]){TURN}"
_TAG = re.compile(r"</?[A-Za-z_]{3,20}>")
"""A tag: `<question>`, `</input>`."""
_ASK = "question|problem|exercise|task|query|prompt|input|instruction|user|human|q|问 *题|题 *目|用 *户"
_REPLY = "answer|ans|a|solution|response|reply|assistant|model|bot|ai|gpt|output|答 *案|答|解"
_MARKS = r"[\s*_#>\"'`]{0,8}"
_NUMBERED = r"\s{0,2}(?:no\.?|number)?\s{0,2}[#(\[]?\d{1,6}[)\]]?[*_ ]{0,6}[:.)]"
_LABEL = re.compile(
    rf"(?:(?:^|[\W_])(?:{_ASK})(?:[*_ ]{{0,6}}:|{_NUMBERED})|^{_MARKS}[(\[]?\d{{1,6}} ?[:.)\]]){_MARKS}$",
    re.IGNORECASE,
)
"""A label at the end of the text before a question: `Question 3:`, `**Problem**:`, `(2)`."""
_REPLY_FOLLOWS = re.compile(rf"{_MARKS}(?:{_REPLY})[*_ ]{{0,6}}:", re.IGNORECASE)
"""The label of a reply after a question: `Answer:`, `**Solution**:`."""
_REPLIED = re.compile(rf"(?:^|[\W_])(?:{_REPLY})[*_ ]{{0,6}}:", re.IGNORECASE)
"""The label of a reply in the text between two questions: `A:`."""
_CONDITION = re.compile(
    r"\b(?:if|suppose|assum(?:e|ing)|unless|instead|provided|when|where|let(?!')|further(?:more)?|but)\b",
    re.IGNORECASE,
)
"""A word that begins a condition: `if`, `suppose`, `instead`."""
_CONTINUATION = re.compile(
    r"[\W_]*(?:then|also|if|suppose|assum(?:e|ing)|instead|but|and|given|let(?!')|where|when|with|for|next|now|after"
    r"|(?:from|of|among|by|as|in) (?:this|these|that|those|which|part))\b",
    re.IGNORECASE,
)
"""A word that continues the question before it: `Then`, `of these`, `and`."""
_SENTENCE = re.compile(r"(?<=[.?!。])\s+|\n+|(?<=。)")
"""The gap between two sentences: the space in `One. Two`."""
_ASKED = re.compile(r"[^\s:]\s{0,2}\?")
"""The end of a question: `it?`. A colon before the mark is a label, as in `Question: ?`."""
_NEXT = re.compile(
    rf"{TURN}|^[ \t]*(?:user|human)[ \t]*$|\b(?:USER|User|HUMAN|Human) ?:"
    rf"|^{_MARKS}(?i:question|problem|exercise|input|task|instruction|q|问 *题|题 *目)"
    r"\s{0,2}\d{0,6}[*_ ]{0,6}[:.)]",
    re.MULTILINE,
)
"""The beginning of another turn or question: `User:`, `Question 2:`."""
_TASK = re.compile(
    r"\b(?:find|compute|calculate|evaluate|determine|solve|simplify|prove|show|express|factor(?:i[sz]e)?|expand|count"
    r"|convert|differentiate|integrate|add|multiply|subtract|divide|let|suppose|if|given|how|what|which|who)\b",
    re.IGNORECASE,
)
"""A word that sets a task or a question: `find`, `how`."""
_ORDER = re.compile(
    r"(?:^|[.?!。]\s+)[\W_]*(?:\w{1,3}[.)] *)?(?:(?:then|now|and|finally|next|also),? *)?"
    r"(?:find|compute|calculate|evaluate|determine|simplify|prove|express|factor(?:i[sz]e)?|expand|count|convert"
    r"|differentiate|integrate|add|multiply|subtract|divide)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""A sentence that begins with an order: `Then compute the sum`."""
_CHANGE = re.compile(
    r"\b(?:mod(?:ulo)?|in base|remainder|twice|half of|halve|double (?:the|your|that|this)|squared?|cubed"
    r"|(?:minus|plus|times|(?:multiplied|divided) by) (?:the|that|this|\d|one|two|three|four|five|ten))\b",
    re.IGNORECASE,
)
"""A phrase that changes the answer: `modulo 7`, `twice`, `plus one`."""
_MATHS = re.compile(r"\d|\$[^$\n]+\$|[=^%]|\\(?!boxed\b)|(?<=\w) ?[+*/<>] ?(?=\w)")
r"""A part that looks like mathematics: `3`, `$x$`, `a = b`, `\pi`."""
_NO_MATHS = re.compile(
    r"\\boxed\b(?:\{[^{}\n]{0,40}\})?|</?[a-z_/]{1,20}>|#{2,}|(?:^\s*|[.:;]\s|\bstep )\(?\d{1,2} ?[.):](?=\s)"
    r"|\b\d{1,5} (?:decimals?|significant|digits|places|words|tokens|sentences|steps|lines|characters"
    r"|points|marks|credits)\b",
    re.IGNORECASE | re.MULTILINE,
)
r"""A part of an instruction that only looks like mathematics: `\boxed{}`, `</think>`, `step 2.`, `3
decimals`."""
_INSTRUCTION = re.compile(
    r"\b(?:answers?|responses?|respond|reply|solution|final|format|output|boxed|decimals?|steps?|reason(?:ing)?|tokens?|words)\b",
    re.IGNORECASE,
)
"""A word of an instruction on how to answer: `boxed`, `format`."""


def stands_alone(question: str, before: str, after: str) -> bool:
    r"""Return True if the text between `before` and `after` is a complete question on its own lines.

    >>> stands_alone("What is the sum of 2 and 3?", "Solve: ", " Think step by step.")
    True
    >>> stands_alone("What is the sum of 2 and 3?", "Counted in base 4: ", "")
    False
    """
    if introduces_other_task(before, on_its_line=not before.endswith("\n")):
        return False
    head, tail = before[before.rfind("\n") + 1 :], after.partition("\n")[0]
    if len(question) < _TINY:
        return _is_bare_head(head) and _is_bare_tail(tail)
    return _begins(question, head) and _ends(question, tail)


def is_answered(between: str) -> bool:
    """Return True if the text between two questions answers the first, as in a chat or in an example.

    >>> is_answered(" A: 4. Q: "), is_answered(" 2. ")
    (True, False)
    """
    return TURN in between or _REPLIED.search(between) is not None


def asks(text: str) -> bool:
    """Return True if the text after a question asks something, or changes the question.

    >>> asks("Think step by step, then put the answer after ####."), asks("A: 4. Now compute 3 + 4.")
    (False, True)
    """
    return _asks_cached(text) if len(text) <= _LONGEST_CACHED else _asks(text)


def _asks(text: str) -> bool:
    if (
        changes_answer(text)
        or _NEXT.search(text)
        or ("?" in text and _ASKED.search(text))
        or _CHANGE.search(text)
    ):
        return True
    return bool(_MATHS.search(text) or _ORDER.search(text)) and any(map(_is_task, _SENTENCE.split(text)))


# A training run puts the same instructions after every question.
_asks_cached = lru_cache(maxsize=256)(_asks)


def _is_task(sentence: str) -> bool:
    """Return True if the sentence sets a mathematical task, rather than a form for the answer."""
    orders = _ORDER.match(sentence) or (_TASK.search(sentence) and _has_maths(sentence))
    return bool(orders) and not _INSTRUCTION.search(sentence)


def _has_maths(text: str) -> bool:
    return bool(_MATHS.search(text)) and bool(_MATHS.search(_NO_MATHS.sub("", text)))


def _is_bare_head(head: str) -> bool:
    """Return True if at most a label precedes a question on its line."""
    return not _undecorated(head) or bool(_LABEL.search(head[-80:]))


def _is_bare_tail(tail: str) -> bool:
    """Return True if at most the label of a reply follows a question on its line."""
    return not _undecorated(tail) or bool(_REPLY_FOLLOWS.match(tail))


def _undecorated(text: str) -> str:
    """Return the text without tags, and without Markdown's signs and the like at its ends."""
    return (_TAG.sub(" ", text) if "<" in text else text).strip(_DECORATION)


def _begins(question: str, head: str) -> bool:
    """Return True if a question can begin after the text before it on its line."""
    if head.endswith(("-", "(", "[", "{")):
        return False
    if _is_bare_head(head):
        return True
    if _has_maths(head) or _CONDITION.search(head):
        return False
    stopped = head.rstrip(" \t\"'`*_").endswith((".", ":", "!", "?", ";", ">", "。"))
    return stopped or (question[0].isupper() and head[-1] in " \t\"'`*_")


def _ends(question: str, tail: str) -> bool:
    """Return True if the question can end before the text after it on its line."""
    if _is_bare_tail(tail):
        return True
    if tail[0].isalnum() or tail[0] in "%^+-*/=<>_\\{(!" or _CONTINUATION.match(tail) or _has_maths(tail):
        return False
    stopped = question.rstrip("$\"')*").endswith((".", "?", "!", ":", "。"))
    next_sign = tail.lstrip(_DECORATION)[0]
    return stopped or next_sign.isupper() or not next_sign.isalnum()
