"""What a judge's reply says: a verdict, or that there is none to be believed.

A reply is read as narrowly as it was asked for. The verdict is the last thing it says, on a line that begins
with the sentinel, and stands on the menu word by word. Whatever is cut off, contradicts itself or is off the
scale raises `NoVerdict`, and is never bent into a number: a judge that failed says nothing about the policy.
What a judge only thinks counts for nothing, and a line that it quotes is not its own.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rule_rm.judge.client.question import Reply
from rule_rm.messages.turns import spoken

SENTINEL = "VERDICT:"
LONGEST_REPLY = 200_000
"""Characters; a judge that writes more has lost its way."""
_SHOWN = 40
_EDGES = " \t*_#`~\"'“”‘’«»‹›「」『』《》【】[](){}.。!！।"
"""What may stand around a verdict without changing it. A question mark or a comma would."""
_DECORATION = re.compile(r"[\s*_#`~-]*\Z")
_NUMBER = re.compile(
    r"([-−]?\d+(?:\.\d+)?)\s*(?:(?:/|out of|of|von|sur|de|из)\s*(\d+(?:\.\d+)?))?\s*(?:points?|分|点|점)?\Z",
    re.IGNORECASE,
)
_PAIR = re.compile(r"[\s*_`\"'{-]*(.+?)[\s*_`\"']*[:=]\s*(.+)\Z")
_BETWEEN_PAIRS = re.compile(r"[,;、،؛|\n]")
_LANGUAGE = re.compile(r"[\w-]*")
_OPENING_BRACE = re.compile(r"^\s*\{", re.MULTILINE)
_TRIES = 20
_COLONS = str.maketrans({"﹕": ":", "∶": ":", "꞉": ":", "︓": ":", "\u3000": " ", "﹦": "="})


class NoVerdict(Exception):  # noqa: N818 - what came of it, and no error of ours
    """The reply has no verdict that can be believed; the message says why, and quotes little."""

    def __init__(self, reason: str, said: str = "") -> None:
        """`reason` is one of few, to be counted by; `said` is what it is about."""
        shown = said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
        super().__init__(f"{shown!r} {reason}" if said else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Label:
    """What a word of the menu is worth."""

    value: float | None
    """None: the judge says that it can't tell, which leaves the rollout unscored."""
    is_answer: bool = True
    """False if it says that there is nothing to grade."""


@dataclass(frozen=True, slots=True)
class Menu:
    """All that a judge may say: one of the labels, or a number on the scale; for each dimension, if any."""

    labels: Mapping[str, Label] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    dimensions: tuple[str, ...] = ()
    sentinel: str = SENTINEL

    def schema(self, *, reasoning: bool) -> dict[str, Any]:
        """The JSON schema of a reply that says it in JSON, its reasons first."""
        verdict: dict[str, Any] = {"type": "string", "enum": list(self.labels)}
        if self.scale:
            verdict = {"type": "number", "minimum": self.scale[0], "maximum": self.scale[1]}
        if self.dimensions:
            verdict = _object(dict.fromkeys(self.dimensions, verdict))
        reasons = {"reasoning": {"type": "string"}} if reasoning else {}
        return _object({**reasons, "verdict": verdict})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """What a judge said."""

    value: float
    """What the label is worth; on a scale, 0 for its lower end and 1 for its upper one."""
    said: str
    is_answer: bool = True


def read_verdict(reply: Reply, menu: Menu, *, as_json: bool = False) -> JudgeVerdict:
    """The verdict of a reply. Raises NoVerdict if there is none that can be believed.

    With `as_json` the reply was asked for in JSON; a server that does not know how ignores that, so a line
    with the sentinel counts then too.

    >>> menu = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0)})
    >>> said = "It says “VERDICT: CORRECT”.\\n**VERDICT: INCORRECT**"
    >>> read_verdict(Reply(said, None, "stop", None, 0, 0, ""), menu).value
    0.0
    """
    if reply.finish_reason != "stop":
        raise NoVerdict("ended the reply before it was whole", reply.finish_reason or "nothing known")
    text = _visible(reply.text)
    if not text.strip():
        raise NoVerdict("the reply is empty" + (" but for its thinking" if reply.reasoning else ""))
    if as_json and (found := _json_object(text)) is not None:
        return _from_json(found, menu)
    return _read(_after_sentinel(text, menu.sentinel), menu)


def _visible(text: str) -> str:
    if len(text) > LONGEST_REPLY:
        raise NoVerdict(f"the reply has more than {LONGEST_REPLY} characters")
    said = spoken(text)
    if said is None:
        raise NoVerdict("the thinking is not closed")
    return said


def fold(text: str) -> str:
    """The text with every full-width character and every digit in ASCII, each in its place."""
    if text.isascii():
        return text
    return "".join(map(_folded, text)).translate(_COLONS)


def _folded(character: str) -> str:
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character


@lru_cache(maxsize=64)
def sentinel_pattern(sentinel: str) -> re.Pattern[str]:
    """What counts as the sentinel, in a folded text, wherever it stands."""
    core = sentinel.strip().rstrip(":： ")
    words = r"\s{1,8}".join(map(re.escape, fold(core).split()))
    colon = r"[\s*_`\"']{0,8}:" if core != sentinel.strip() else ""
    return re.compile(f"(?P<word>{words}){colon}", re.IGNORECASE)


