"""Wire formats: turn the request of each trainer into rollouts, and scores into its reply.

There is one pure module for each format, found by being in this folder and detected by the request's keys.
None of them knows of HTTP. The tests are in `tests/protocols`, with captured requests.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Container, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Protocol, cast

from rule_rm.errors import PayloadError
from rule_rm.messages.groups import KEYS as GROUP_KEYS
from rule_rm.protocols._fields import Kind
from rule_rm.registry.signatures import GROUND_TRUTH_COLUMNS
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score


class WireFormat(Protocol):
    """The interface of every module in this package."""

    NAME: str
    """Which trainers speak it."""
    KEYS: tuple[str, ...]
    """The keys that every request of this format has and that tell it from others; "a or b" is either."""
    FIELDS: Mapping[str, Kind]
    """All keys that it reads by name, each with the kind of its value."""
    SUMMARY: str
    """One line on all of its keys."""
    REPLY: Mapping[str, Kind] | Kind
    """The keys that every reply has, or the kind of a reply that is not an object."""

    def parse_request(self, payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
        """Return the rollouts of a request; `chat_template` cuts responses out of whole texts.

        Raises PayloadError, with the field and the index, if a value is invalid.
        """

    def build_response(
        self,
        payload: Mapping[str, Any],
        scores: Sequence[Score],
        *,
        metrics: Sequence[str],
        unscored_reward: float,
    ) -> dict[str, Any] | list[dict[str, Any]] | float:
        """Return the reply to the request: the scores in order, with `unscored_reward` for an unscored one.

        `metrics` are the names that the reward type was registered with: a reply has all of them or none.
        """


COMMON_FIELDS = ("details", "group")
"""Keys that a request of any format may have."""
_MISPLACED = "reward_type"
GOLDEN = "golden"
_GOLDEN_NAMES = frozenset({*GROUND_TRUTH_COLUMNS, "reference", "reference_answer", "gold", "gt"})
"""Names that trainers and datasets have for a golden answer, in the singular."""
_FEW = 16
"""Keys up to which the formats that fit are remembered."""
_NEARLY = 0.8
"""The least similarity of a misspelt key: `golden_response`, `detail`, `data_source` for `data_sources`."""


def _wire_format(name: str) -> WireFormat:
    """Return a module of this package as a wire format. Raises TypeError if it lacks a name of one."""
    module = importlib.import_module(f"{__name__}.{name}")
    kinds: dict[str, Any] = {
        "NAME": str,
        "KEYS": tuple,
        "SUMMARY": str,
        "FIELDS": dict,
        "REPLY": (dict, Kind),
    }
    lacking = [one for one, kind in kinds.items() if not isinstance(getattr(module, one, None), kind)]
    lacking += [
        one for one in ("parse_request", "build_response") if not callable(getattr(module, one, None))
    ]
    if lacking:
        raise TypeError(f"the wire format {module.__name__} has no valid {', '.join(lacking)}")
    return cast(WireFormat, module)


FORMATS = tuple(
    _wire_format(module.name) for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
)


def path_of(wire_format: WireFormat) -> str | None:
    """Return the path that identifies a format; None if its keys do."""
    return getattr(wire_format, "PATH", None)


def is_list(wire_format: WireFormat) -> bool:
    """Return True if the body of a request is a bare list, which is then the value of the format's key."""
    return getattr(wire_format, "IS_LIST", False)


def has_others(wire_format: WireFormat) -> bool:
    """Return True if a request may have keys that `FIELDS` lacks, such as the columns of a dataset."""
    return getattr(wire_format, "HAS_OTHERS", False)


BY_KEYS = tuple(wire_format for wire_format in FORMATS if path_of(wire_format) is None)
BY_PATH = tuple(wire_format for wire_format in FORMATS if path_of(wire_format) is not None)


def recognise(payload: Mapping[str, Any]) -> WireFormat:
    """Return the format of a request by its keys. Raises PayloadError if none fits, or more than one.

    >>> recognise({"query": ["1+1? 2"]}).NAME
    'OpenRLHF, lmm-r1'
    """
    fitting = _fitting(tuple(payload)) if len(payload) <= _FEW else _all_fitting(payload)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = " and of ".join(candidate.NAME for candidate in fitting)
        raise PayloadError(f"the request has the keys of {names}; send one or the other")
    listed = "; ".join(
        f"{candidate.NAME}: {candidate.SUMMARY} (missing: {', '.join(_missing(candidate, payload))})"
        for candidate in BY_KEYS
    )
    meant = _meant(payload)
    raise PayloadError(f"the request is of no known format. {meant}{listed}", _one_missing_key(payload))


