"""Find whether a statement is about other numbers, another part or another time than the question."""

from __future__ import annotations

import re

from rule_rm.extract.question.asked import Question, question_of
from rule_rm.extract.words.verbs import base

_CONNECTIVE = re.compile(
    r"\A(?:so|thus|hence|therefore|then|and|but|also|por lo tanto|donc|also)\W+", re.IGNORECASE
)
"""A word that joins a sentence to the one before it: "so"."""
_PHRASE = re.compile(
    r"\A\W*(?:[^\W\d_]+\s+){0,3}?(?P<phrase>(?:for|in|of|at|per|after|from|on)\s+\$?\d[\d.,]*(?P<unit>\s?%|\s+[^\W\d_]+)?)"
)
"""A phrase with a number behind a value: " liters for 100 km"."""
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
"""A number: `1,250.5`."""
_COORDINATED = re.compile(r"\b(?P<one>[A-Z][a-z]+)\s+and\s+(?P<other>[A-Z][a-z]+)\b")
"""Two names that a question joins: "April and May"."""
_IN_ONE = re.compile(r"\A\W*(?:[^\W\d_]+\s+){0,3}?(?:in|on|for|from|to|at)\s+(?P<name>[A-Z][a-z]+)\W*\Z")
"""A name behind a value: " in April"."""
_AT_TIME = re.compile(
    r"\W*(?:(?!than\b)[^\W\d_]+\s+){0,3}?(?:in|on|during|at)\s+(?:the\s+)?[A-Za-z]+(?:\s+[a-z]+)?\W*\Z"
)
"""A time that ends a sentence: " in the afternoon"."""
_MORE = re.compile(r"\s*(?:[^\W\d_]+\s+){0,2}?(?:more|fewer|extra)\b(?!\s+than)(?!\s+[^\W\d_]+\s+than)")
"""A value that is a difference, as one of the question is: " eggs more"."""
_ASKS_MORE = re.compile(
    r"\b(?:more|fewer|less|still|needs?|left|additional\w*|another|extra|remain\w*|other|difference|compar\w*|than"
    r"|exceed\w*|[a-z]{3,}er)\b"
)
"""A word of a question for a difference or a rest: "still"."""
_TIME_UNIT = re.compile(r"(?:second|minute|hour|day|week|month|year|time|night|trip)s?", re.IGNORECASE)
"""A unit of time, or a noun like "trips": "days"."""
_ASKS_TIME = re.compile(
    r"\bhow\s+many\s+(?:more\s+)?(?:seconds|minutes|hours|days|weeks|months|years)\b", re.IGNORECASE
)
"""A question for a time: "how many days"."""
_COUNTED = re.compile(r"\s*(?P<noun>[a-z]+)\b")
"""The noun right behind a number: " pages"."""
_OF_FORMULA = re.compile(r"\bof\s+(?P<formula>[A-Z][A-Za-z]?\d?(?:[A-Z][A-Za-z\d]*)?)(?![a-z])")
"""A formula of chemistry, of which there is an amount: "of CO2"."""
_PER = re.compile(
    r"\A\W*(?:[^\W\d_]+\s+){0,2}?(?:per|(?<!of )each|apiece|every)\b(?:\s+(?P<what>[^\W\d_]+))?",
    re.IGNORECASE,
)
"""A rate behind a value: " per dozen"."""
_RATE = re.compile(
    r"\b(?:per|each|every|an?\s+(?:hour|day|week|month|year|minute)|apiece|average|speed|rate)\b|/",
    re.IGNORECASE,
)
"""A sign that a question asks for a rate: "each"."""
_TIME = re.compile(
    r"\b(?:[Mm]orning|[Aa]fternoon|[Ee]vening|[Nn]ight|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|weekend|weekday"
    r"|January|February|March|April|June|July|August|September|October|November|December"
    r"|(?:first|second|third|fourth|last|next)\s+(?:day|week|month|year|hour|quarter|round|half))(?=s?\b)"
)
"""A part of the day, a day, a month or one of several times: "Saturday"."""


