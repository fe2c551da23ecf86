"""Verifiable instructions of IFEval (arXiv 2311.07911), and of IFBench and IF-RLVR (arXiv 2507.02833).

- `ifeval`, `ifeval_google`: IFEval's kinds, and those that its own code judges otherwise
- `rlvr`: IF-RLVR's kinds for training
- `ifbench_words`, `ifbench_sentences`, `ifbench_formats`, `ifbench_tasks`: IFBench's kinds, by their subject
- `libraries`: kinds that need a trained model or a dictionary, and with it the extra `instructions`
- `text`: sentences and words

A function takes the response and the instruction's arguments by their names in the data.

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
from rule_rm.structured.instructions.ifeval_google import GOOGLE
from rule_rm.structured.instructions.libraries import GOOGLE_LIBRARIES, LANGUAGES, LIBRARIES
from rule_rm.structured.instructions.rlvr import RLVR
from rule_rm.structured.instructions.text import Instruction

__all__ = ["INSTRUCTIONS", "LIBRARIES", "PRESETS", "Instruction", "arguments_problem"]

INSTRUCTIONS: dict[str, Instruction] = {
    **IFEVAL,
    **RLVR,
    **WORDS,
    **SENTENCES,
    **FORMATS,
    **TASKS,
    **LIBRARIES,
}
"""Each kind of instruction by its name in the datasets."""
PRESETS: dict[str, dict[str, Instruction]] = {
    "rule_rm": INSTRUCTIONS,
    "google": {**INSTRUCTIONS, **GOOGLE, **GOOGLE_LIBRARIES},
}
"""The kinds as this package judges them, and as IFEval's own code does."""


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
        is_right = _IS_OF[kind](value) and (key not in _VALUES or value in _VALUES[key])
        if not is_right:
            return f"{name}: {key} can't be {value!r:.80}"
    return None


_RELATIONS = ("at least", "less than")
_VALUES = {
    **dict.fromkeys(("relation", "let_relation", "capital_relation"), _RELATIONS),
    "language": LANGUAGES,
}
"""The values of the arguments that have only some."""
_NO_ARGUMENTS = frozenset({"text", "return"})
_IS_OF: dict[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "str": lambda value: isinstance(value, str) and bool(value.strip()),
    "list[str]": lambda value: (
        isinstance(value, list) and bool(value) and all(isinstance(one, str) and one.strip() for one in value)
    ),
}
"""The types of the arguments, by the text of their annotation: the table of functions is also theirs."""
