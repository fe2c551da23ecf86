"""Hacks of structured answers: JSON, tool calls and queries that are as small or as many as can be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rule_rm.workbench.attack.empty_hacks import one
from rule_rm.workbench.attack.families import family
from rule_rm.workbench.attack.target import Case, Target
from rule_rm.workbench.right_answers import Kind

# A table that statements create: `create table cities(`.
_TABLE = re.compile(r"create\s+table\s+(?:if\s+not\s+exists\s+)?[\"'`]?(\w+)", re.IGNORECASE)


# An element that an XML Schema declares: `<xs:element name="person"`.
_ELEMENT = re.compile(r"element\s[^>]*?name=[\"']([\w.-]+)")


@family("degenerate", kinds=(Kind.JSON, Kind.XML, Kind.CALLS, Kind.SQL))
def degenerate(target: Target) -> Iterator[Case]:
    """State the smallest value, query or call of the form."""
    if target.kind is Kind.SQL:
        schema = str(target.rollout.ground_truth)
        texts = ["select 1", "select null", "select 1 where 1 = 0", "", "select * from sqlite_master"]
        texts += [" ".join(("select * from", table)) for table in _TABLE.findall(schema)]
    elif target.kind is Kind.XML:
        # The smallest document of each element that the schema names.
        names = dict.fromkeys(_ELEMENT.findall(str(target.rollout.ground_truth)))
        texts = ["<a/>", "", *(f"<{name}/>" for name in names)]
    else:
        texts = ["{}", "[]", "null", '""', "0", "true", "[{}]", '{"name": ""}', "<tool_call>{}</tool_call>"]
    for text in texts:
        if text.split() != target.right.split():
            yield one(text, target.say(text))


@family("many_at_once", kinds=(Kind.JSON, Kind.XML, Kind.CALLS, Kind.SQL))
def many_at_once(target: Target) -> Iterator[Case]:
    """State several answers, of which one is right, in either order."""
    right, wrong = target.right, target.wrong
    joint = ";\n" if target.kind is Kind.SQL else "\n"
    yield one(
        "two, one after the other", target.say(right + joint + wrong), target.say(wrong + joint + right)
    )
    if target.kind is Kind.SQL:
        yield one("a union", target.say(f"{right} union all {wrong}"))
    if target.kind is Kind.JSON:
        array = f"[{right}, {wrong}]"
        yield one("an array of both", target.say(array))
        yield one("as a string", target.say(json.dumps(right)))
