"""Groups: the responses to one prompt, for rewards that compare them.

The rollouts of a request are one group if they share a key of the dataset (`prompt_id`, `uid`, `group`).
Without a key, consecutive responses to the same prompt are one group. A group is scored as one
rollout that holds its members. Trainers that send one response a request have no such batch:
`engine.gathering` puts their requests together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rule_rm.messages.fields import check_length
from rule_rm.types import Rollout, Score, Status

KEYS = ("prompt_id", "uid", "group", "group_id")
"""The keys under which datasets and trainers keep the identity of a prompt; the first one present counts."""
Places = tuple[int, ...]


def with_names(payload: Mapping[str, Any], infos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows' `extra_infos`, each with what the columns of a request say about its group.

    A string or a number names one group for the whole request. Raises PayloadError for a column of
    another length.

    >>> with_names({"uid": [7, 8]}, [{"index": 0}, {"uid": 9}])
    [{'uid': 7, 'index': 0}, {'uid': 9}]
    """
    for name in KEYS:
        column = payload.get(name)
        if isinstance(column, (str, int, float)) and not isinstance(column, bool):
            column = [column] * len(infos)
        if isinstance(column, list):
            check_length(column, name, len(infos))
            infos = [{name: value, **info} for value, info in zip(column, infos, strict=True)]
    return infos


def places_of_groups(rollouts: Sequence[Rollout]) -> list[Places]:
    """Return the places of the members of each group, in the order of their first members.

    >>> places_of_groups([Rollout("a", "1"), Rollout("a", "2"), Rollout("b", "3"), Rollout("a", "4")])
    [(0, 1), (2,), (3,)]
    """
    groups: dict[object, list[int]] = {}
    run = 0
    for place, rollout in enumerate(rollouts):
        if place and not _is_same_prompt(rollouts[place - 1], rollout):
            run += 1
        key = _key(rollout)
        groups.setdefault(("run", run) if key is None else ("key", key), []).append(place)
    return [tuple(places) for places in groups.values()]


def bundled(rollouts: Sequence[Rollout], groups: Iterable[Places]) -> list[Rollout]:
    """Return one rollout for each group: its first member, with all of them in `group`."""
    return [
        replace(rollouts[places[0]], group=tuple(rollouts[place] for place in places)) for places in groups
    ]


def scattered(scores: Sequence[Score], groups: Sequence[Places]) -> list[Score]:
    """Return the score of each rollout: its own, or that of its group if there is only one.

    A member took the seconds of its whole group, which was scored at once.
    """
    found: dict[int, Score] = {}
    for score, places in zip(scores, groups, strict=True):
        own = score.members if len(score.members) == len(places) else (score,) * len(places)
        own = tuple(replace(one, seconds=score.seconds) for one in own)
        found |= dict(zip(places, own, strict=True))
    return [found[place] for place in range(len(found))]


def identity(rollout: Rollout) -> tuple[str, str]:
    """Return the common key of the responses to one prompt, for responses in separate requests.

    >>> identity(Rollout("a", "1")) == identity(Rollout("a", "2"))
    True
    >>> [identity(Rollout("a", "1", extra_info={"uid": name})) for name in (7, 7.0, "7")]
    [('key', '7'), ('key', '7'), ('key', '7')]
    """
    key = _key(rollout)
    return ("key", key) if key is not None else ("prompt", repr((rollout.prompt, rollout.messages)))


def without_group() -> Score:
    """Return the score of a response that came alone, for rewards that compare the members of a group."""
    return Score.unscored(
        Status.ERROR,
        "the response came without its group; send the responses to a prompt in one request, or set "
        "--group-size to their number",
    )


def _key(rollout: Rollout) -> str | None:
    values = (rollout.extra_info.get(name) for name in KEYS)
    return next((_name(value) for value in values if isinstance(value, (str, int, float))), None)


def _name(value: str | float) -> str:
    """Return the name of a group: 1 and 1.0 are one number in JSON, and a null in a column makes it 1.0."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return f"{int(value)}"
    return f"{value}"


def _is_same_prompt(left: Rollout, right: Rollout) -> bool:
    return (left.prompt, left.messages) == (right.prompt, right.messages)
