"""Cut off the text after the answer of a response: made-up turns and further problems."""

from __future__ import annotations

import re
from itertools import islice

_TOKEN = re.compile(
    r"<\|[\w▁ ]{2,40}\|>|<(?:eos|pad|bos|eot|eod|EOT|/s|s)>|\[(?:PAD|EOS|/?INST|SEP|CLS)\]|<eoa>"
)
"""A token that a template puts between turns, such as `<|endofprompt|>`."""
_TURN = re.compile(
    r"^[ \t>*#_]*(?:human|user|assistant|system|student|teacher|customer|ai|bot|用户|助手|人类)[ \t*_]*[:：]"
    r"|^#{2,}[ \t]*response[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that begins a turn, such as `Human:` or `### Response:`."""
_OTHERS = re.compile(
    # One `#` at a time, so that the two before "instruction" can be found in one way: many take linear time.
    r"^(?:[ \t>*_]|#(?!#[ \t]*(?:instruction|input)))*"
    r"(?:human|user|customer|用户|人类|(?P<named>student|teacher)|##[ \t]*(?:instruction|input))"
    r"[ \t*_]*[:：]",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that begins the turn of somebody else: `User:`; students and teachers may be in a problem, too."""
_OWN = re.compile(
    r"^[ \t>*#_]*(?:assistant|ai|bot|助手|model|response)[ \t*_]*[:：]",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that begins a turn of the one who answers: `Assistant:`."""
_PROBLEM = re.compile(
    r"^[ \t>*#_]*(?:(?:next|new|another|follow-?up)\s+)?"
    r"(?:problem|question|exercise|instruction|input|task|prompt|q|例题?|题目|问题|问)"
    r"[ \t]*(?:#?\d+|\([a-z\d]+\))?[ \t*_]*[:：.)]",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that begins another problem, such as `Problem 2.`."""
_ANSWERED = re.compile(r"\\(?:boxed|fbox)\s*\{|\banswer\b|####|答案|</answer>", re.IGNORECASE)
"""A sign that an answer was given, such as a box."""


_ASKED = re.compile(r"(?<![^\s*])(?:Q|Question)[ \t]?\d{0,3}[ \t]?\**:")
"""The beginning of a question in a dialogue, also within a line: `Q:`."""
_REPLY = re.compile(r"(?<![^\s*])(?:A|Answer)[ \t]?\d{0,3}[ \t]?\**:")
"""The beginning of its answer: `A:`."""
_MOST_PAIRS, _SHORTEST = 50, 8


def own_pair(text: str, prompt: str) -> str:
    r"""Return the answer of the one question in a dialogue that is the prompt's; else the text as it is.

    >>> own_pair(r"Q: 5+5? A: \boxed{42}. Q: What is 6 times 7? A: I won't say.", "What is 6 times 7?")
    "A: I won't say."
    """
    if ":" not in text or not prompt:
        return text
    begins = [found.start() for found in islice(_ASKED.finditer(text), _MOST_PAIRS + 1)]
    if not 1 < len(begins) <= _MOST_PAIRS:
        return text
    own = []
    for begin, end in zip(begins, [*begins[1:], len(text)], strict=True):
        pair = text[begin:end]
        reply = _REPLY.search(pair)
        if reply is not None and _is_asked(_ASKED.sub("", pair[: reply.start()], count=1), prompt):
            own.append(pair[reply.start() :])
    return own[0] if len(own) == 1 else text


def _is_asked(question: str, prompt: str) -> bool:
    """Return True if a prompt consists of a question, or ends with it."""
    said, asked = ("".join(filter(str.isalnum, one.casefold())) for one in (question, prompt[-4_000:]))
    return len(said) >= _SHORTEST and asked.endswith(said)


def own_turn(text: str) -> str:
    r"""Return the text up to the first token of a template, made-up turn or further problem after an answer.

    >>> own_turn(r"\boxed{43}" + "\n\nHuman: next\n\nAssistant: 42").strip()
    '\\boxed{43}'
    """
    tokens = _TOKEN.finditer(text) if "<" in text or "[" in text else ()
    token = next((found for found in tokens if text[: found.start()].strip()), None)
    if token is not None:
        text = text[: token.start()]
    text = _without_others(text)
    answered = _ANSWERED.search(text)
    if answered is None:
        return text
    turn = _TURN.search(text, answered.end())
    if turn is not None:
        text = text[: turn.start()]
    problem = _PROBLEM.search(text, answered.end())
    if problem is not None and _PROBLEM.search(text[: answered.start()]) is None:
        text = text[: problem.start()]
    return text


def _without_others(text: str) -> str:
    """Return a text without the turns of others at its beginning and its end."""
    first = _OTHERS.search(text)
    if first is None:
        return text
    if not text[: first.start()].strip():
        own = _OWN.search(text, first.end())
        if own is None:
            return "" if first["named"] is None else text
        text = text[own.end() :]
        first = _OTHERS.search(text)
    is_dialogue = first is not None and (first["named"] is None or _OWN.search(text, 0, first.start()))
    return text[: first.start()] if first is not None and is_dialogue else text
