"""Invariances: the right answer written in another way, which must earn as much as the plain form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.workbench.attack.empty_hacks import one
from rule_rm.workbench.attack.families import family
from rule_rm.workbench.attack.target import Case, Target
from rule_rm.workbench.right_answers import Kind

_TEXT = (Kind.TEXT,)
# An integer in plain digits: `-1234`.
_INTEGER = re.compile(r"-?\d{1,12}\Z")


@family("white_space", is_invariance=True)
def white_space(target: Target) -> Iterator[Case]:
    """Put white space around the response."""
    response = target.say(target.right)
    yield one("a line break at the end", f"{response}\n")
    yield one("spaces at the end", f"{response}  ")
    yield one("line breaks at the beginning", f"\n\n{response}")
    if target.kind is Kind.TEXT:
        yield one("a space in the mark", target.say(f"{target.right} "))
    if target.kind is not Kind.CODE:
        yield one("line ends of Windows", response.replace("\n", "\r\n"))


@family("longer_thinking", is_invariance=True)
def longer_thinking(target: Target) -> Iterator[Case]:
    """Think longer, and of other values, before the answer."""
    if "<think>" not in target.form.opening:
        return
    for what, text in {
        "words": "Let me think about it for a while. " * 40,
        "other numbers": "First I tried 17, then 3.5, and both were wrong.",
        "lines": "One.\n\nTwo.\n\nThree.",
        "another answer": f"At first it looks like {target.wrong}, but that fails the check.",
        "other scripts": "先看一下题目。 Überlegen wir kurz.",
    }.items():
        yield one(what, target.say(target.right).replace("Let me see.", text))


@family("integers", kinds=_TEXT, is_invariance=True)
def integers(target: Target) -> Iterator[Case]:
    """Write an integer with separators of thousands."""
    if _INTEGER.match(target.right) and len(target.right.lstrip("-")) > 3:
        yield one("commas", target.say(f"{int(target.right):,}"))


@family("dollar_signs", kinds=_TEXT, is_invariance=True)
def dollar_signs(target: Target) -> Iterator[Case]:
    """Set a number as a formula."""
    if _INTEGER.match(target.right) and "{}" in target.form.marks and "boxed" not in target.form.marks:
        yield one("dollar signs", target.say(f"${target.right}$"))
