"""Calling conventions: a reward function written for any trainer, called as one of our own.

The convention is detected from the parameter names. A file written for OpenRLHF, verl, TRL, ms-swift or
align-anything works here unchanged. Functions that take lists are given the group of a rollout: all
responses to its prompt, and nothing else of the batch.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from types import SimpleNamespace
from typing import Any, get_type_hints

from rule_rm.errors import RegistrationError
from rule_rm.registry.lone import LoneResponses
from rule_rm.registry.returned import as_scores
from rule_rm.types import Rollout, Score, Status

_VARIABLE = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
Named = Mapping[str, inspect.Parameter]
GROUND_TRUTH_COLUMNS = (
    "ground_truth",
    "golden_response",
    "expected_answer",
    "answer",
    "solution",
    "label",
    "target",
)
"""The names of dataset columns with the golden answer; of several the first counts."""


def golden_answer(row: Mapping[str, Any]) -> Any:
    """Return the golden answer in a row of a dataset, under any of its names; None if there is none.

    >>> golden_answer({"question": "2+2?", "solution": "2+2=4", "answer": "4"})
    '4'
    """
    return next((row[name] for name in GROUND_TRUTH_COLUMNS if row.get(name) not in (None, "")), None)


@dataclass(frozen=True, slots=True)
class Convention:
    """A calling convention: the arguments and the results of a family of reward functions."""

    trainers: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    arguments: Callable[[Rollout, Named], dict[str, Any]]
    takes_columns: bool = False
    """True if further parameters are the columns of the dataset."""
    may_be_conversation: bool = False
    """True if prompts and completions are texts for some functions, and lists of messages for others."""
    takes_lists: bool = False
    """True if the function takes the lists of a batch, and returns a list."""

    def __str__(self) -> str:
        optional = "".join(f"[, {name}]" for name in self.optional)
        return f"({', '.join(self.required)}{optional}{', **columns' if self.takes_columns else ''})"


def _conversation(rollout: Rollout) -> list[Mapping[str, Any]]:
    """Return the chat messages before the response; without any, one of the user with the prompt."""
    return list(rollout.messages or ({"role": "user", "content": rollout.prompt},))


def _columns(rollout: Rollout, named: Named) -> dict[str, Any]:
    """Return one-item lists for the dataset's columns; columns without a parameter go to **kwargs."""
    columns: dict[str, Any] = {
        "prompts": rollout.prompt,
        "completions": rollout.response,
        # ms-swift's column of this name ends with the response.
        "messages": [*_conversation(rollout), {"role": "assistant", "content": rollout.response}],
        **rollout.extra_info,
    }
    state = columns.pop("trainer_state", None)
    if rollout.ground_truth is not None:
        columns |= {name: rollout.ground_truth for name in GROUND_TRUTH_COLUMNS if name not in columns}
    listed: dict[str, Any] = {name: [value] for name, value in columns.items()}
    if isinstance(state, Mapping):
        listed["trainer_state"] = SimpleNamespace(**state)
    return listed | {name: _no_log for name in _LOGS if name in named}


_LOGS = ("log_metric", "log_extra")


def _no_log(*_: Any, **__: Any) -> None:
    """Accept and drop the log entries of a function for TRL."""


def _reward_input(rollout: Rollout) -> dict[str, Any]:
    """Return EasyR1's dictionary for one response."""
    return {
        **rollout.extra_info,
        "prompt": rollout.prompt,
        "response": rollout.response,
        "response_length": rollout.extra_info.get("response_length", len(rollout.response.split())),
        "ground_truth": rollout.ground_truth,
    }


