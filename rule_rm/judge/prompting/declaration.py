"""Read the head of a template: the kind of verdict that it asks for, in YAML.

The keys are:

    kind: label                                 label, scale, dimensions, criteria or pairwise
    labels: {CORRECT: 1, INCORRECT: 0}          also no_answer (0), or unscored, for "I can't tell"
    synonyms: {A: CORRECT}                      other words for labels
    scale: [1, 10]                              for scale and dimensions
    dimensions: [logic, clarity]
    criteria: [{text: …, weight: 2}, …]         for rollouts that bring none
    sentinel: "VERDICT:"                        the beginning of a reply's last line
    place: line                                 line, within_line, whole or boxed: where the verdict is
    markers: ["<answer>", "</answer>"]          strings of the template that no text may imitate
    raw: true                                   send the user block to /completions, without a chat template
    optional: [reference]                       texts that may be missing
    accuracy: {reward_type: math_equal, weight: 0.8}    a rule that the verdict is mixed with
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import yaml

from rule_rm.errors import ConfigurationError
from rule_rm.judge.prompting.criteria import Criterion, read_criteria
from rule_rm.judge.reading.menu import SENTINEL, Label, Menu, Place, folded_word

KEYS = (
    "kind",
    "labels",
    "synonyms",
    "scale",
    "dimensions",
    "criteria",
    "sentinel",
    "place",
    "markers",
    "raw",
    "optional",
    "accuracy",
)
_WORDS = {"no_answer": Label(0.0, is_answer=False), "unscored": Label(None)}
_MAY_BE_MISSING = frozenset({"reference"})


class Kind(str, Enum):
    """The kind of a verdict."""

    LABEL = "label"
    """One of a few words."""
    SCALE = "scale"
    """A number."""
    DIMENSIONS = "dimensions"
    """A number for each dimension; their mean counts."""
    CRITERIA = "criteria"
    """A word for each criterion, asked one by one; their weighted share counts."""
    PAIRWISE = "pairwise"
    """Which of two is better, the response or the reference, asked in both orders."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A rule whose accuracy is mixed with the verdict."""

    reward_type: str
    weight: float


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations in a template's head."""

    kind: Kind
    menu: Menu
    criteria: tuple[Criterion, ...] = ()
    optional: frozenset[str] = frozenset()
    accuracy: Accuracy | None = None
    markers: tuple[str, ...] = ()
    """Strings that are broken in untrusted texts, so that `| bare` texts can't imitate them."""
    is_raw: bool = False
    """The user block is sent to /completions as it is."""

    @property
    def is_ordinal(self) -> bool:
        """True if verdicts are on a scale, so that several have a median."""
        return self.menu.scale is not None

    def shown(self) -> dict[str, Any]:
        """Return the variables that templates can show, so that they need not repeat the head."""
        menu = self.menu
        return {
            "labels": list(menu.labels),
            "scale": [f"{bound:g}" for bound in menu.scale or ()],
            "dimensions": list(menu.dimensions),
            "sentinel": menu.sentinel,
        }


