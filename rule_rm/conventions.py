"""Calling conventions: a reward function written for any trainer, called as one of our own.

The convention is told from the parameter names, so that a file written for OpenRLHF, verl, TRL, ms-swift
or align-anything works here unchanged. Functions that take lists are given lists of one: a verdict must
never depend on what else was in the batch.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rule_rm.errors import RegistrationError
from rule_rm.types import Rollout, Score, Status

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
"""What dataset columns that hold the golden answer are called; of several the first counts."""


def golden_answer(row: Mapping[str, Any]) -> Any:
    """The golden answer in a row of a dataset, whatever its column is called; None if there is none.

    >>> golden_answer({"question": "2+2?", "solution": "2+2=4", "answer": "4"})
    '4'
    """
    return next((row[name] for name in GROUND_TRUTH_COLUMNS if row.get(name) not in (None, "")), None)


@dataclass(frozen=True, slots=True)
class Convention:
    """How one family of trainers calls a reward function, and what it may return."""

    trainers: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    arguments: Callable[[Rollout, Named], dict[str, Any]]
    takes_columns: bool = False
    """True if further parameters are the columns of the dataset."""

    def __str__(self) -> str:
        optional = "".join(f"[, {name}]" for name in self.optional)
        return f"({', '.join(self.required)}{optional}{', **columns' if self.takes_columns else ''})"


def _columns(rollout: Rollout, named: Named) -> dict[str, Any]:
    """Lists of one for the dataset's columns: those that the function names, or all if it has **kwargs."""
    columns: dict[str, Any] = {
        "prompts": rollout.prompt,
        "completions": rollout.response,
        **rollout.extra_info,
    }
    if rollout.ground_truth is not None:
        columns |= {name: rollout.ground_truth for name in GROUND_TRUTH_COLUMNS if name not in columns}
    takes_all = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in named.values())
    return {name: [value] for name, value in columns.items() if takes_all or name in named}


CONVENTIONS = (
    Convention("this project's own", ("rollout",), (), lambda rollout, _: {"rollout": rollout}),
    Convention(
        "align-anything",
        ("prompts", "responses"),
        ("golden_responses",),
        lambda rollout, _: {
            "prompts": [rollout.prompt],
            "responses": [rollout.response],
            "golden_responses": [rollout.ground_truth],
        },
    ),
    Convention(
        "OpenRLHF, lmm-r1",
        ("queries", "prompts"),
        ("labels",),
        lambda rollout, _: {
            "queries": [rollout.prompt + rollout.response],
            "prompts": [rollout.prompt],
            "labels": [rollout.ground_truth],
        },
    ),
    Convention(
        "verl",
        ("solution_str", "ground_truth"),
        ("data_source", "extra_info"),
        lambda rollout, _: {
            "data_source": rollout.data_source,
            "solution_str": rollout.response,
            "ground_truth": rollout.ground_truth,
            "extra_info": dict(rollout.extra_info),
        },
    ),
    Convention("TRL, ms-swift", ("completions",), ("prompts",), _columns, takes_columns=True),
)


def adapt(function: Callable[..., Any], where: str) -> tuple[Callable[..., Score], dict[str, Any]]:
    """A function of any convention as `(rollout, **options) -> Score`, and its options with their defaults.

    Options are keyword-only parameters with a default that is a bool, a number or a text.
    `where` names the function in errors. Raises RegistrationError if no convention fits.
    """
    parameters = inspect.signature(function).parameters
    options = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        and isinstance(parameter.default, (bool, int, float, str))
    }
    named = {name: parameter for name, parameter in parameters.items() if name not in options}
    convention = _tell(named, where)

    def call(rollout: Rollout, **given: Any) -> Score:
        arguments = convention.arguments(rollout, named)
        if not convention.takes_columns:
            arguments = {name: value for name, value in arguments.items() if name in named}
        returned = function(**arguments, **given)
        if inspect.isawaitable(returned):
            returned = asyncio.run(_wait(returned))
        return as_score(returned)

    return call, options


async def _wait(awaitable: Any) -> Any:
    return await awaitable


def _tell(named: Named, where: str) -> Convention:
    """The convention that these parameters belong to."""
    for convention in CONVENTIONS:
        if all(name in named for name in convention.required):
            accepted = {*convention.required, *convention.optional}
            strange = [
                name
                for name, parameter in named.items()
                if name not in accepted
                and parameter.default is inspect.Parameter.empty
                and parameter.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
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


def as_score(returned: Any) -> Score:
    """What a reward function of any convention returned, for one rollout, as a Score.

    Takes a Score, a number, None (skipped), a list or tensor of one of these, verl's dict with `score`, and
    OpenRLHF's dict with `rewards`. Numbers next to them become metrics. Raises TypeError for anything else,
    ValueError for a number that is not finite.

    >>> as_score({"score": 1, "accuracy": 1.0}).metrics
    {'accuracy': 1.0}
    """
    if isinstance(returned, Score):
        return returned
    if isinstance(returned, Mapping):
        return _from_mapping(returned)
    reward = _single(returned)
    if reward is None:
        return Score.unscored(Status.SKIPPED, "the reward function returned None")
    return Score(reward)


def _from_mapping(returned: Mapping[str, Any]) -> Score:
    key = next((key for key in ("score", "rewards", "reward") if key in returned), None)
    if key is None:
        raise TypeError(
            f"the reward function returned a dict without 'score' or 'rewards': {sorted(returned)}"
        )
    reward = _single(returned[key])
    extra = {**returned, **(returned.get("extra_logs") or {})}
    metrics = {}
    for name, value in extra.items():
        if name not in (key, "scores", "extra_logs") and not isinstance(value, (str, Mapping)):
            number = _single(value)
            if number is not None:
                metrics[name] = number
    if reward is None:
        return Score.unscored(Status.SKIPPED, "the reward function returned None")
    return Score(reward, metrics=metrics)


def _single(value: Any) -> float | None:
    """The number in a scalar, a list of one or a tensor of one."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if len(value) != 1:
            raise TypeError(f"the reward function returned {len(value)} rewards for one rollout")
        return _single(value[0])
    if value is None:
        return None
    if isinstance(value, (bool, int, float)):
        return float(value)
    raise TypeError(f"the reward function returned {type(value).__name__}, which is no reward")
