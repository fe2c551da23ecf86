"""The calling conventions of all trainers, and the arguments that each makes of a rollout.

A convention is recognised by the names of a function's parameters; `conventions` calls the functions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from rule_rm.types import Rollout

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
    is_fed_singly: bool = False
    """True if its own trainer gives such a function one response at a time."""

    def __str__(self) -> str:
        optional = "".join(f"[, {name}]" for name in self.optional)
        return f"({', '.join(self.required)}{optional}{', **columns' if self.takes_columns else ''})"


def conversation_of(rollout: Rollout) -> list[Mapping[str, Any]]:
    """Return the chat messages before the response; without any, one of the user with the prompt."""
    return list(rollout.messages or ({"role": "user", "content": rollout.prompt},))


def _columns(rollout: Rollout, named: Named) -> dict[str, Any]:
    """Return one-item lists for the dataset's columns; columns without a parameter go to **kwargs."""
    columns: dict[str, Any] = {
        "prompts": rollout.prompt,
        "completions": rollout.response,
        # ms-swift's column of this name ends with the response.
        "messages": [*conversation_of(rollout), {"role": "assistant", "content": rollout.response}],
        **rollout.extra_info,
    }
    state = columns.pop("trainer_state", None)
    ids = next((columns[name] for name in _IDS if columns.get(name) is not None), None)
    if ids is not None:
        columns |= dict.fromkeys(_IDS, ids)
    if rollout.ground_truth is not None:
        columns |= {name: rollout.ground_truth for name in GROUND_TRUTH_COLUMNS if name not in columns}
    listed: dict[str, Any] = {name: [value] for name, value in columns.items()}
    if isinstance(state, Mapping):
        listed["trainer_state"] = SimpleNamespace(**state)
    return listed | {name: _no_log for name in _LOGS if name in named}


_IDS = ("completion_ids", "response_token_ids")
"""TRL's name of the response's tokens, and ms-swift's: a function for one gets those of the other."""
_LOGS = ("log_metric", "log_extra")


def _no_log(*_: Any, **__: Any) -> None:
    """Accept and drop the log entries of a function for TRL."""


def _reward_input(rollout: Rollout) -> dict[str, Any]:
    """Return EasyR1's dictionary for one response."""
    return {
        **rollout.extra_info,
        "prompt": rollout.prompt,
        "response": rollout.response,
        "response_length": _length(rollout),
        "ground_truth": rollout.ground_truth,
    }


def _length(rollout: Rollout) -> Any:
    """Return the number of tokens; where the trainer sends none, that of the words."""
    info = rollout.extra_info
    words = info.get("completion_ids") or rollout.response.split()
    return info.get("response_length", len(words))


_SLIME = SimpleNamespace(reward_key=None)


def _sample(rollout: Rollout) -> SimpleNamespace:
    """Return slime's Sample of one response."""
    info = dict(rollout.extra_info)
    return SimpleNamespace(
        index=info.get("index"),
        group_index=info.get("group_index"),
        prompt=rollout.prompt,
        tokens=list(info.get("completion_ids") or ()),
        response=rollout.response,
        response_length=_length(rollout),
        label=rollout.ground_truth,
        reward=None,
        status=None,
        remove_sample=False,
        metadata=info,
    )


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
        is_fed_singly=True,
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
            **{
                name: column[0] if isinstance(column, list) else column
                for name, column in _columns(rollout, named).items()
            },
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
        ("prompt", "answer", "info", "state", "task"),
        lambda rollout, _: {
            "prompt": rollout.prompt,
            "completion": rollout.response,
            "answer": rollout.ground_truth,
            "info": dict(rollout.extra_info),
            "state": {},
            "task": rollout.data_source or "default",
        },
        may_be_conversation=True,
    ),
    Convention(
        "slime",
        ("args", "sample"),
        (),
        lambda rollout, _: {"args": _SLIME, "sample": _sample(rollout)},
    ),
    Convention(
        "slime, of a group",
        ("args", "samples"),
        (),
        lambda rollout, _: {"args": _SLIME, "samples": [_sample(rollout)]},
        takes_lists=True,
    ),
    Convention(
        "EasyR1's older files",
        ("predict_str", "ground_truth"),
        (),
        lambda rollout, _: {"predict_str": rollout.response, "ground_truth": rollout.ground_truth},
    ),
    Convention(
        "EasyR1's older batches",
        ("predicts", "ground_truths"),
        (),
        lambda rollout, _: {"predicts": [rollout.response], "ground_truths": [rollout.ground_truth]},
        takes_lists=True,
    ),
    Convention(
        "no trainer",
        ("response", "ground_truth"),
        ("prompt", "messages", "data_source", "extra_info"),
        lambda rollout, _: {
            "prompt": rollout.prompt,
            "response": rollout.response,
            "ground_truth": rollout.ground_truth,
            "messages": conversation_of(rollout),
            "data_source": rollout.data_source,
            "extra_info": dict(rollout.extra_info),
        },
    ),
)
