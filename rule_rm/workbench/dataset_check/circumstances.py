"""Tell rows with the same question apart: by choices, tools, pictures, numbers or earlier messages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rule_rm.extract.multiple_choice.listed_choices import choices_of
from rule_rm.golden.columns import cell
from rule_rm.golden.text import canonical
from rule_rm.workbench.dataset_check.findings import Numbered
from rule_rm.workbench.dataset_check.offers import IMAGES, TOOLS
from rule_rm.workbench.dataset_check.repeats import Same
from rule_rm.workbench.right_answers import NUMBERS

_ASKED = (*TOOLS, *IMAGES, *NUMBERS)
"""Columns that belong to the question, as rewards and checks read them."""
Groups = Sequence[Sequence[Numbered]]


def circumstances(numbered: Numbered, question_key: str) -> str:
    """Return a digest of the row's choices and the like; empty if it has none."""
    row = numbered.row
    asked: dict[str, Any] = {name: row.extra_info[name] for name in _ASKED if row.extra_info.get(name)}
    if choices := choices_of("", row.extra_info):
        asked["choices"] = {letter: " ".join(text.split()) for letter, text in choices.items()}
    if earlier := list(_earlier(cell(row.columns, question_key))):
        asked["messages"] = earlier
    if not asked:
        return ""
    text = json.dumps(asked, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _earlier(question: Any) -> Iterator[Any]:
    """Yield the messages of a chat before its last one of the user, which is the question."""
    if not isinstance(question, Sequence) or isinstance(question, str):
        return
    messages = [one for one in question if isinstance(one, Mapping)]
    last = max((at for at, one in enumerate(messages) if one.get("role") == "user"), default=0)
    for message in messages[:last]:
        yield [message.get("role"), message.get("content")]


def alike_but_beside(rows: Sequence[Numbered], asked: Mapping[int, str]) -> Groups:
    """Return the groups of rows with the same question whose circumstances differ."""
    groups: dict[str, list[Numbered]] = {}
    for numbered in rows:
        groups.setdefault(canonical(numbered.row.prompt), []).append(numbered)
    return [group for group in groups.values() if len({asked[one.index] for one in group}) > 1]


def ambiguities(groups: Groups, same: Same) -> Iterator[str]:
    """Yield a sentence if some of these groups have several answers, which a lookup can't choose from."""
    several = [
        group
        for group in groups
        if not all(same(one.row.ground_truth, group[0].row.ground_truth) for one in group)
    ]
    if several:
        count, (first, second) = sum(map(len, several)), several[0][:2]
        yield (
            f"{count} rows share their question, and differ in choices, tools, pictures, numbers or earlier "
            f"messages, as {second.row.place} from {first.row.place}; a lookup by the question can't tell "
            "them apart, so send the golden answer with each rollout"
        )
