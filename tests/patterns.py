"""Decide whether a regular expression can take exponential time: whether a loop reads one text in two ways.

A backtracking engine that fails behind such a loop tries both ways for each turn, so n turns take 2^n steps.
The loop's automaton is walked with two markers that read the same characters. If they part, and meet again in
the loop, there are two ways. A lookaround of one character is read, and a longer one is taken to hold. So a
loop that only a long lookaround makes harmless is reported too.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

_IS_NEW = sys.version_info >= (3, 11)
sre: Any = importlib.import_module("re._constants" if _IS_NEW else "sre_constants")
parser: Any = importlib.import_module("re._parser" if _IS_NEW else "sre_parse")
MANY = 16
"""Turns from which a loop counts: 2^16 steps take milliseconds."""
_SAMPLES = "aZé5_ \n\t.,-'答"
_SETS = {
    sre.CATEGORY_DIGIT: re.compile(r"\d"),
    sre.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    sre.CATEGORY_SPACE: re.compile(r"\s"),
    sre.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    sre.CATEGORY_WORD: re.compile(r"\w"),
    sre.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
_LOOPS = tuple(
    getattr(sre, name) for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") if hasattr(sre, name)
)
BOTH = -1
"""Any character, as a set of bits."""
_IGNORECASE = int(re.IGNORECASE)
HUB, NEW_TURN = 0, -1
"""The state in which a turn of the loop begins, and the note that one has begun."""


class _Edge(NamedTuple):
    """A step without a character: to a state, if the last character is in one set and the next in another."""

    to: int
    behind: int = BOTH
    ahead: int = BOTH


class _Automaton:
    """States joined by steps with a character and steps without one."""

    def __init__(self, alphabet: str, flags: int) -> None:
        self.alphabet = alphabet
        # A plain number: its bits are asked for a million times, and an enum's cost more.
        self.flags = int(flags)
        self.bits: dict[str, int] = {}
        """The bit of each character, or of all that it equals if case is ignored."""
        for at, c in enumerate(alphabet):
            self.bits[self._folded(c)] = self.bits.get(self._folded(c), 0) | 1 << at
        self.edges: list[list[_Edge]] = []
        self.reads: dict[int, tuple[int, int]] = {}
        """The characters that are read from a state, as a set of bits, and the state after them."""
        self.word = self.mask(lambda c: _SETS[sre.CATEGORY_WORD].match(c) is not None)

    def mask(self, holds: Any) -> int:
        return sum(1 << at for at, c in enumerate(self.alphabet) if holds(c))

    def state(self) -> int:
        self.edges.append([])
        return len(self.edges) - 1

    def characters(self, op: Any, value: Any) -> int:
        """Return the characters that an item of one character matches."""
        if op is sre.ANY:
            return self.mask(lambda c: c != "\n" or self.flags & re.DOTALL)
        if op is sre.LITERAL or op is sre.NOT_LITERAL:
            found = self.bits.get(self._folded(chr(value)), 0)
            return found if op is sre.LITERAL else ~found & ((1 << len(self.alphabet)) - 1)
        found, negated = 0, False
        for kind, item in value:
            if kind is sre.NEGATE:
                negated = True
            elif kind is sre.LITERAL:
                found |= self.bits.get(self._folded(chr(item)), 0)
            elif kind is sre.RANGE:
                found |= self.mask(lambda c, item=item: self._within(c, *item))
            else:
                found |= self.mask(lambda c, item=item: _SETS[item].match(c) is not None)
        return ~found & ((1 << len(self.alphabet)) - 1) if negated else found

    def _folded(self, c: str) -> str:
        return c.lower() if self.flags & _IGNORECASE else c

    def _within(self, c: str, low: int, high: int) -> bool:
        forms = (c, c.lower(), c.upper()) if self.flags & _IGNORECASE else (c,)
        return any(len(form) == 1 and low <= ord(form) <= high for form in forms)

    def add(self, items: Any, start: int) -> int:
        """Add the items of a parsed pattern behind a state; return the state behind them."""
        for op, value in items:
            start = self._item(op, value, start)
        return start

    def _item(self, op: Any, value: Any, start: int) -> int:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            end = self.state()
            self.reads[start] = (self.characters(op, value), end)
            # A state that reads has no other way on.
            after = self.state()
            self.edges[end].append(_Edge(after))
            return after
        end = self.state()
        if op is sre.BRANCH:
            for branch in value[1]:
                first = self.state()
                self.edges[start].append(_Edge(first))
                self.edges[self.add(branch, first)].append(_Edge(end))
        elif op is sre.SUBPATTERN:
            self.edges[self.add(value[3], start)].append(_Edge(end))
        elif op in _LOOPS:
            self._loop(value, start, end)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            self.edges[start].append(self._look(op, value, end))
        elif op is sre.AT:
            self._place(value, start, end)
        elif op is getattr(sre, "ATOMIC_GROUP", None):
            self.edges[self.add(value, start)].append(_Edge(end))
        else:  # a reference to a group: its text is not known
            self.edges[start].append(_Edge(end))
        return end

    def _loop(self, value: Any, start: int, end: int) -> None:
        least, most, body = value
        first = self.state()
        self.edges[start].append(_Edge(first))
        last = self.add(body, first)
        self.edges[last].append(_Edge(end))
        if most > 1:
            self.edges[last].append(_Edge(first))
        if least == 0:
            self.edges[start].append(_Edge(end))

    def _look(self, op: Any, value: Any, end: int) -> _Edge:
        """Return the step of a lookaround: what it says of the last or the next character, if it is one."""
        direction, body = value
        one = _one_character(body)
        if one is None:
            return _Edge(end)
        found = self.characters(*one)
        if op is sre.ASSERT_NOT:
            found = ~found
        return _Edge(end, ahead=found) if direction > 0 else _Edge(end, behind=found)

    def _place(self, value: Any, start: int, end: int) -> None:
        word = self.word
        if value is sre.AT_BOUNDARY:
            self.edges[start] += [_Edge(end, word, ~word), _Edge(end, ~word, word)]
        elif value is sre.AT_NON_BOUNDARY:
            self.edges[start] += [_Edge(end, word, word), _Edge(end, ~word, ~word)]
        elif value in (sre.AT_END_STRING, sre.AT_BEGINNING_STRING):
            return  # nothing follows the end, or precedes the beginning
        elif value is sre.AT_BEGINNING and self.flags & re.MULTILINE:
            self.edges[start].append(_Edge(end, behind=self.mask(lambda c: c == "\n")))
        elif value is sre.AT_END and self.flags & re.MULTILINE:
            self.edges[start].append(_Edge(end, ahead=self.mask(lambda c: c == "\n")))

    def steps(self, state: int, behind: int) -> list[tuple[int, int, int]]:
        """Return the reading states from a state, each with the sets of last and next characters it needs.

        There is one for each way, so a state that is reached in two ways is there twice. A way begins one
        new turn of the loop at most, as no turn may be empty.
        """
        found: list[tuple[int, int, int]] = []
        waiting = [(state, behind, BOTH, frozenset({state}))]
        while waiting:
            at, before, ahead, seen = waiting.pop()
            if at in self.reads:
                found.append((at, before, ahead))
            for edge in self.edges[at]:
                last, after = before & edge.behind, ahead & edge.ahead
                if not last or not after or edge.to in seen or (edge.to == HUB and NEW_TURN in seen):
                    continue
                passed = frozenset({HUB, NEW_TURN}) if edge.to == HUB else seen | {edge.to}
                waiting.append((edge.to, last, after, passed))
        return found


def _one_character(body: Any) -> tuple[Any, Any] | None:
    """Return the item of a pattern that reads one character; None of any other pattern."""
    items = list(body)
    while len(items) == 1 and items[0][0] is sre.SUBPATTERN:
        items = list(items[0][1][3])
    if len(items) == 1 and items[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        return items[0]
    return None


def _loops(items: Any) -> Iterator[Any]:
    """Yield the bodies of the loops of many turns, except those whose turn is read in one way for certain."""
    for op, value in items:
        if op in _LOOPS:
            body = list(value[2])
            if value[1] >= MANY and not _is_atomic(body):
                yield body
            yield from _loops(body)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _loops(branch)
        elif op is sre.SUBPATTERN:
            yield from _loops(value[3])
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _loops(value[1])


def _is_atomic(body: list[Any]) -> bool:
    """Return True for a lookahead with a group and a reference to it, which are matched in one way."""
    while len(body) == 1 and body[0][0] is sre.SUBPATTERN:
        body = list(body[0][1][3])
    return len(body) == 2 and body[0][0] is sre.ASSERT and body[1][0] is sre.GROUPREF


def _literals(items: Any) -> Iterator[str]:
    for op, value in items:
        if op in (sre.LITERAL, sre.NOT_LITERAL):
            yield chr(value)
        elif op is sre.RANGE:
            yield chr(value[0])
            yield chr(value[1])
        elif op is sre.IN:
            yield from _literals(value)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _literals(branch)
        elif op is sre.SUBPATTERN:
            yield from _literals(value[3])
        elif op in _LOOPS:
            yield from _literals(value[2])
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _literals(value[1])


def ambiguous_text(pattern: re.Pattern[str]) -> str | None:
    """Return a text that a loop of the pattern reads in two ways; None if there is none.

    >>> [ambiguous_text(re.compile(one)) is None for one in ("(?:a|b|ab)*c", "(?:a|b)*c")]
    [False, True]
    """
    for body in _loops(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)):
        # Lists of phrases, and so their loops, are parts of many patterns.
        loop = str(body), pattern.flags
        if loop not in _texts:
            forms = {form for c in _literals(body) for form in (c, c.lower(), c.upper()) if len(form) == 1}
            _texts[loop] = _two_ways(body, "".join(sorted(forms | set(_SAMPLES))), pattern.flags)
        if (text := _texts[loop]) is not None:
            return text
    return None


_texts: dict[tuple[str, int], str | None] = {}
"""The text that a loop reads in two ways, by the loop and its flags."""


def _two_ways(body: list[Any], alphabet: str, flags: int) -> str | None:
    automaton = _Automaton(alphabet, flags)
    first = automaton.state()
    last = automaton.add(body, first)
    automaton.edges[last].append(_Edge(first))
    known: dict[int, list[tuple[int, int, int]]] = {}

    def steps(state: int) -> list[tuple[int, int, int]]:
        if state not in known:
            behind, after = automaton.reads[state]
            known[state] = automaton.steps(after, behind)
        return known[state]

    texts: dict[tuple[int, int], str] = {}
    waiting: list[tuple[int, int]] = []
    for state in automaton.reads:
        texts[state, state] = ""
        waiting.append((state, state))
    for one, other in waiting:
        text = texts[one, other]
        ones, others = steps(one), steps(other)
        for i, (a, behind_a, ahead_a) in enumerate(ones):
            for j, (b, behind_b, ahead_b) in enumerate(others):
                if one == other and i >= j:
                    continue
                behind = behind_a & behind_b & automaton.reads[one][0] & automaton.reads[other][0]
                ahead = ahead_a & ahead_b & automaton.reads[a][0] & automaton.reads[b][0]
                if not behind or not ahead:
                    continue
                said = text + alphabet[(ahead & -ahead).bit_length() - 1]
                if a == b:
                    return said
                pair = (min(a, b), max(a, b))
                if pair not in texts:
                    texts[pair] = said
                    waiting.append(pair)
    return None