def is_of_other_numbers(subject: str, prompt: str) -> bool:
    """Return True for a phrase of the question with other numbers: "26% of 80" for "25% of 80".

    >>> [is_of_other_numbers(one, "What is 25% of 80?") for one in ("So 26% of 80", "So 25% of 80", "So 80")]
    [True, False, False]
    """
    if not any(map(str.isdigit, subject)) or not prompt:
        return False
    said = " ".join(subject.lower().split())
    while (found := _CONNECTIVE.match(said)) is not None:
        said = said[found.end() :]
    masked = _NUMBER.sub("0", said).strip()
    asked = " ".join(prompt.lower().split())
    if len(masked.split()) < 2 or masked not in _NUMBER.sub("0", asked):
        return False
    return re.search(rf"(?<![\d.]){re.escape(said.strip())}(?![\d%])", asked) is None


def is_at_other_time(said: str, prompt: str) -> bool:
    """Return True if words name one of several times of a question that does not ask for it.

    >>> asked = "She swims 20 laps on weekdays and 35 on Saturdays. How many does she swim in a week?"
    >>> is_at_other_time("On Saturday she", asked), is_at_other_time("In a week she", asked)
    (True, False)
    """
    times = set(_TIME.findall(said))
    if len(times) != 1 or _TIME.search(question_of(prompt).asking):
        return False
    given = set(_TIME.findall(prompt))
    return len(given) > 1 and times <= given


def _is_no_time(noun: str, question: Question) -> bool:
    """Return True for a counted thing of a question that asks for days or hours: "13 pages"."""
    if not _ASKS_TIME.search(question.asking) or _TIME_UNIT.fullmatch(noun):
        return False
    return noun.endswith("s") and base(noun) in question.given | question.asked


def is_other_case(rest: str, prompt: str) -> bool:
    """Return True if the words behind a value name another case than the sentence that asks.

    >>> asked = "A car needs 6 liters per 100 km. How many liters does it need for 250 km?"
    >>> [is_other_case(one, asked) for one in (" liters for 100 km", " liters for 250 km", " liters")]
    [True, False, False]
    >>> asked = "He sold 48 in April and 24 in May. How many did he sell in April and May?"
    >>> is_other_case(" in April", asked), is_other_case(" in April and May", asked)
    (True, False)
    """
    if not prompt:
        return False
    question = question_of(prompt)
    phrase = _PHRASE.match(rest)
    if phrase is not None:
        said = " ".join(phrase["phrase"].lower().replace("$", "").rstrip(" .,").split())
        asking = " ".join(question.asking.lower().replace("$", "").split())
        pattern = re.escape(_NUMBER.sub("\0", said)).replace("\0", r"\d[\d.,]*")
        if re.search(rf"\b{pattern}", asking) and said not in asking:
            return True
    one = _IN_ONE.match(rest)
    for pair in _COORDINATED.finditer(question.asking):
        if one is not None and one["name"] in (pair["one"], pair["other"]):
            return True
    counted = _COUNTED.match(rest)
    if counted is not None and _is_no_time(counted["noun"], question):
        return True
    if is_at_other_time(rest, prompt) and _AT_TIME.match(rest):
        return True
    if base("more") in question.given and _MORE.match(rest) and not _ASKS_MORE.search(question.asking):
        return True
    formula = _OF_FORMULA.search(rest)
    if formula is not None and any(map(str.isupper, formula["formula"])):
        asked = {found["formula"] for found in _OF_FORMULA.finditer(question.asking)}
        if asked and formula["formula"] not in asked:
            return True
    rate = _PER.match(rest)
    # A rate "per hour" may be what a question with "per hour" asks for.
    if rate is None or _RATE.search(question.asking):
        return False
    return base(rate["what"] or "") not in question.asked | question.given
