"""Read the last line of a text as an answer: a value with its label, or an expression alone."""

from __future__ import annotations

import re

from rule_rm.extract.places.anchors import EDGES, HAS_DIGIT, STOP, WORD, anchor_places
from rule_rm.extract.places.equations import Found
from rule_rm.extract.question.counted import is_counted, with_unit
from rule_rm.extract.question.echoes import follows_question_word
from rule_rm.extract.relevance.asked_labels import is_asked_label
from rule_rm.extract.response.visible import PICTURES
from rule_rm.extract.values.numbers import number_at, numbers_in
from rule_rm.extract.words.endings import ends_cjk_sentence
from rule_rm.extract.words.patterns import HAS_CJK, deferred

_SHORTEST_SENTENCE = 3
"""The words of the shortest sentence."""
_OPEN_END = re.compile(r"\b(?:or|to|than)\W*\Z", re.IGNORECASE)
"""The end of a line that leaves another value open: the "or" of "42 or so"."""
_ARROW = re.compile(r"(?:=>|->|[⇒→∴])\s*")
"""An arrow at the beginning of a line: `=> `."""
_MARKS = deferred(rf"\A(?:[{PICTURES}✓✔✅☑]️?\s*)+")
"""Pictures and check marks before a line: "✅ "."""
_IT_IS = re.compile(r"\A(?:it\s+is|it['’]s|that['’]s)\s+", re.IGNORECASE)
"""The beginning of a line that states its rest: "It's "."""
_LABELLED = re.compile(
    r"[\s*_>#•-]*(?P<label>[^\W\d_][^\n:：=→]{0,40}?)[\s*_]*(?:[:：=→]|->)[\s*_]*"
    r"(?:(?P<currency>USD|EUR|GBP|US\$|Rs\.?|INR|CNY|RMB|JPY|CAD|AUD)\s?)?(?P<value>\\?[$€£¥]?[-−]?\d[^\n]{0,40}|\([^()\n]{1,30},[^()\n]{1,30}\)[\s.*]*)"
)
"""A line with a label and a number: "Rolls left: 42"."""


def labelled_line(text: str, prompt: str) -> Found | None:
    """Return the value of a last line with a label in the words of the question: "Rolls left: 42"."""
    whole = text.rstrip()
    start = whole.rfind("\n") + 1
    line = _LABELLED.fullmatch(whole, start)
    if line is None or not is_asked_label(line["label"], prompt):
        return None
    if line["value"].startswith("("):
        value = line["value"].strip(" .*")
        return value, line.start("value"), line.start("value") + len(value), "the last line"
    number = number_at(whole, line.start("value"))
    behind = whole[number.end() :] if number else ""
    if number is None or (WORD.search(behind) and not is_counted(behind, prompt)):
        return None
    currency = f"{line['currency']} " if line["currency"] else ""
    value = currency + with_unit(whole, number, prompt)
    return value, line.start("value") - len(currency.strip()), number.end(), "the last line"


def _ends(rest: str, prompt: str) -> bool:
    """Return True if a text ends a Chinese, Japanese or Korean sentence and keeps the number before it."""
    return ends_cjk_sentence(rest) or follows_question_word(rest, prompt)


def _is_measured(line: str, prompt: str) -> bool:
    """Return True for a number and its unit alone: "60 kilometers per hour"."""
    number = number_at(line, 0)
    return number is not None and with_unit(line, number, prompt).split() == line.split()


def bare_line(text: str, prompt: str) -> Found | None:
    """Return the last line if it is an expression, or a text of no more than three words."""
    whole = text.rstrip()
    start = whole.rfind("\n") + 1
    line = (
        _ARROW.sub("", whole[start:].strip(EDGES), count=1)
        if _ARROW.match(whole[start:].strip(EDGES))
        else whole[start:].strip(EDGES)
    )
    line = _IT_IS.sub("", _MARKS.sub("", line))
    if not line or len(line) > 200 or line.endswith("?") or "\\boxed" in line:
        return None
    line = line[: stop.start()].rstrip() if (stop := STOP.search(line)) and stop.start() else line
    if _OPEN_END.search(line):
        return None
    words = WORD.findall(line)
    is_short = len(words) <= 3 and not HAS_DIGIT.search(line) and line == text.strip(EDGES).rstrip(".。!")
    if HAS_CJK.search(line) and (number := number_at(line, 0)) and _ends(line[number.end() :], prompt):
        line, words = number.group().strip(), []
    elif (digit := HAS_DIGIT.search(line)) and HAS_CJK.search(line, 0, digit.start()):
        return None
    is_expression = HAS_DIGIT.search(line) and len(words) <= 2 and (not words or line.index(words[0]) > 0)
    is_expression = is_expression or _is_measured(line, prompt)
    at = text.find(line, start)
    return (line, at, at + len(line), "the last line") if is_short or is_expression else None


def declares_sentence(text: str) -> bool:
    """Return True if the last line of a text declares a sentence with several numbers as its answer.

    >>> declares_sentence("Answer: In 3 days she eats 24 figs.")
    True
    >>> declares_sentence("Answer: 24 figs in 3 days")
    False
    """
    begin = text.rstrip().rfind("\n") + 1
    anchor = next(anchor_places(text, begin), None)
    if anchor is None or not anchor.group().rstrip("* ").endswith((":", "：")):
        return False
    said = text[anchor.end() :].strip(EDGES)
    numbers = numbers_in(said)
    return (
        len(numbers) > 1
        and len(WORD.findall(said)) >= _SHORTEST_SENTENCE
        and WORD.search(said, 0, numbers[0].start()) is not None
    )
