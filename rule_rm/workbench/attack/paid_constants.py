"""Constant responses that are paid for more questions than have equal answers.

A constant response is right wherever its answer is, so a sound reward pays it for one golden answer and those
that equal it. Which golden answers are equal is asked of the reward: two are, if it pays each of them in the
other's row. A constant that is paid beyond the largest such set is paid for something else than its answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from rule_rm.workbench.attack.attack import Baseline, Worth
from rule_rm.workbench.attack.target import Target
from rule_rm.workbench.attack.targets import ScoreAll, Targets
from rule_rm.workbench.right_answers import Kind, coordinates_of

_KINDS = frozenset({Kind.TEXT, Kind.CODE, Kind.CALLS})
"""Kinds with one right answer: one value may keep to many schemas, and one query may return many results."""
_LEAST_SHARE = 0.5
"""The share of rows in which a right answer must earn more. A reward of the length alone has fewer."""
_COMPARED = 12
"""Different golden answers that are compared with one another."""
_AT_LEAST = 2
"""Rows that have to be paid beyond the explained ones: one may be a fault of the dataset."""


@dataclass(frozen=True, slots=True)
class PaidConstant:
    """A response that is the same for every row, and the rows that pay it."""

    response: str
    rows: int
    paid: int
    explained: int
    """Paid rows whose golden answers are equal."""
    places: tuple[str, str]
    """Two rows that pay it and have different golden answers."""
    goldens: tuple[str, str]

    @property
    def unexplained(self) -> float:
        """The share of the rows that pay it although their golden answers differ."""
        return (self.paid - self.explained) / self.rows


def worst_constant(
    constants: Sequence[tuple[str, str]], targets: Targets, baseline: Baseline, score: ScoreAll
) -> PaidConstant | None:
    """Return the constant that is paid most beyond its answer; None if none is.

    Each constant is its answer and the response that states it; the answer is empty if it has several.
    """
    rows = {place: targets.targets[place] for place, worth in baseline.worths.items() if worth.tells_apart}
    judged = {place: one for place, one in rows.items() if one.kind in _KINDS and not _is_place(one)}
    if len(rows) < _LEAST_SHARE * len(baseline.worths) or len(judged) <= _AT_LEAST:
        return None
    found = [
        one
        for answer, response in constants
        if (one := _paid(answer, response, judged, baseline.worths, score)) is not None
    ]
    return max(found, key=lambda one: one.unexplained, default=None)


def _is_place(target: Target) -> bool:
    """Return True for a box or a point: one point is in many boxes."""
    return coordinates_of(target.rollout.ground_truth) is not None


def _paid(
    answer: str, response: str, rows: Mapping[int, Target], worths: Mapping[int, Worth], score: ScoreAll
) -> PaidConstant | None:
    scores = score([replace(one.rollout, response=response) for one in rows.values()])
    paid = [place for place, given in zip(rows, scores, strict=True) if worths[place].is_paid(given)]
    others = [place for place in paid if not _begins_with(rows[place], answer)]
    if len(others) < _AT_LEAST:
        return None
    equal = _largest_set(others, rows, worths, score)
    explained = len(paid) - len(others) + len(equal)
    if len(paid) - explained < _AT_LEAST:
        return None
    pair = equal[0], next(place for place in others if place not in equal)
    first, second = (rows[place] for place in pair)
    return PaidConstant(
        response,
        len(rows),
        len(paid),
        explained,
        (first.place, second.place),
        (first.right, second.right),
    )


def _begins_with(target: Target, answer: str) -> bool:
    """Return True if a golden answer is the answer, or has it as its label or number: `B` in `B. Paris`."""
    if not answer.strip():
        return False
    # The answer with nothing or white space after it, or after the sign of a label: `(b) Paris` for `B`.
    pattern = re.compile(rf"[(\[]?{re.escape(answer.strip())}[)\].:]*(?:\s|\Z)", re.IGNORECASE)
    return any(pattern.match(text.strip()) for text in (target.right, *target.names))


def _largest_set(
    places: Sequence[int], rows: Mapping[int, Target], worths: Mapping[int, Worth], score: ScoreAll
) -> list[int]:
    """Return the largest set of the rows whose golden answers equal that of one of them."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place in places:
        groups["".join(rows[place].right.split()).casefold()].append(place)
    sets = sorted(groups.values(), key=len, reverse=True)[:_COMPARED]
    pairs = list(permutations(range(len(sets)), 2))
    firsts = [rows[one[0]] for one in sets]
    asked = [
        replace(firsts[here].rollout, response=firsts[there].say(firsts[there].right))
        for here, there in pairs
    ]
    given = score(asked) if asked else ()
    pays = {pair for pair, one in zip(pairs, given, strict=True) if worths[sets[pair[0]][0]].is_paid(one)}
    equal = [
        [place for there, places in enumerate(sets) if _are_mutual(here, there, pays) for place in places]
        for here in range(len(sets))
    ]
    return max(equal, key=len)


def _are_mutual(here: int, there: int, pays: set[tuple[int, int]]) -> bool:
    return here == there or ((here, there) in pays and (there, here) in pays)
