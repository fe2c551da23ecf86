"""Calling conventions: a reward function written for any trainer, called as one of our own.

The convention is detected from the parameter names. A file written for OpenRLHF, verl, TRL, ms-swift or
align-anything works here unchanged. Functions that take lists are given the group of a rollout: all
responses to its prompt, and nothing else of the batch.
"""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from rule_rm.errors import RegistrationError
from rule_rm.registry.lone import LoneResponses
from rule_rm.registry.returned import as_scores
from rule_rm.registry.signatures import (
    CONVENTIONS,
    GROUND_TRUTH_COLUMNS,
    OWN,
    Convention,
    Named,
    conversation_of,
)
from rule_rm.types import Rollout, Score, Status

if TYPE_CHECKING:
    import asyncio

_VARIABLE = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def adapt(
    function: Callable[..., Any], where: str, *, groups: bool | None = None, timeout: float | None = None
) -> tuple[Callable[..., Score], dict[str, Any]]:
    """Return a function of any convention as `(rollout, **options) -> Score`, and its options.

    `where` names the function in errors. `groups` says whether the function is declared to score groups, of
    any size: then a response without company is not tried out. `timeout` is the declared one, in seconds.
    Raises RegistrationError if no convention fits.
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

    lone = (
        LoneResponses(score, timeout, is_given_lists=not convention.is_fed_singly) if groups is None else None
    )

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
    before = conversation_of(rollout)
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
        # Few rewards are asynchronous, and asyncio is a tenth of a second at the start.
        import asyncio

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