OWN = Convention("this project's own", ("rollout",), (), lambda rollout, _: {"rollout": rollout})
CONVENTIONS = (
    OWN,
    Convention(
        "this project's own, of a group",
        ("rollouts",),
        (),
        lambda rollout, _: {"rollouts": [rollout]},
        takes_lists=True,
    ),
    Convention(
        "align-anything",
        ("prompts", "responses"),
        ("golden_responses",),
        lambda rollout, _: {
            "prompts": [rollout.prompt],
            "responses": [rollout.response],
            "golden_responses": [rollout.ground_truth],
        },
        takes_lists=True,
    ),
    Convention(
        "OpenRLHF, lmm-r1",
        ("queries", "prompts"),
        ("labels",),
        lambda rollout, _: {
            "queries": [rollout.text or rollout.prompt + rollout.response],
            "prompts": [rollout.prompt],
            "labels": [rollout.ground_truth],
        },
        takes_lists=True,
    ),
    Convention(
        "verl",
        ("solution_str", "ground_truth"),
        ("data_source", "extra_info", "reward_router_address", "reward_model_tokenizer"),
        lambda rollout, _: {
            "reward_router_address": None,
            "reward_model_tokenizer": None,
            "data_source": rollout.data_source,
            "solution_str": rollout.response,
            "ground_truth": rollout.ground_truth,
            "extra_info": dict(rollout.extra_info),
        },
    ),
    Convention(
        "verl's batches",
        ("solution_strs", "ground_truths"),
        ("data_sources", "extra_infos"),
        lambda rollout, _: {
            "data_sources": [rollout.data_source],
            "solution_strs": [rollout.response],
            "ground_truths": [rollout.ground_truth],
            "extra_infos": [dict(rollout.extra_info)],
        },
        takes_lists=True,
    ),
    Convention(
        "EasyR1",
        ("reward_inputs",),
        (),
        lambda rollout, _: {"reward_inputs": [_reward_input(rollout)]},
        takes_lists=True,
    ),
    Convention(
        "EasyR1, one at a time",
        ("reward_input",),
        (),
        lambda rollout, _: {"reward_input": _reward_input(rollout)},
    ),
    Convention(
        "rllm",
        ("task_info", "action"),
        (),
        lambda rollout, _: {
            "task_info": {
                **rollout.extra_info,
                "problem": rollout.prompt,
                "question": rollout.prompt,
                "ground_truth": rollout.ground_truth,
                "data_source": rollout.data_source,
            },
            "action": rollout.response,
        },
    ),
    Convention(
        "torchforge",
        ("prompt", "response", "target"),
        (),
        lambda rollout, _: {
            "prompt": rollout.prompt,
            "response": rollout.response,
            "target": rollout.ground_truth,
        },
    ),
    Convention(
        "AReaL",
        ("prompt", "completions"),
        ("prompt_ids", "completion_ids"),
        lambda rollout, named: {
            **{name: column[0] for name, column in _columns(rollout, named).items()},
            "prompt": rollout.prompt,
            "prompt_ids": rollout.extra_info.get("prompt_ids"),
            "completion_ids": rollout.extra_info.get("completion_ids"),
        },
        takes_columns=True,
    ),
    Convention(
        "TRL, ms-swift",
        ("completions",),
        ("prompts",),
        _columns,
        takes_columns=True,
        may_be_conversation=True,
        takes_lists=True,
    ),
    Convention(
        "TRL, of token ids",
        ("completion_ids",),
        ("prompts",),
        _columns,
        takes_columns=True,
        takes_lists=True,
    ),
    Convention(
        "verifiers",
        ("completion",),
        ("prompt", "answer", "info", "state"),
        lambda rollout, _: {
            "prompt": rollout.prompt,
            "completion": rollout.response,
            "answer": rollout.ground_truth,
            "info": dict(rollout.extra_info),
            "state": {},
        },
        may_be_conversation=True,
    ),
    Convention(
        "slime",
        ("args", "sample"),
        (),
        lambda rollout, _: {
            "args": SimpleNamespace(reward_key=None),
            "sample": SimpleNamespace(
                prompt=rollout.prompt,
                response=rollout.response,
                label=rollout.ground_truth,
                metadata=dict(rollout.extra_info),
            ),
        },
    ),
)


def adapt(
    function: Callable[..., Any], where: str, *, groups: bool | None = None
) -> tuple[Callable[..., Score], dict[str, Any]]:
    """Return a function of any convention as `(rollout, **options) -> Score`, and its options.

    `where` names the function in errors. `groups` says whether the function is declared to score groups, of
    any size: then a response without company is not tried out. Raises RegistrationError if no convention
    fits.
    """
    named, convention = _signature(function, where)
    if convention is OWN:
        _refuse_positional_options(named, where)

    def score(rollouts: Sequence[Rollout], given: Mapping[str, Any]) -> list[Score]:
        arguments = _joined([convention.arguments(rollout, named) for rollout in rollouts])
        if not _takes_all(named):
            arguments = {name: value for name, value in arguments.items() if name in named}
        if (missing := _missing_column(named, arguments)) is not None:
            return [missing] * len(rollouts)
        try:
            returned = _result(function, {**arguments, **given})
        except (TypeError, LookupError, AttributeError):
            # A function for conversations fails so on texts: `completions[0][0]["content"]`.
            if not convention.may_be_conversation:
                raise
            said = _joined([_as_conversations(arguments, rollout) for rollout in rollouts])
            with suppress(Exception):
                return as_scores(_result(function, {**arguments, **said, **given}), len(rollouts))
            raise
        return as_scores(returned, len(rollouts))

    lone = LoneResponses(score) if groups is None else None

    def call(rollout: Rollout, **given: Any) -> Score:
        if rollout.group is None:
            return score([rollout], given)[0]
        if convention.takes_lists and len(rollout.group) == 1 and lone is not None:
            return of_group([lone.score(rollout.group[0], given)])
        if convention.takes_lists:
            return of_group(score(rollout.group, given))
        return of_group([score([member], given)[0] for member in rollout.group])

    return call, options_of(function)


def takes_groups(function: Callable[..., Any]) -> bool:
    """Return True if the function takes the lists of a batch."""
    return _signature(function, "")[1].takes_lists


