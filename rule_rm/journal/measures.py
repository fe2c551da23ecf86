"""Measures of the text of a response, each a share from 0 to 1, that a policy may drift by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rule_rm.journal.rows import Row

END = 4000
"""Characters at the end of a response that are measured."""
PIECE, PIECES = 24, 32
"""Characters of a piece, about four words, and the pieces of a response that are looked up."""
TWICE = 2
"""The times that a piece was there before. A draft and its final form have it once, a loop has it often."""


def foreign(row: Row) -> float:
    """Return the share of a response's letters in scripts that neither prompt nor golden answer has."""
    said, known = (row.response or "")[-END:], f"{(row.prompt or '')[-END:]}{(row.ground_truth or '')[-END:]}"
    # Of ASCII, all letters are Latin. Most runs are in one language.
    if said.isascii() and known.isascii():
        return 0.0
    # The package that extracts answers is imported when it is needed, as for the signs of exploits.
    from rule_rm.extract.response.scripts import letters_by_script

    asked, found = letters_by_script(known), letters_by_script(said)
    if not asked or not found:
        return 0.0
    return sum(count for script, count in found.items() if script not in asked) / found.total()


def repeated(row: Row) -> float:
    """Return the share of a response that was in it twice before."""
    said = (row.response or "")[-END:]
    found = [said.count(said[at : at + PIECE], 0, at) >= TWICE for at in _places(said)]
    return sum(found) / len(found) if found else 0.0


def copied(row: Row) -> float:
    """Return the share of a response that is in its prompt and not in its golden answer."""
    said, prompt, golden = (row.response or "")[-END:], row.prompt or "", row.ground_truth or ""
    pieces = [said[at : at + PIECE] for at in _places(said)]
    return sum(one in prompt and one not in golden for one in pieces) / len(pieces) if pieces else 0.0


def _places(text: str) -> Iterator[int]:
    """Return the places of pieces, evenly over a text; none in a short one."""
    last = len(text) - PIECE
    return iter(range(0, last + 1, max(1, last // PIECES))) if last >= 0 else iter(())


MEASURES: tuple[tuple[str, Callable[[Row], float]], ...] = (
    ("letters in scripts that neither prompt nor golden answer has", foreign),
    ("text that was there twice before", repeated),
    ("text that is copied from the prompt", copied),
)
"""The measures, with what each is a share of."""
