r"""Find whether a response says "around 42" where an exact number is asked for.

"Approximately", 约 and "≈" state a rounding. Another word of approximation is allowed where it may state one.
Then the value has decimals or a unit, the question rounds or estimates, or the response has the number before
it is rounded. A question that counts asks for an exact number, with a unit too.
"""

from __future__ import annotations

import re

from rule_rm.extract.question.counted import is_measured
from rule_rm.extract.words.patterns import deferred, phrases

_ALWAYS = phrases("give_or_take more_or_less something_like in_the_region_of in_the_neighbou?rhood_of")
"""Phrases that leave a value open under any question."""
_WORDS = phrases(
    """
    about around roughly circa ca\\.? nearly on_the_order_of some_where_around
    etwa ungefähr circa zirka rund environ à_peu_près autour_de alrededor_de unos unas
    cerca_de más_o_menos all'incirca por_volta_de ongeveer około przibližně примерно около приблизительно
    yaklaşık ungefär omkring omtrent noin aproximativ περίπου khoảng kira-kira sekitar تقريبا حوالي בערך लगभग
    """
)
_CJK = "大约|大約|大概|左右|およそ|대략"
_GAP = r"(?:[\s$(){}\[\]*_`~:,]|\\[a-zA-Z]+|\b(?:is|be|the|at)\b|[为是])*"
_HEDGE = deferred(
    rf"(?:(?P<always>(?<!\w)(?:{_ALWAYS}))|(?<![\w-])(?:{_WORDS})|{_CJK})(?![a-zA-Z]){_GAP}\Z", re.IGNORECASE
)
"""A word of approximation before a value: "around"."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
"""A number: `1,250.5`."""
_CLOSED_FORM = re.compile(r"\\(?:frac|sqrt|pi|times|cdot)|[√π^/!×]")
"""A part of a number that is not written in digits alone: `\\sqrt`."""
_ALLOWED = re.compile(
    r"approx|about|around|near|round|estimat|rough|close|decimal|signific|percent|average|≈|\d\.\d|√|π"
    r"|\\(?:approx|pi|sqrt)\b|ungefähr|etwa|rund|schätz|environ|arrond|estim|aprox|cerca|redond|circa|около|примерно"
    r"|округл|оцен|约|約|近似|四舍五入|およそ|약|반올림",
    re.IGNORECASE,
)
"""A question that may be answered by an approximation: "to the nearest", `2.5 km`."""
_COUNTS = re.compile(
    r"\bhow\s+many\b|\bnumber\s+of\b|\bwie\s?viele?\b|\banzahl\b|\bcombien\b|\bnombre\s+de\b|\bcuánt[oa]s\b|\bquant[aeio]s?\b"
    r"|\bсколько\b|多少|几|幾|何[個人本枚匹冊台回]|いくつ|몇",
    re.IGNORECASE,
)
"""A question that counts: "how many"."""
_NEAR = 80


def is_hedged(text: str, answer: str, prompt: str) -> bool:
    r"""Return True if words of approximation lead to an integer without a reason to round.

    >>> is_hedged(r"Around \boxed{42}.", "42", "How many eggs?")
    True
    >>> is_hedged(r"$x = 41.8$, so about \boxed{42}.", "42", "How far?")
    False
    """
    numbers = _NUMBER.findall(answer)
    if len(numbers) != 1 or _CLOSED_FORM.search(answer):
        return False
    box = max(text.rfind("\\boxed"), 0)
    at = text.find(numbers[0], box) if box else text.rfind(numbers[0])
    hedge = _HEDGE.search(text[max(0, at - _NEAR) : at]) if at > 0 else None
    if hedge is None or hedge["always"]:
        return hedge is not None
    if "." in numbers[0] or _ALLOWED.search(prompt):
        return False
    if is_measured(text[at + len(numbers[0]) :]) and not _COUNTS.search(prompt):
        return False
    before = text[:at]
    return not ("≈" in before or "\\approx" in before or _is_rounding(before, numbers[0]))


def _is_rounding(before: str, number: str) -> bool:
    """Return True if a text has a decimal near an integer, which is rounded to it."""
    value = int(number.replace(",", ""))
    return any(
        abs(float(one.replace(",", "")) - value) < max(1.0, value / 100)
        for one in _NUMBER.findall(before)
        if "." in one and len(one) < 20
    )
