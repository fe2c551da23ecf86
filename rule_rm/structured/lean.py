"""Read Lean 4 source: a formal statement, and the proof that a response gives for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rule_rm.errors import InternalError

_COMMENTS = re.compile(r"--[^\n]*|/-|-/")
"""A comment of a line, or either end of a block, which may hold other blocks: `-- so`, `/-`."""
_THEOREM = re.compile(r"^[ \t]*(?:theorem|lemma)\s+([^\s:({\[⦃]+)", re.MULTILINE)
"""The beginning of a statement, with its name: `theorem two_pos`."""
_HOLE = re.compile(r":=\s*(?:by\s*)?(?:sorry\s*)?\Z")
"""The end of a statement without a proof: `:= by sorry`, `:=`."""
_TOKEN = re.compile(r"[\w.'₀-₉]+|\S")
"""A name, a number, or another character: `Nat.succ`, `∀`."""
_PAIRS = {")": "(", "]": "[", "}": "{", "⟩": "⟨"}
_FORBIDDEN = re.compile(
    r"\b(?:run_tac|by_elab|run_meta|run_cmd|set_option|unsafe|debug)\b|\beval%|[\"«»]|(?<![\w'!?₀-₉])'"
)
"""Text that could run code in Lean, change its checks or hide a bracket: `run_tac`, a string, `'('`."""


class StatementError(InternalError, ValueError):
    """A golden answer is not a statement of Lean."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A formal statement."""

    before: str
    """Imports, openings and definitions before it."""
    name: str
    text: str
    """From `theorem` up to the colon of `:=`, without comments."""


def read_statement(text: str) -> Statement:
    """Return the last statement of a source, whose proof is left out or `sorry`.

    Raises StatementError if there is none.

    >>> read_statement("import Mathlib\\n\\ntheorem t (n : ℕ) : 0 ≤ n := by sorry").text
    'theorem t (n : ℕ) : 0 ≤ n'
    """
    source = without_comments(text)
    found = list(_THEOREM.finditer(source))
    hole = _HOLE.search(source)
    if not found or hole is None or hole.start() <= found[-1].start():
        raise StatementError("it is not a statement such as: theorem NAME : … := by sorry")
    start = found[-1].start()
    return Statement(source[:start].strip(), found[-1][1], source[start : hole.start()].strip())


def proof_of(source: str, statement: Statement) -> str | None:
    """Return the proof that a source gives for the statement; None if it does not have it word for word.

    White space and comments may differ. The text before the statement is not looked at.

    >>> proof_of("theorem t : 1 = 1 := by\\n  rfl", read_statement("theorem t : 1  = 1 := by sorry"))
    'by\\n  rfl'
    """
    plain = without_comments(source)
    tokens = _TOKEN.findall(statement.text)
    pattern = "".join(
        re.escape(one) + (r"\s+" if one[-1].isalnum() and two[0].isalnum() else r"\s*")
        for one, two in pairwise([*tokens, ":"])
    )
    found = list(re.finditer(pattern + r":=\s*", plain))
    return plain[found[-1].end() :].strip() or None if found else None


def fault_in(proof: str) -> str | None:
    """Return why a proof can't be put between brackets, as one term and nothing else; None if it can.

    >>> fault_in("by simp"), fault_in("trivial)\\naxiom a : False\\ntheorem u : True := (trivial")
    (None, 'its brackets do not pair up')
    """
    if found := _FORBIDDEN.search(proof):
        return f"it has {found.group()}, which no proof needs"
    open_ones: list[str] = []
    for sign in proof:
        if sign in _PAIRS.values():
            open_ones.append(sign)
        elif sign in _PAIRS and (not open_ones or open_ones.pop() != _PAIRS[sign]):
            return "its brackets do not pair up"
    return "its brackets do not pair up" if open_ones else None


def without_comments(source: str) -> str:
    """Return the source with a space for each comment; of a block that is not closed all the rest.

    >>> without_comments("a /- b /- c -/ d -/ e -- f")
    'a   e  '
    """
    kept, place, depth = [], 0, 0
    for found in _COMMENTS.finditer(source):
        if found.start() < place:
            continue
        if found.group() == "/-":
            if depth == 0:
                kept.append(source[place : found.start()])
            depth += 1
        elif found.group() == "-/":
            if depth == 1:
                kept.append(" ")
            depth = max(depth - 1, 0)
        elif depth == 0:
            kept += [source[place : found.start()], " "]
        else:
            continue
        place = found.end()
    return "".join(kept) + (source[place:] if depth == 0 else "")
