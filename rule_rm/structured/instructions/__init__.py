"""Verifiable instructions: those of IFEval (arXiv 2311.07911) and of IFBench (arXiv 2507.02833).

- `ifeval`: IFEval's kinds
- `ifbench_words`, `ifbench_sentences`, `ifbench_formats`, `ifbench_tasks`: IFBench's kinds, by their subject
- `text`: sentences and words

A function takes the response and the instruction's arguments by their names in the data. Four kinds of
IFBench are missing: they need a part-of-speech tagger, a dictionary of syllables, or a list of names or of
stop words.

Tests: `tests/structured`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rule_rm.structured.instructions.ifbench_formats import FORMATS
from rule_rm.structured.instructions.ifbench_sentences import SENTENCES
from rule_rm.structured.instructions.ifbench_tasks import TASKS
from rule_rm.structured.instructions.ifbench_words import WORDS
from rule_rm.structured.instructions.ifeval import IFEVAL
from rule_rm.structured.instructions.text import Instruction

__all__ = ["INSTRUCTIONS", "Instruction", "arguments_problem"]

INSTRUCTIONS: dict[str, Instruction] = {**IFEVAL, **WORDS, **SENTENCES, **FORMATS, **TASKS}
"""Each kind of instruction by its name in the datasets."""


def arguments_problem(name: str, arguments: dict[str, Any]) -> str | None:
    """Return the fault in the arguments of an instruction in `INSTRUCTIONS`; None if they are valid.

    >>> arguments_problem("punctuation:no_comma", {}), arguments_problem("startend:end_checker", {})
    (None, "startend:end_checker needs 'end_phrase'")
    """
    kinds = {
        key: kind for key, kind in INSTRUCTIONS[name].__annotations__.items() if key not in _NO_ARGUMENTS
    }
    if missing := [key for key in kinds if key not in arguments]:
        return f"{name} needs {missing[0]!r}"
    for key, kind in kinds.items():
        value = arguments[key]
        is_right = _IS_OF[kind](value) and (not key.endswith("relation") or value in _RELATIONS)
        if not is_right:
            return f"{name}: {key} can't be {value!r:.80}"
    return None


_RELATIONS = ("at least", "less than")
_NO_ARGUMENTS = frozenset({"text", "return"})
_IS_OF: dict[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "str": lambda value: isinstance(value, str) and bool(value.strip()),
    "list[str]": lambda value: (
        isinstance(value, list) and bool(value) and all(isinstance(one, str) and one.strip() for one in value)
    ),
}
"""The types of the arguments, by the text of their annotation: the table of functions is also theirs."""