def check_names(wire_format: WireFormat, payload: Mapping[str, Any]) -> None:
    """Raise PayloadError for a key that nearly is one of the format's: its value would be ignored.

    So is any other name of a golden answer (`golden_answers`, `solution`, `references`) where the format's
    own is missing: all responses would be without one.

    >>> check_names(recognise({"query": []}), {"query": [], "label": ["4"]})
    Traceback (most recent call last):
    rule_rm.errors.PayloadError: label is not a field of OpenRLHF, lmm-r1; did you mean labels?
    """
    if has_others(wire_format):
        return
    known = {*wire_format.FIELDS, *COMMON_FIELDS}
    if "extra_infos" in known:
        # A request of several rows may have columns that name their groups.
        known |= {*GROUP_KEYS}
    for key in payload.keys() - known:
        meant = nearest_name(key, known) or _of_another(key, wire_format, payload)
        if meant in GROUP_KEYS and key[:2] != meant[:2]:
            # `id` and `uuid` are names of their own, as near as they are to `uid`.
            meant = None
        if meant is None and _names_golden(key):
            meant = next((name for name in wire_format.FIELDS if _names_golden(name)), None)
            meant = None if meant in payload else meant
        if meant is not None:
            raise PayloadError(f"{key} is not a field of {wire_format.NAME}; did you mean {meant}?", key)


def _of_another(key: str, wire_format: WireFormat, payload: Mapping[str, Any]) -> str | None:
    """Return the field that the request lacks and that other formats call so: `prompt_str` for `prompt`."""
    if _names_golden(key):
        return None
    lacking = (name for name in wire_format.FIELDS if payload.get(name) is None)
    return next((name for name in lacking if _stem(name) == _stem(key)), None)


def _stem(name: str) -> str:
    return name.removesuffix("_str").removesuffix("s")


def _names_golden(key: str) -> bool:
    """Return True if a key is a name of golden answers: `golden_responses`, `labels`, `reference_answer`."""
    return key.startswith(GOLDEN) or key.removesuffix("s") in _GOLDEN_NAMES


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that an unknown one resembles, if there is one.

    Raises PayloadError if it resembles `reward_type`, which is read from the path alone.
    """
    found = get_close_matches(name, [*known, _MISPLACED], 1, _NEARLY)
    if found == [_MISPLACED]:
        raise PayloadError(f"{name}: name the reward type in the path, /get_reward/NAME", name)
    return found[0] if found else None


@lru_cache(256)
def _fitting(names: tuple[str, ...]) -> Sequence[WireFormat]:
    """Return the formats that a request with these few keys fits: a run has the same keys in all requests."""
    return _all_fitting(names)


def _all_fitting(names: Container[str]) -> Sequence[WireFormat]:
    return [candidate for candidate in BY_KEYS if not _missing(candidate, names)]


def _missing(candidate: WireFormat, names: Container[str]) -> list[str]:
    return [key for key in candidate.KEYS if not _has(names, key)]


def _has(names: Container[str], key: str) -> bool:
    return any(name in names for name in key.split(" or "))


def _meant(payload: Mapping[str, Any]) -> str:
    """Return a sentence on the format that was meant if its keys are only misspelt, or nothing."""
    found: tuple[int, str] = (0, "")
    for candidate in BY_KEYS:
        missing = _missing(candidate, payload)
        others = [key for key in payload if key not in candidate.KEYS]
        nearest = [get_close_matches(key, others, 1, _NEARLY) for key in missing]
        right = len(candidate.KEYS) - len(missing)
        if all(nearest) and right >= found[0]:
            given = ", ".join(f"{key} (not {near[0]})" for key, near in zip(missing, nearest, strict=True))
            found = (right, f"Did you mean {given} of {candidate.NAME}? ")
    return found[1]


def _one_missing_key(payload: Mapping[str, Any]) -> str | None:
    """Return the only key that a format misses in this request; None if there are several or none."""
    begun = [candidate for candidate in BY_KEYS if any(_has(payload, key) for key in candidate.KEYS)]
    missing = [key for candidate in begun for key in _missing(candidate, payload)]
    return missing[0] if len(missing) == 1 else None