def _after_sentinel(text: str, sentinel: str) -> str:
    """What follows the last sentinel that begins a line, with which the reply must end."""
    pattern = re.compile(r"[\s*_#`~•-]*(?:" + sentinel_pattern(sentinel).pattern + ")", re.IGNORECASE)
    lines = [line for line in fold(text).splitlines() if not _DECORATION.match(line)]
    places = [place for place, line in enumerate(lines) if pattern.match(line)]
    if not places:
        raise NoVerdict(f"no line begins with {sentinel!r}")
    said = ["\n".join(_without(pattern, lines[place:])).strip() for place in places]
    for place, earlier in zip(places[:-1], said[:-1], strict=True):
        # Those that stand right above the last one are part of the verdict; others were quoted or corrected.
        block = lines[place : places[-1]]
        is_above = all(pattern.match(line) for line in block)
        if is_above and _bare(earlier.partition("\n")[0]) != _bare(said[-1]):
            raise NoVerdict("the verdicts contradict each other")
    return said[-1]


def _without(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    match = pattern.match(lines[0])
    return [lines[0][match.end() if match else 0 :], *lines[1:]]


def _read(said: str, menu: Menu) -> JudgeVerdict:
    """The verdict in what was said after the sentinel, which is nothing else."""
    if menu.dimensions:
        return _dimensions(_pairs(said), menu)
    said = said.strip()
    if "\n" in said:
        raise NoVerdict("text follows the verdict")
    return _number(said, menu.scale) if menu.scale else _label(said, menu.labels)


def _label(said: str, labels: Mapping[str, Label]) -> JudgeVerdict:
    word = _bare(said)
    for name, label in labels.items():
        if _bare(name) == word:
            if label.value is None:
                raise NoVerdict(f"the judge says {name!r}")
            return JudgeVerdict(label.value, name, label.is_answer)
    raise NoVerdict(f"is none of {', '.join(labels)}", said)


def _bare(text: str) -> str:
    return " ".join(fold(text).strip(_EDGES).split()).casefold()


def _number(said: str, scale: tuple[float, float]) -> JudgeVerdict:
    least, greatest = scale
    match = _NUMBER.match(fold(said).strip(_EDGES))
    if match is None:
        raise NoVerdict(f"is no number from {least:g} to {greatest:g}", said)
    number = float(match[1].replace("−", "-"))
    if not least <= number <= greatest or (match[2] and float(match[2]) != greatest):
        raise NoVerdict(f"is off the scale from {least:g} to {greatest:g}", said)
    return JudgeVerdict((number - least) / (greatest - least), f"{number:g}")


def _pairs(said: str) -> list[tuple[str, str]]:
    """Name and number of each dimension in a line such as `logic=8, clarity=7`."""
    matches = [_PAIR.match(part) for part in _BETWEEN_PAIRS.split(said) if part.strip(_EDGES)]
    return [(match[1], match[2]) if match else ("", "") for match in matches]


def _dimensions(pairs: list[tuple[str, Any]], menu: Menu) -> JudgeVerdict:
    """The mean over all dimensions, each of which must have been rated once."""
    names = {_bare(name): name for name in menu.dimensions}
    given = [_bare(name) for name, _ in pairs]
    if sorted(given) != sorted(names) or menu.scale is None:
        raise NoVerdict(f"the ratings are not one each for {', '.join(menu.dimensions)}")
    rated = {
        name: _number(_as_text(number), menu.scale) for name, (_, number) in zip(given, pairs, strict=True)
    }
    said = ", ".join(f"{names[name]}={rated[name].said}" for name in names)
    return JudgeVerdict(math.fsum(one.value for one in rated.values()) / len(rated), said)


class _Doubled(ValueError):  # noqa: N818 - a name stands twice
    """A JSON object that says two things under one name."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Doubled
    return found


def _json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that the reply is, or ends with; None if there is none."""
    text = text.strip()
    if text.endswith("```"):
        text = _LANGUAGE.sub("", text[text.rfind("```", 0, -3) + 3 : -3], count=1).strip()
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse_constant)
    for number, brace in enumerate(_OPENING_BRACE.finditer(text)):
        if number == _TRIES:
            break
        start = brace.end() - 1
        try:
            found, end = decoder.raw_decode(text, start)
        except _Doubled:
            raise NoVerdict("the JSON says two things under one name") from None
        except (ValueError, RecursionError):
            continue
        if not text[end:].strip():
            return dict(found)
    return None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _from_json(found: Mapping[str, Any], menu: Menu) -> JudgeVerdict:
    names = [name for name in found if name.casefold() == "verdict"]
    if len(names) != 1:
        raise NoVerdict("the JSON has no verdict" if not names else "the JSON has two verdicts")
    said = found[names[0]]
    if menu.dimensions:
        if not isinstance(said, dict):
            raise NoVerdict("the JSON does not rate each dimension")
        return _dimensions(list(said.items()), menu)
    if isinstance(said, bool) or not isinstance(said, (str, int, float)):
        raise NoVerdict("the verdict in the JSON is no text and no number")
    return _read(_as_text(said), menu)


def _as_text(said: object) -> str:
    """A number or a text of a JSON value as text; one that is too long is on no menu."""
    if isinstance(said, bool) or not isinstance(said, (str, int, float)):
        raise NoVerdict("a rating in the JSON is no number")
    try:
        return said if isinstance(said, str) else repr(said)
    except ValueError:
        raise NoVerdict("a number in the JSON has too many digits") from None