def declared(head: str, name: str) -> Declared:
    """Return the declarations in a head; `name` is that of its template.

    Raises ConfigurationError if they are invalid.
    """
    try:
        # Every scalar stays a string: YAML would read YES and NO as booleans.
        found = yaml.load(head, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but strings
    except yaml.YAMLError as error:
        raise ConfigurationError(f"judge template {name}: the head is not YAML: {error}") from None
    if not isinstance(found, Mapping):
        found = {}
    try:
        return _declared(found)
    except ValueError as error:
        raise ConfigurationError(f"judge template {name}: {error}") from None


def _declared(found: Mapping[str, Any]) -> Declared:
    for key in found:
        if key not in KEYS:
            raise ValueError(f"{key!r} in the head is none of {', '.join(KEYS)}")
    kinds = ", ".join(kind.value for kind in Kind)
    if found.get("kind") not in {kind.value for kind in Kind}:
        raise ValueError(f"the head must have a kind of verdict, `kind:` and one of {kinds}")
    kind = Kind(found["kind"])
    needed = {
        Kind.SCALE: {"scale"},
        Kind.DIMENSIONS: {"scale", "dimensions"},
    }.get(kind, {"labels"})
    for key in ("labels", "scale", "dimensions"):
        if (key in found) is not (key in needed):
            raise ValueError(f"kind: {kind.value} {'needs' if key in needed else 'has no'} `{key}`")
    sentinel = found.get("sentinel", SENTINEL)
    if not isinstance(sentinel, str) or not sentinel.strip(" :：*_#`"):
        raise ValueError("`sentinel` must be a string, such as VERDICT:")
    if kind is Kind.PAIRWISE and not {label.value for label in _labels(found).values()} <= {0.0, 0.5, 1.0}:
        raise ValueError("the labels of a pair are worth 1 for the first, 0 for the second, 0.5 for neither")
    if "criteria" in found and kind is not Kind.CRITERIA:
        raise ValueError(f"kind: {kind.value} has no `criteria`")
    labels = _labels(found)
    place = _place(found, kind)
    synonyms = _synonyms(found, labels)
    return Declared(
        kind,
        Menu(labels, _scale(found), _dimensions(found), sentinel, place, synonyms),
        read_criteria(found["criteria"]) if "criteria" in found else (),
        _optional(found.get("optional", [])),
        _accuracy(found.get("accuracy")),
        _markers(found.get("markers", [])),
        _flag(found, "raw"),
    )


def _place(found: Mapping[str, Any], kind: Kind) -> Place:
    places = [place.value for place in Place]
    given = found.get("place", Place.LINE.value)
    if given not in places:
        raise ValueError(f"`place` must be one of {', '.join(places)}")
    if given == Place.WHOLE.value and "sentinel" in found:
        raise ValueError("`place: whole` has no `sentinel`: the whole reply is the verdict")
    if given != Place.LINE.value and kind is Kind.DIMENSIONS:
        raise ValueError("kind: dimensions has no `place`")
    return Place(given)


def _synonyms(found: Mapping[str, Any], labels: Mapping[str, Label]) -> dict[str, str]:
    given = found.get("synonyms", {})
    if not isinstance(given, Mapping) or not all(isinstance(word, str) for word in given.values()):
        raise ValueError("`synonyms` must be words with the label that each means")
    known = {folded_word(name): name for name in labels}
    for word, label in given.items():
        if label not in labels:
            raise ValueError(f"the synonym {word!r} means {label!r}, which is none of `labels`")
        if known.setdefault(folded_word(word), label) != label:
            raise ValueError(f"the word {word!r} has two meanings")
    return dict(given)


def _markers(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) and len(one.strip()) > 2 for one in given):
        raise ValueError("`markers` must be a list of strings of at least 3 characters")
    return tuple(given)


def _flag(found: Mapping[str, Any], key: str) -> bool:
    given = found.get(key, "false")
    if given not in ("true", "false"):
        raise ValueError(f"`{key}` must be `true` or `false`")
    return bool(given == "true")


def _labels(found: Mapping[str, Any]) -> dict[str, Label]:
    given = found.get("labels", {})
    if not isinstance(given, Mapping) or ("labels" in found and len(given) < 2):
        raise ValueError("`labels` must be at least two words with what each is worth")
    labels = {name: _label(name, value) for name, value in given.items()}
    if len({folded_word(name) for name in labels}) != len(labels):
        raise ValueError("`labels` has one word twice")
    return labels


def _label(name: str, value: Any) -> Label:
    if not name.strip(" .:*_`[]()"):
        raise ValueError(f"the label {name!r} is not a word")
    if value in _WORDS:
        return _WORDS[value]
    return Label(_number(value, f"the label {name!r} must be worth a number, no_answer or unscored"))


def _number(value: Any, wanted: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{wanted}, not {value!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"{wanted}, not {value!r}")
    return number


def _scale(found: Mapping[str, Any]) -> tuple[float, float] | None:
    if "scale" not in found:
        return None
    given = found["scale"]
    if not isinstance(given, list) or len(given) != 2:
        raise ValueError("`scale` must be [least, greatest]")
    least, greatest = (_number(bound, "`scale` must have two numbers") for bound in given)
    if least >= greatest:
        raise ValueError("`scale` must be [least, greatest]")
    return least, greatest


def _dimensions(found: Mapping[str, Any]) -> tuple[str, ...]:
    given = found.get("dimensions", [])
    if not isinstance(given, list) or ("dimensions" in found and not given):
        raise ValueError("`dimensions` must be a list of names")
    names = [str(name) for name in given]
    if len({folded_word(name) for name in names}) != len(names) or "" in names:
        raise ValueError("`dimensions` has one name twice, or an empty one")
    return tuple(names)


def _optional(given: Any) -> frozenset[str]:
    if not isinstance(given, list) or set(given) - _MAY_BE_MISSING:
        raise ValueError(f"`optional` must be a list of {', '.join(sorted(_MAY_BE_MISSING))}")
    return frozenset(given)


def _accuracy(given: Any) -> Accuracy | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) != {"reward_type", "weight"}:
        raise ValueError("`accuracy` must have a reward_type and a weight")
    weight = _number(given["weight"], "the weight of `accuracy` must be from 0 to 1")
    if not 0 <= weight <= 1:
        raise ValueError(f"the weight of `accuracy` must be from 0 to 1, not {weight:g}")
    return Accuracy(str(given["reward_type"]), weight)
