"""`gsm8k`: the number after `####`, for policies that are trained on GSM8K's own way of answering."""

from __future__ import annotations

import re
from fractions import Fraction

from rule_rm.extract import golden_answer, spoken
from rule_rm.extract.statements import clauses, sequels
from rule_rm.extract.statements.followups import takes_back
from rule_rm.extract.values.plain_numbers import number_and_rest, plain_value
from rule_rm.extract.words import stance
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status

TAIL = 300
"""The last characters that are looked at."""
_METHODS = ("strict", "flexible")
_PRESETS = ("rule_rm", "verl")
_STRICT = re.compile(r"####([^\n]*)")
"""The rest of a line after its marks: `#### 18`."""
_LABEL = re.compile(
    r"\s*(?:the\s+)?(?:final\s+)?answers?(?:\s+is)?\s*[:：]?|\s*[=≈:：]|\s*\*\*", re.IGNORECASE
)
"""Words before the number: `Answer:`."""
_UNIT = re.compile(r"[(]?[^\W\d_]+(?:[-'’/][^\W\d_]+)*[).,!*]*|[.,*!)]+")
"""A word that may follow the number, such as `dollars,` or `km/h`."""
_MOST_WORDS = 8
_PERCENT = re.compile(r"\A\s*\\?%")
"""A percent sign right after the number, such as `\\%`."""
_CHANGES = re.compile(
    r"\b(?:hundred|thousand|million|billion|trillion|dozen|score|lakh|crore|k|m|bn|x|or|and|to|plus|minus"
    r"|times|divided|over|half|halves|thirds?|quarters?|tenths?|hundredths?|thousandths?|squared|cubed|percent|maybe|perhaps|not|wrong|mod|e|pi|i)\b"
    r"|\A[a-zA-Zπ²³⁴½¼¾√°′]|万|亿|千|百|或|错",
    re.IGNORECASE,
)
"""A word after the number that changes it, such as `million`."""
_FLEXIBLE = re.compile(r"(?:(?<![\w)])-)?\$?(?:[0-9][0-9.,]*|\.[0-9]+)")
"""A number anywhere: `-$1,000.50`, but not the `-3` of `(5)-3`."""
_VERL_STRICT = re.compile(r"#### (-?[0-9.,]+)")
"""verl's pattern of a number after the marks: `#### 42`."""
_VERL_FLEXIBLE = re.compile(r"-?[0-9.,]+")
"""verl's pattern of a number anywhere: `42.`."""
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
"""A whole text that is a number: `-3.5`."""


def _check(*, method: str, preset: str, format_reward: float) -> None:
    one_of("method", method, _METHODS)
    one_of("preset", preset, _PRESETS)


@register(
    "gsm8k",
    summary="1 if the number after the last #### is the golden number, else 0",
    metrics=("accuracy",),
    linear=True,
    check=_check,
)
def gsm8k(
    rollout: Rollout, *, method: str = "strict", preset: str = "rule_rm", format_reward: float = 0.0
) -> Score:
    """Return 1.0 if the last number of the last 300 characters is the golden one, else `format_reward`.

    "strict" wants it after `####`, with nothing behind it but words of a unit: neither "3/4" nor "5 or 6" is
    3 or 5. "flexible" takes any number. Commas, currency signs and markup are left out. The golden answer is
    a number or a whole solution that ends in `#### 18`. The thinking does not count.

    The preset "verl" (`reward_score/gsm8k.py`) looks into the thinking too, and compares the texts: "18.0"
    and "18." are not "18" to it.

    >>> gsm8k(Rollout("", "So 2 * 9 = 18 dollars.", "18")).status.value
    'no_answer'
    >>> gsm8k(Rollout("", "#### $1,018.00", "He paid 1018.#### 1,018")).reward
    1.0
    """
    _check(method=method, preset=preset, format_reward=format_reward)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    golden = _golden(rollout.ground_truth)
    if golden is None:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is not a number")
    text = rollout.response[-TAIL:] if preset == "verl" else (spoken(rollout.response) or "")[-TAIL:]
    if preset != "verl" and method == "strict":
        asks_percent = not rollout.prompt or "%" in rollout.prompt or "percent" in rollout.prompt.lower()
        return _strict(text, golden, format_reward, asks_percent=asks_percent)
    answer = _answer(text, method, preset)
    if answer is None:
        what = "number after ####" if method == "strict" else "number"
        return Score(0.0, Status.NO_ANSWER, None, f"there is no {what}", {"accuracy": 0.0})
    is_right = answer == golden if preset == "verl" else _value(answer) == _value(golden)
    reward = 1.0 if is_right else format_reward
    return Score(reward, answer=answer, metrics={"accuracy": float(is_right)})


def _strict(text: str, golden: str, format_reward: float, *, asks_percent: bool) -> Score:
    """Return the score of the number after the last `####`, with all that belongs to it."""
    marks = [mark for mark in _STRICT.finditer(text) if mark[1].strip(" *")]
    if marks and (why := _not_held(text, marks[-1])) is not None:
        return Score(0.0, Status.NO_ANSWER, None, why, {"accuracy": 0.0})
    line = marks[-1][1] if marks else ""
    label = _LABEL.match(line)
    found = number_and_rest(line[label.end() :] if label else line)
    if found is None:
        return Score(0.0, Status.NO_ANSWER, None, "there is no number after ####", {"accuracy": 0.0})
    value, rest = found
    if asks_percent:
        rest = _PERCENT.sub("", rest)
    words = rest.split()
    is_plain = len(words) <= _MOST_WORDS and all(map(_UNIT.fullmatch, words)) and not _CHANGES.search(rest)
    is_plain = is_plain and not rest.startswith("!") and takes_back(rest, 0, by_verb=True) is None
    is_right = is_plain and value == _value(golden)
    why = None if is_plain else f"the number is followed by {rest.strip()[:40]!r}"
    answer = str(value) if is_plain else line.strip()[:80]
    return Score(1.0 if is_right else format_reward, Status.OK, answer, why, {"accuracy": float(is_right)})


def _not_held(text: str, mark: re.Match[str]) -> str | None:
    """Return why the text around the number after `####` does not hold to it; None if it does.

    The line before the mark may be a sentence of its own without a full stop, so only a denial in it counts.
    """
    line = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()]
    if stance.denied_before(text, mark.start()) or clauses.OPEN.search(line):
        return "the number after #### is denied"
    return sequels.retracted(text, mark.end())


def _golden(ground_truth: object) -> str | None:
    if isinstance(ground_truth, bool) or not isinstance(ground_truth, (str, int, float)):
        return None
    value = plain_value(golden_answer(str(ground_truth)))
    text = _bare(golden_answer(str(ground_truth)))
    return text if _value(text) is not None else str(value) if value is not None else None


def _answer(text: str, method: str, preset: str) -> str | None:
    pattern = _FLEXIBLE
    if preset == "verl":
        pattern = _VERL_STRICT if method == "strict" else _VERL_FLEXIBLE
    found: list[str] = pattern.findall(text)
    if preset == "verl" and method == "flexible":
        # For verl, text without a digit is a candidate too, except "" and ".".
        return next((number for number in reversed(found) if number != "."), found[0] if found else None)
    return _bare(found[-1]) if found else None


def _bare(text: str) -> str:
    return "".join(text.split()).replace(",", "").replace("$", "")


def _value(text: str) -> Fraction | None:
    text = text.rstrip(".")
    if re.fullmatch(r"-?\d{1,100}/[1-9]\d{0,99}", text):
        return Fraction(text)
    return Fraction(text) if len(text) <= TAIL and _NUMBER.match(text) else None
