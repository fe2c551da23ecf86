r"""`dapo_math`: the last `Answer: …` of a response, worth +1 or −1.

The texts are compared as DAPO does, after Minerva's normalisation (Lewkowycz et al. 2022, appendix D.1):
short, the same on every machine, and never slow. Where more than the writing should count, use `math_equal`.
"""

from __future__ import annotations

import re

from rule_rm.extract import golden_answer, spoken
from rule_rm.extract.statements import claims, sequels
from rule_rm.extract.values.plain_numbers import number_and_rest, plain_value
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status

TAIL = 300
"""The last characters that are looked at."""
_LONGEST = 1_000
_PRESETS = ("rule_rm", "verl")
_ANSWER = re.compile(r"answer[\s*_]*[:：][\s*_]*([^\n]+)", re.IGNORECASE)
"""The rest of the line after "Answer:"."""
_VERL_ANSWER = re.compile(r"answer\s*:\s*([^\n]+)", re.IGNORECASE)
"""verl's pattern of the same: `Answer: 42`."""
_NAME = re.compile(r"\s*\$?\s*[a-zA-Z](?:_\w)?\s*=")
"""A name before the value: `x =`."""
_DIGITS = re.compile(r"\d+")
"""A run of digits, such as `42`."""
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|,\\!)(?=\d{3}(?!\d))")
"""A mark between thousands: the comma of `1,000`."""
_EDGES = re.compile(r"\\[()\[\]]|\$(?=\$)|\*\*|__|\\(?:mathbf|mathrm|fbox|boxed)(?![a-zA-Z])")
"""Markup that Minerva's normalisation leaves: `\\(`, `**`."""
_REPLACED = (
    *(("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), ("\\ ", ""), (" ", "")),
    *(("mbox", "text"), (",\\text{and}", ","), ("\\text{and}", ","), ("\\text{m}", "\\text{}")),
)
_REMOVED = (
    *("square", "ways", "integers", "dollars", "mph", "inches", "hours", "km", "units", "\\ldots", "sue"),
    *("points", "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters", "meals"),
    *("edges", "students", "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{\ns}"),
    *("\\text{}^2", "\\text{}^3", "\\text{\n}", "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;"),
    *(",\\!", "{,}", '"', "\\dots"),
)
_FORMULA = re.compile(r"[^\n]*?\$([^\n]*?)\$[^\n]*")
"""A line with a formula, whose first one is taken: `x` of `so $x$.`"""
_WRAPPED = [re.compile(rf"\\{name}\{{([^\n}}]*)\}}") for name in ("text", "textbf", "overline")]
_BOXED = re.compile(r"\\boxed\{([^\n]*)\}")
r"""A box up to the last brace of its line: `\boxed{7}`."""
_SHORT_FRACTION = re.compile(r"frac([^{])([^\n])")
"""A fraction without braces: `frac12`."""
_SHORT_ROOT = re.compile(r"sqrt([^{])")
"""A root without braces: `sqrt2`."""


def _check(*, preset: str) -> None:
    one_of("preset", preset, _PRESETS)


@register(
    "dapo_math",
    summary="1 if the last “Answer: …” is the golden answer after Minerva's normalisation, else -1",
    metrics=("accuracy",),
    linear=True,
    check=_check,
)
def dapo_math(rollout: Rollout, *, preset: str = "rule_rm") -> Score:
    r"""Return +1.0 if the golden answer follows the last "Answer:" of the last 300 characters, else −1.0.

    Both are normalised: what precedes the last `=`, spaces, units and `\text{}` go, `\frac12` becomes
    `\frac{1}{2}`. Equal numbers count as equal, `0.50` and `1/2` for instance; what is thought is not looked
    at. The preset "verl" (`reward_score/math_dapo.py`) compares the texts alone, the thinking included.

    >>> [dapo_math(Rollout("", f"Answer: {said}", "\\frac{1}{2}")).reward for said in ("$x = \\frac12$", "2")]
    [1.0, -1.0]
    """
    _check(preset=preset)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    golden = _golden(rollout.ground_truth)
    if golden is None:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is no text, no number, or too long")
    text = rollout.response[-TAIL:] if preset == "verl" else (spoken(rollout.response) or "")[-TAIL:]
    found = list((_VERL_ANSWER if preset == "verl" else _ANSWER).finditer(text))
    if not found:
        return Score(-1.0, Status.NO_ANSWER, None, "there is no “Answer: …”", {"accuracy": 0.0})
    said, end = found[-1][1], found[-1].end()
    if preset != "verl":
        why = claims.lead(text, found[-1].start(1), 0, rollout.prompt).reason or sequels.retracted(text, end)
        if why is not None:
            return Score(-1.0, Status.NO_ANSWER, None, why, {"accuracy": 0.0})
    answer = normalised(said)
    is_right = answer == golden if preset == "verl" else _is_right(said, golden)
    return Score(1.0 if is_right else -1.0, answer=answer, metrics={"accuracy": float(is_right)})


def _is_right(said: str, golden: str) -> bool:
    """Return True if an answer equals the golden one, as a number or as a string of digits."""
    bare = _EDGES.sub("", said)
    wanted = plain_value(golden)
    if wanted is None:
        groups = [
            _DIGITS.findall(_THOUSANDS.sub("", text)) for text in (bare.rpartition("=")[2], normalised(bare))
        ]
        return normalised(bare) == golden and groups[0] == groups[1]
    name = _NAME.match(bare)
    found = number_and_rest(bare[name.end() :] if name else bare)
    if found is None or found[0] != wanted:
        return False
    return not normalised(found[1].strip(" .")).strip(" .{}")


def _golden(ground_truth: object) -> str | None:
    if isinstance(ground_truth, bool) or not isinstance(ground_truth, (str, int, float)):
        return None
    text = golden_answer(str(ground_truth))
    return normalised(text) or None if len(text) <= _LONGEST else None


def normalised(answer: str) -> str:
    r"""Return an answer in Minerva's one way of writing.

    >>> normalised("x = $\\frac12$ hours"), normalised("1,000")
    ('\\frac{1}{2}', '1000')
    """
    answer = answer.rpartition("=")[2]
    for before, after in _REPLACED:
        answer = answer.replace(before, after)
    for removed in _REMOVED:
        answer = answer.replace(removed, "")
    answer = _FORMULA.sub(r"$\1$", answer)
    for wrapped in (*_WRAPPED, _BOXED):
        answer = wrapped.sub(r"\1", answer)
    answer = _SHORT_ROOT.sub(r"sqrt{\1}", _SHORT_FRACTION.sub(r"frac{\1}{\2}", answer)).replace("$", "")
    digits = answer.replace(",", "")
    return (digits if digits.isdigit() else answer).strip()