def of_group(members: Sequence[Score]) -> Score:
    """Return the score of a group, which holds those of its members."""
    return Score(0.0, explanation="the score of a group", members=tuple(members))


def _signature(function: Callable[..., Any], where: str) -> tuple[Named, Convention]:
    options = options_of(function)
    parameters = inspect.signature(function).parameters
    named = {name: parameter for name, parameter in parameters.items() if name not in options}
    return named, _tell(named, where)


def _joined(arguments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the lists of single rollouts as lists of all; None where a rollout lacks a column."""
    if len(arguments) == 1:
        return dict(arguments[0])
    names = dict.fromkeys(name for one in arguments for name in one)
    return {
        name: [part for one in arguments for part in one.get(name, [None])]
        if all(isinstance(one.get(name, []), list) for one in arguments)
        else next(one[name] for one in arguments if name in one)
        for name in names
    }


def options_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the options of a function, or of a class, with their defaults.

    Options are keyword-only parameters with a default that is a bool, a number or a string, or the fields of
    the frozen dataclass that a class takes as its one parameter `options`.
    """
    record = options_record(function)
    if record is not None:
        defaults = {field.name: field.default for field in fields(record)}
    else:
        defaults = {
            name: parameter.default
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
    return {name: value for name, value in defaults.items() if isinstance(value, (bool, int, float, str))}


def options_record(function: Callable[..., Any]) -> type[Any] | None:
    """Return the dataclass of a class's options, if its `__init__` takes only one, named `options`."""
    if not isinstance(function, type) or list(inspect.signature(function).parameters) != ["options"]:
        return None
    record = get_type_hints(vars(function).get("__init__", object)).get("options")
    return record if isinstance(record, type) and is_dataclass(record) else None


def _refuse_positional_options(named: Named, where: str) -> None:
    """Raise RegistrationError for a parameter that was meant as an option: options are keyword-only."""
    for name, parameter in named.items():
        if parameter.kind not in _VARIABLE and isinstance(parameter.default, (bool, int, float, str)):
            raise RegistrationError(
                f"{where}: parameter {name!r} has a default and would never be set; options come after a "
                f"bare *: def …(rollout, *, {name}={parameter.default!r})"
            )


def fits(function: Callable[..., Any]) -> bool:
    """Return True if the function has the parameters of a convention."""
    try:
        adapt(function, "")
    except (RegistrationError, ValueError):
        return False
    return True


def _takes_all(named: Named) -> bool:
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in named.values())


def _missing_column(named: Named, arguments: Mapping[str, Any]) -> Score | None:
    """Return the score if the function needs a column that this request does not have."""
    for name, parameter in named.items():
        is_needed = parameter.default is parameter.empty and parameter.kind not in _VARIABLE
        if is_needed and name not in arguments:
            status = Status.NO_GROUND_TRUTH if name in GROUND_TRUTH_COLUMNS else Status.ERROR
            return Score.unscored(status, f"the reward function needs {name!r}, which the request lacks")
    return None


def _as_conversations(arguments: Mapping[str, Any], rollout: Rollout) -> dict[str, Any]:
    """Return the prompts and completions among the arguments as messages."""
    before = _conversation(rollout)
    said = list(rollout.completion or ())
    if not said or not all(isinstance(message.get("content"), str) for message in said):
        # Items of a Responses reply are not chat messages.
        said = [{"role": "assistant", "content": rollout.response}]
    given = {"prompt": before, "prompts": [before], "completion": said, "completions": [said]}
    return {name: value for name, value in given.items() if name in arguments}


def _result(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    returned = function(**arguments)
    return _loop().run_until_complete(_wait(returned)) if inspect.isawaitable(returned) else returned


async def _wait(awaitable: Any) -> Any:
    return await awaitable


_loops: dict[int, asyncio.AbstractEventLoop] = {}


def _loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of this thread, always the same: clients and locks of a file are bound to it."""
    thread = threading.get_ident()
    key = hash((os.getpid(), thread))
    if key not in _loops:
        _loops[key] = asyncio.new_event_loop()
    return _loops[key]


def _tell(named: Named, where: str) -> Convention:
    """Return the convention that these parameters belong to."""
    for convention in CONVENTIONS:
        if all(name in named for name in convention.required):
            accepted = {*convention.required, *convention.optional}
            strange = [
                name
                for name, parameter in named.items()
                if name not in accepted
                and parameter.default is inspect.Parameter.empty
                and parameter.kind not in _VARIABLE
            ]
            if strange and not convention.takes_columns:
                raise RegistrationError(
                    f"{where}: parameter {strange[0]!r} is not part of the {convention.trainers} convention "
                    f"{convention}; remove it or give it a default"
                )
            return convention
    first = next(iter(named), None)
    accepted_ones = "; ".join(f"{convention} ({convention.trainers})" for convention in CONVENTIONS)
    what = f"parameter {first!r} begins no known convention" if first else "it has no parameters"
    raise RegistrationError(f"{where}: {what}; accepted are {accepted_ones}")
