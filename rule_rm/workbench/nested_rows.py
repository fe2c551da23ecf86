"""Rows that hold several rollouts: a step of ms-swift, an episode of verifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rule_rm.golden.rows import Unreadable

Row = tuple[str, Any]
_COLUMNS = ("prompt", "completion")
"""The columns of a step of ms-swift; each is a list with a string for each rollout."""


def unfolded(place: str, row: Any) -> Iterator[Row]:
    """Yield the rows in a row, each with its place; a row that holds just itself as it is."""
    if not isinstance(row, Mapping):
        yield place, row
    elif isinstance(row.get("traces"), list) and isinstance(row.get("task"), Mapping):
        yield from _episode(place, row)
    elif isinstance(row.get("nodes"), list) and isinstance(row.get("task"), Mapping):
        yield place, _trace(row, {})
    elif (count := _count(row)) is not None:
        for index in range(count):
            yield f"{place}#{index + 1}", _at(row, index, count)
    else:
        yield place, row


def _count(row: Mapping[str, Any]) -> int | None:
    """Return the number of rollouts in a row whose prompts and responses are lists of one length."""
    lists = [row.get(name) for name in _COLUMNS]
    if not all(isinstance(one, list) and one and all(isinstance(x, str) for x in one) for one in lists):
        return None
    first, second = (len(one) for one in lists if one is not None)
    return first if first == second else None


def _at(row: Mapping[str, Any], index: int, count: int) -> dict[str, Any]:
    return {
        name: value[index] if isinstance(value, list) and len(value) == count else value
        for name, value in row.items()
    }


def _episode(place: str, episode: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the traces of an episode of verifiers that train the policy; all of them if none does."""
    traces = [one for one in episode["traces"] if isinstance(one, Mapping)]
    own = [one for one in traces if _part(one, "agent").get("trainable") is not False] or traces
    if not own:
        errors = episode.get("errors") or [{}]
        why = _part({"error": errors[-1]}, "error").get("message") or "it has no error either"
        yield place, Unreadable(f"the episode has no trace: {why}")
    for number, trace in enumerate(own, start=1):
        yield (place if len(own) == 1 else f"{place}#{number}"), _trace(trace, episode)


def _trace(trace: Mapping[str, Any], episode: Mapping[str, Any]) -> dict[str, Any] | Unreadable:
    """Return a trace of verifiers as a row of its results: the columns of the task, prompt and completion."""
    path = _last_branch(trace.get("nodes") or [])
    begin = next((at for at, node in enumerate(path) if node.get("sampled")), len(path))
    if begin == len(path):
        return Unreadable("the trace has no message of the model")
    task = _part(trace, "task")
    data = _part(task, "data")
    group = _part(episode, "group").get("id") or task.get("key") or task.get("hash") or data.get("idx")
    return {
        **data,
        "example_id": group,
        "prompt": [node["message"] for node in path[:begin]] or "",
        "completion": [node["message"] for node in path[begin:]],
        "task": _part(episode, "env").get("id") or task.get("type"),
        "reward": _reward(_part(trace, "rewards")),
    }


def _last_branch(nodes: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Return the nodes from the root to the last one, whose parents come before them."""
    path: list[Mapping[str, Any]] = []
    at: Any = len(nodes) - 1
    while isinstance(at, int) and 0 <= at < len(nodes):
        node = nodes[at]
        if not isinstance(node, Mapping) or not isinstance(node.get("message"), Mapping):
            return []
        path.append(node)
        parent = node.get("parent")
        at = parent if isinstance(parent, int) and parent < at else None
    return path[::-1]


def _reward(rewards: Mapping[str, Any]) -> float | None:
    """Return the weighted sum of the rewards of a trace; None if none was given.

    >>> _reward({"right": {"score": 1.0, "weight": 0.5}, "judged": None})
    0.5
    """
    given = [one for one in rewards.values() if isinstance(one, Mapping)]
    pairs = [(one.get("score"), one.get("weight", 1.0)) for one in given]
    values = [a * b for a, b in pairs if isinstance(a, (int, float)) and isinstance(b, (int, float))]
    return float(sum(values)) if values else None


def _part(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    return value if isinstance(value, Mapping) else {}
