"""`ifeval`: reward a response for following the verifiable instructions of its prompt."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from rule_rm.extract import spoken
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.structured.instructions import INSTRUCTIONS, LIBRARIES, PRESETS, arguments_problem
from rule_rm.types import Rollout, Score, Status

_NAMES = ("instruction_id_list", "instruction_id")
Asked = list[tuple[str, dict[str, Any]]]


class Work(NamedTuple):
    """A text whose instructions need a package that takes long."""

    text: str
    asked: Asked


def _check(*, preset: str, **_: bool) -> None:
    one_of("preset", preset, PRESETS)


def decide(
    work: Work, *, all_or_nothing: bool = False, loose: bool = False, preset: str = "rule_rm"
) -> Score:
    """Return the share of instructions that a text follows; with `all_or_nothing` 1.0 for all, else 0.0."""
    texts = _variants(work.text) if loose else [work.text]
    follows = PRESETS[preset]
    broken = [
        name
        for name, arguments in work.asked
        if not any(variant and follows[name](variant, **arguments) for variant in texts)
    ]
    count = len(work.asked)
    kept = count - len(broken)
    reward = float(not broken) if all_or_nothing else kept / count
    explanation = f"not kept: {', '.join(broken)}"[:500] if broken else None
    metrics = {"kept": float(kept), "instructions": float(count)}
    return Score(reward, explanation=explanation, metrics=metrics)


@register(
    "ifeval",
    summary="the share of the prompt's verifiable instructions that the response keeps to",
    metrics=("kept", "instructions"),
    decide=decide,
    check=_check,
)
def ifeval(
    rollout: Rollout, *, all_or_nothing: bool = False, loose: bool = False, preset: str = "rule_rm"
) -> Score | Work:
    r"""Return the share of instructions followed; with `all_or_nothing` 1.0 for all of them, else 0.0.

    These are IFEval's accuracies by instruction and by prompt. `loose` also accepts a response that follows
    an instruction without its first line, its last line, or asterisks, as IFEval's loose accuracy does.

    The ground truth is `{"instruction_id_list": […], "kwargs": [{…}, …]}`, or the same with
    `"instruction_id"` (open-instruct). It is an object, its JSON text, or a list of one. Without a ground
    truth, `extra_info` may have these columns. IFEval's 25 kinds, IFBench's 58 and IF-RLVR's 29 are known; a
    prompt with another kind is unscored. `language:response_language`, `words:start_verb` and
    `words:odd_even_syllables` need the extra `instructions`. The preset "google" judges nine kinds with the
    quirks of IFEval's own code, for figures that can be compared. Only the text after the thinking counts; an
    empty one follows no instruction.

    >>> asked = {"instruction_id_list": ["punctuation:no_comma", "startend:quotation"], "kwargs": [{}, {}]}
    >>> ifeval(Rollout("", "No comma here", asked)).reward
    0.5
    """
    _check(preset=preset)
    given = rollout.ground_truth
    if given is None:
        given = rollout.extra_info if any(name in rollout.extra_info for name in _NAMES) else None
    if given is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there are no instructions")
    try:
        asked = read_instructions(given)
    except (ValueError, RecursionError) as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, f"the instructions can't be read: {error}"[:300])
    text = (spoken(rollout.response) or "").strip()
    if not text:
        metrics = {"kept": 0.0, "instructions": float(len(asked))}
        return Score(0.0, Status.NO_ANSWER, None, "nothing follows the thinking", metrics)
    work = Work(text, asked)
    if any(name in LIBRARIES for name, _ in asked):
        return work
    return decide(work, all_or_nothing=all_or_nothing, loose=loose, preset=preset)


def read_instructions(given: Any) -> Asked:
    """Return the instructions with their arguments. Raises ValueError if one can't be scored."""
    if isinstance(given, str):
        given = _parsed(given)
    if isinstance(given, list) and len(given) == 1:
        given = _parsed(given[0]) if isinstance(given[0], str) else given[0]
    if not isinstance(given, Mapping):
        raise ValueError("they must be an object")
    names: list[Any] = next((given[key] for key in _NAMES if isinstance(given.get(key), list)), [])
    arguments = given.get("kwargs") or [None] * len(names)
    if not names or not isinstance(arguments, list) or len(arguments) != len(names):
        raise ValueError("there must be a list of instructions, and one of as many arguments")
    return [_one(name, given) for name, given in zip(names, arguments, strict=True)]


def _parsed(text: str) -> Any:
    """Parse JSON, or the Python literal that open-instruct's datasets have."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError):
        raise ValueError("the text is neither JSON nor a literal of Python") from None


def _one(name: Any, given: Any) -> tuple[str, dict[str, Any]]:
    if name not in INSTRUCTIONS:
        raise ValueError(f"the instruction {name!r:.80} is none of {', '.join(INSTRUCTIONS)}")
    if given is not None and not isinstance(given, Mapping):
        raise ValueError(f"the arguments of {name} must be an object")
    # Datasets in columns have every argument of every kind, mostly null.
    arguments = {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in (given or {}).items()
        if value is not None and key in INSTRUCTIONS[name].__annotations__
    }
    if (why := arguments_problem(name, arguments)) is not None:
        raise ValueError(why)
    return name, arguments


def _variants(text: str) -> list[str]:
    """Return the text without its first line, its last line or both; each of them also without asterisks."""
    lines = text.split("\n")
    cuts = [lines, lines[1:], lines[:-1], lines[1:-1]]
    texts = ["\n".join(cut).strip() for cut in cuts]
    return texts + [text.replace("*", "") for text in texts]
