"""The messages between server and worker: a task goes in as a pickle, a result comes back as JSON.

Rollout, Score and the work of a first step travel whole, so a field added to any of them arrives. The pickles
are written by the server alone. A worker that hostile input has taken over can forge only its own verdict,
since reading JSON runs no code.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import fields
from typing import Any, NamedTuple

from rule_rm.registry import Work
from rule_rm.types import Score, Status

TASK_LIMIT = 1 << 30
RESULT_LIMIT = 1 << 20
EXPLANATION_LIMIT = 500


class Task(NamedTuple):
    """A worker's task: the work of a reward, which is the rollout where the reward has a single step."""

    reward_type: str
    work: Work
    is_whole: bool = False
    """True if the work is a rollout whose first step the worker takes too."""


class Result(NamedTuple):
    """A worker's answer."""

    score: Score
    retire: bool
    """True if the worker should be replaced."""
    printed: str
    """The beginning of the reward function's output."""


def encode_task(task: Task) -> bytes:
    """Return the task as a frame. Raises the errors of pickle if its work can't be pickled."""
    return pickle.dumps(task, protocol=5)


def decode_task(frame: bytes) -> Task:
    """Return the task in a frame that the server wrote."""
    task: Task = pickle.loads(frame)  # noqa: S301 - written by the server that forked us
    return task


def encode_result(result: Result) -> bytes:
    """Return the result as a frame; an error instead of a score that is too large or no JSON."""
    try:
        frame = _as_json(result)
        if len(frame) <= RESULT_LIMIT:
            return frame
        error = f"the score has {len(frame)} bytes where {RESULT_LIMIT} are allowed"
    except (TypeError, ValueError) as unencodable:
        error = f"the score can't be sent: {unencodable}"
    return _as_json(result._replace(score=Score.unscored(Status.ERROR, error[:EXPLANATION_LIMIT])))


def decode_result(frame: bytes) -> Result:
    """Return the result in a worker's frame. Raises ValueError if it holds anything else."""
    try:
        message = json.loads(frame)
        return Result(_score(message["score"]), bool(message["retire"]), str(message["printed"]))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"a worker answered with no score: {error}") from error


def encode_score(score: Score) -> bytes:
    """Return a score as JSON. Raises TypeError or ValueError if it can't be."""
    return json.dumps(_fields(score), allow_nan=False, default=float).encode()


def decode_score(content: bytes) -> Score:
    """Return the score in JSON of `encode_score`. Raises ValueError if it holds anything else."""
    try:
        return _score(json.loads(content))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"not a score: {error}") from error


_SCORE_FIELDS = {one.name for one in fields(Score)}


def _score(given: dict[str, Any]) -> Score:
    if given.keys() != _SCORE_FIELDS:
        raise ValueError(f"its score has the fields {sorted(given)}")
    given["status"] = Status(given["status"])
    for numbers in ("metrics", "summands"):
        given[numbers] = {name: float(value) for name, value in given[numbers].items()}
    given["members"] = tuple(_score(member) for member in given["members"])
    return Score(**given)


def _fields(score: Score) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(score, name) for name in _SCORE_FIELDS}
    values |= {"metrics": dict(score.metrics), "summands": dict(score.summands)}
    return {**values, "members": [_fields(member) for member in score.members]}


def _as_json(result: Result) -> bytes:
    message = {"score": _fields(result.score), "retire": result.retire, "printed": result.printed}
    return json.dumps(message, allow_nan=False, default=float).encode()
