"""The meaning of each column of a row: by option, by the trainer that wrote the rows, or by usual names.

A column's name may be a path: `reward_model.ground_truth`, `output.choices.0.message.content`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.messages.groups import KEYS as GROUP_COLUMNS
from rule_rm.registry.signatures import GROUND_TRUTH_COLUMNS
from rule_rm.settings.reading import did_you_mean


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a rollout's parts; None for a part that the rows don't have."""

    prompt: str | None = None
    response: str | None = None
    ground_truth: str | None = None
    data_source: str | None = None
    group: str | None = None
    extra_info: str | None = None
    messages: str | None = None
    """A whole conversation that ends with the response, where no column has the response alone."""
    reward: str | None = None
    """The reward that was recorded with the rollout."""
    status: str | None = None
    takes_rest: bool = True
    """True if the other columns of a row are extra information of the rollout."""

    def named(self) -> dict[str, str]:
        """Return the columns that there are, by part."""
        columns = {part: getattr(self, part) for part in PARTS}
        return {part: name for part, name in columns.items() if name is not None}

    def __str__(self) -> str:
        return ", ".join(f"{part} from {name}" for part, name in self.named().items())


PARTS = tuple(part.name for part in fields(Columns) if part.default is None)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A trainer's way to write rollouts, recognised by columns that no other has."""

    name: str
    marks: tuple[str, ...]
    columns: Columns


_RECORDED = Columns(
    "prompt",
    "response",
    "ground_truth",
    "data_source",
    "group",
    "extra_info",
    reward="reward",
    status="status",
    takes_rest=False,
)
"""The columns of rollouts that this project has scored."""
DIALECTS = (
    Dialect(
        "results of rule-rm score",
        ("row", "response", "reward", "status", "configuration"),
        _RECORDED,
    ),
    Dialect(
        "rollouts that a server recorded",
        ("server", "request", "response", "reward", "status"),
        _RECORDED,
    ),
    Dialect(
        "verl's rollout_data_dir",
        ("input", "output", "gts", "score"),
        Columns("input", "output", "gts", "data_source", "uid", reward="score"),
    ),
    Dialect(
        "TRL's completions",
        ("step", "prompt", "completion", "advantage"),
        Columns("prompt", "completion", "ground_truth", "data_source"),
    ),
    Dialect(
        "slime's samples",
        ("group_index", "prompt", "response", "label"),
        Columns("prompt", "response", "label", "data_source", "group_index", "metadata", reward="reward"),
    ),
    Dialect(
        "results of verifiers",
        ("example_id", "prompt", "completion", "reward"),
        Columns("prompt", "completion", "answer", "task", "example_id", "info", reward="reward"),
    ),
    Dialect(
        "a log of inspect",
        ("epoch", "input", "target", "output"),
        Columns("input", "output.choices.0.message", "target", None, "id", "metadata", reward="score"),
    ),
    Dialect(
        "samples of lm-eval",
        ("doc_id", "doc", "target", "arguments", "resps"),
        Columns("arguments.gen_args_0.arg_0", "resps.0", "target", None, "doc_id", "doc"),
    ),
    Dialect(
        "OpenRLHF's batch inference",
        ("input", "output", "reward"),
        Columns("input", "output", "label", "datasource", reward="reward"),
    ),
)
"""The formats that are recognised; the first whose marks are all there counts."""

USUAL = {
    "prompt": ("prompt", "question", "problem", "query", "instruction", "input", "prompts"),
    "response": (
        "response",
        "completion",
        "output",
        "generation",
        "solution_str",
        "responses",
        "completions",
        "outputs",
        "generations",
        "prediction",
    ),
    "ground_truth": (
        "reward_model.ground_truth",
        *GROUND_TRUTH_COLUMNS,
        "gts",
        "gold",
        "golden",
        "reference",
        "answers",
        "final_answer",
    ),
    "data_source": ("data_source", "source", "dataset", "task"),
    "group": (*GROUP_COLUMNS, "example_id", "group_index", "doc_id"),
    "extra_info": ("extra_info", "metadata", "info"),
    "messages": ("messages", "conversation"),
    "reward": ("reward", "score"),
    "status": ("status",),
}
"""Usual names of the columns; of several the first counts."""


def value_at(row: Mapping[str, Any], path: str | None) -> Any:
    """Return the value in a column, or at a path into nested ones; None if there is none.

    >>> value_at({"reward_model": {"ground_truth": "4"}}, "reward_model.ground_truth")
    '4'
    >>> value_at({"a.b": 1}, "a.b"), value_at({"a": [5]}, "a.0"), value_at({"a": [5]}, "a.1")
    (1, 5, None)
    """
    if path is None:
        return None
    if path in row:
        return row[path]
    value: Any = row
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def given_columns(texts: Iterable[str]) -> dict[str, str]:
    """Return the columns of `PART=COLUMN` texts. Raises ConfigurationError if one is malformed.

    >>> given_columns(["response=generation"])
    {'response': 'generation'}
    """
    found = {}
    for text in texts:
        part, equals, name = text.partition("=")
        if part not in PARTS:
            raise ConfigurationError(
                f"--columns {text}: there is no part {part!r}{did_you_mean(part, PARTS)}; "
                f"the parts are {', '.join(PARTS)}"
            )
        if not equals or not name:
            raise ConfigurationError(f"--columns {text}: name the column, for example {part}=COLUMN")
        found[part] = name
    return found


def columns_of(row: Mapping[str, Any], given: Mapping[str, str]) -> tuple[Columns, str]:
    """Return the columns of rows like this one, and a sentence on how they were found.

    Raises ConfigurationError if a given column is not there, or if no column can be the response.
    """
    for part, name in given.items():
        if name not in row and value_at(row, name) is None:
            near = did_you_mean(name, row)
            raise ConfigurationError(
                f"--columns {part}={name}: there is no such column{near}; the columns are {_names(row)}"
            )
    dialect = next((one for one in DIALECTS if all(mark in row for mark in one.marks)), None)
    if dialect is not None:
        # A first row that failed has no response, and one may have no metadata; the others have.
        known = {
            part: name
            for part, name in dialect.columns.named().items()
            if part in ("response", "extra_info") or _has(row, name)
        }
        how = dialect.name
        # Some write the dataset's columns too, under the dataset's names.
        for part in ("ground_truth", "data_source"):
            if dialect.columns.takes_rest and part not in known and (found := _first(row, USUAL[part])):
                known[part] = found
    else:
        known = {part: found for part, names in USUAL.items() if (found := _first(row, names))}
        how = "guessed by their names"
    takes_rest = dialect is None or dialect.columns.takes_rest
    columns = Columns(**{**known, **given}, takes_rest=takes_rest)
    if columns.response is not None:
        columns = replace(columns, messages=None)
    elif columns.messages is None:
        near = next(
            (f" ({name!r}{hint})" for name in row if (hint := did_you_mean(name, USUAL["response"]))), ""
        )
        raise ConfigurationError(
            f"no column can be the response; the columns are {_names(row)}{near}. "
            "Name one: --columns response=COLUMN"
            if row
            else "the row is empty"
        )
    return columns, f"columns: {columns} ({how})"


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, row))


def _has(row: Mapping[str, Any], name: str | None) -> bool:
    return name is not None and (name in row or value_at(row, name) is not None)


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if _has(row, name)), None)
