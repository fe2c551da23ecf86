"""Decide whether the words around a golden question change the task, as "double the answer" does.

An instruction may say how to think and in which form to answer. It changes the task if it computes with the
answer, asks for something about it, forbids it, or wants something else than the answer.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.golden.text import TURN

_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|it|that|this)"
_ANSWER = (
    r"(?:it|its|that|this|them"
    r"|(?:the|your|that|this)\s+(?:final\s+)?(?:answers?|results?|value|number|outcome|total))"
)
_COMPUTES = re.compile(
    rf"\b(?:negate|double|triple|quadruple|halve|square|cube|invert|reverse|increment|decrement|factor)\s+{_ANSWER}\b"
    rf"|\b(?:add|subtract)\s+{_NUMBER}\b|\b(?:multiply|divide|increase|decrease|raise)\s+{_ANSWER}\b"
    rf"|\b(?:negative|opposite|reciprocal|inverse|complement|square(?:\s+root)?|cube(?:\s+root)?|double|triple|half|twice"
    rf"|successor|predecessor|factorial|logarithm|parity|remainder)\s+(?:of\s+)?{_ANSWER}\b"
    r"|['’]s\s+(?:negative|opposite|reciprocal|inverse|square|cube|double|half|digits?|factors?)\b"
    r"|\b(?:take|give|report|return|state|output)\s+(?:only\s+)?(?:the|its)\s+(?:square|cube|negative|reciprocal|inverse|opposite)\b"
    r"|\b(?:number\s+of|(?:sum|product)\s+of\s+(?:its|the)|last|first|leading|middle|units?|ones|tens)\s+(?:\w+\s+)?digits?\b"
    r"|\bdigits?\s+(?:reversed|backwards?|sum)\b|\b(?:backwards?|binary|hexadecimal|octal|roman\s+numerals?)\b"
    r"|\bnearest\s+(?:multiple|ten|hundred|thousand|million|dozen|five|even|odd|prime)s?\b|\bmultiple\s+of\b"
    rf"|\bpercent(?:age)?\s+of\b|\bhow\s+far\s+{_ANSWER}\b"
    r"|\b(?:wrong|incorrect|false|opposite|random)\s+answer\b",
    re.IGNORECASE,
)
"""A computation with the answer: "double your answer", "the last digit", "the negative of it"."""
_COMPUTES_ABROAD = re.compile(
    r"\b(?:quadrat|doppelte|dreifache|hälfte|kehrwert|gegenteil|negier|addier|subtrahier|multiplizier|dividier|verdopp"
    r"|halbier|binär|ziffer|carré|moitié|opposé|réciproque|ajoute|soustra|multipli|divisez|le\s+double|binaire|chiffres"
    r"|cuadrado|doble|mitad|opuesto|recíproco|multiplic|dividid|binario|cifras|dígitos|quadrado|dobro|metade"
    r"|quadrato|doppio|metà|binário)|квадрат|удво|утро|половин|обратн|противополож|прибав|вычт|умнож|раздел|двоичн|цифр"
    r"|平方|立方|倒数|相反数|[加减乘]上?\s?[\d一二两三四五六七八九十]|乘以|除以|[两二三\d]倍|一半|进制|進法|位数|桁|最后一位|末位|个位|反转|二乗|逆数"
    r"|半分|足し|引い|掛け|割っ|제곱|역수|절반|두\s?배|더하|빼|곱하|나누|이진|자릿수",
    re.IGNORECASE,
)
"""A computation in another language: 求其平方, "le carré"."""
_FORBIDS = re.compile(
    r"\b(?:not|never|n['’]t|without)\s+(?:try\s+to\s+)?(?:answer|solv|respond\s+to)(?:e|ing)?\b"
    r"(?!\s+(?:with(?:out)?|in|using|by|until|before|immediately|directly|too|right|yet)\b)"
    r"|\bignore\s+(?:the\s+)?(?:following|next|above|previous|question|problem|this)\b|不要(?:回答|解答)|答えないで",
    re.IGNORECASE,
)
"""A prohibition to answer: "do not answer this", but not "do not answer in French"."""
_OTHER_WORK = re.compile(
    r"\b(?:poem|story|joke|song|essay|haiku|limerick|rap)s?\b"
    r"|\b(?:translate|rewrite|rephrase|paraphrase|summari[sz]e|repeat|copy|proofread|classify|negate"
    r"|rate|grade|critique|categori[sz]e|shorten)\b(?!\s+(?:your|each|every)\b)"
    r"(?!(?:\s+\w+){0,3}\s+(?:answers?|results?|solution|steps?|reasoning|work|response)\b)"
    r"|\bcorrect\s+the\s+(?:spelling|grammar|question|problem|sentence|text|following)\b"
    r"|\b(?:write|create|make|generate|invent|pose|compose|give\s+me)\s+(?:\w+\s+){0,3}(?:questions?|problems?)\b"
    r"|翻译|改写|翻訳|번역",
    re.IGNORECASE,
)
"""Work on the question itself, or something else: "translate", "a poem"."""
_NOT_DONE = re.compile(r"\b(?:not|n['’]t|never|without)\s+\w+|(?:不要|无需|不必)\w\w", re.IGNORECASE)
"""Work that an instruction rules out: "do not repeat"."""
_OF_ANSWER = re.compile(r"(?P<before>[^.:!?\n]*)\banswers?\s+(?:to|of)\b", re.IGNORECASE)
"""The beginning of a sentence about the answer to something: "Negate the answer to"."""
_GIVES = frozenset(
    """
    please kindly now then just simply only what is are s the a an your my our i we you me us need want
    would like to know find give provide state write tell show output return determine compute calculate
    work out report submit enter get box put final correct right exact numerical short full best and
    think about reason carefully step by let for can could will do as it here in following question
    problem
    """.split()  # noqa: SIM905 - as many lines as words otherwise
)
"""Words before "answer to" in an instruction to give it."""
_ASKS = re.compile(r"\W*(?:how|what|which|why|who|when|where|is|are|was|does|did|do)\b", re.IGNORECASE)
"""The beginning of a question: "How many words"."""
_SOLVES = re.compile(r"\b(?:solve|answer|help|following|solution)\b", re.IGNORECASE)
"""A word of a request for the answer: "solve"."""
_WORD = re.compile(r"[a-z]+")
"""A word: `give`."""
_SENTENCE = re.compile(r"(?<=[.?!。？！])\s*|\n+")
"""The gap between two sentences: the space in `One. Two`."""
_GAP = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff])\s+(?=[\u3040-\u30ff\u3400-\u9fff])")
"""A space between two Chinese or Japanese characters, which a cleaned prompt has: `求 其`."""
_NEAR = 300


@lru_cache(maxsize=256)
def changes_answer(after: str) -> bool:
    """Return True if the text after a question computes with its answer, forbids it or wants something else.

    >>> [changes_answer(text) for text in ("Triple it.", "Tell me a joke.", "Round to two decimals.")]
    [True, True, False]
    """
    after = _GAP.sub("", after)
    return _FORBIDS.search(after) is not None or _wants_other(after)


def introduces_other_task(before: str, *, on_its_line: bool) -> bool:
    """Return True if the text before a question wants something else than its answer.

    `on_its_line` is False if the question begins a line. Then the line before it introduces it only with a
    colon at its end.

    >>> introduces_other_task("Negate the answer to: ", on_its_line=True)
    True
    >>> introduces_other_task("Give the answer to this question: ", on_its_line=True)
    False
    """
    own = before[before.rfind(TURN) + 1 :][-_NEAR:]
    own = _GAP.sub("", own).rstrip(" \t\r\n\"'“*_`")
    sentences = [one for one in _SENTENCE.split(own) if one.strip()]
    if not sentences:
        return False
    last = sentences[-1].strip()
    if _FORBIDS.search(last):
        return True
    if not (on_its_line or last.endswith(":")):
        return False
    if _wants_other(last):
        return True
    about = _OF_ANSWER.match(last)
    if about is not None and not _GIVES.issuperset(_WORD.findall(about["before"].lower())):
        return True
    return _ASKS.match(last) is not None and _SOLVES.search(last) is None


def _wants_other(text: str) -> bool:
    text = _NOT_DONE.sub(" ", text)
    return any(pattern.search(text) for pattern in (_COMPUTES, _COMPUTES_ABROAD, _OTHER_WORK))
