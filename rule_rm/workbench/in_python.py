"""`rule_rm.score` and `rule_rm.explain`: the workbench in a program or a notebook.

A reward type is scored by worker processes, as on the server. A function, perhaps of a notebook's cell, can't
be found by workers, so it is called in this process. Limits on time and memory don't hold there, and its
prints show.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.golden import GoldenDataset
from rule_rm.messages.groups import bundled, places_of_groups, scattered
from rule_rm.messages.prepare import prepared
from rule_rm.protocols import align_anything
from rule_rm.registry.conventions import adapt, takes_groups
from rule_rm.settings import Settings
from rule_rm.types import Rollout, Score, Status
from rule_rm.workbench.explanation import with_questions
from rule_rm.workbench.rollout_rows import RolloutReader, RolloutRow, request
from rule_rm.workbench.row_files import rows_of
from rule_rm.workbench.scoring import Detail, in_batches, open_scorer
from rule_rm.workbench.scoring_run import BATCH

Reward = str | Callable[..., Any] | None
"""A reward type, a function of any convention, or None for the reward of the settings."""
Given = Rollout | Mapping[str, Any]
"""A rollout, or a row with columns that are found as `rule-rm score` finds them."""


def score(
    rollouts: str | Path | Iterable[Given],
    reward: Reward = None,
    *,
    columns: Mapping[str, str] | None = None,
    skip_bad_rows: bool = False,
    url: str | None = None,
    **settings: Any,
) -> list[Score]:
    """Return the scores of rollouts, in their order, by a reward type, a function, or a running server.

    `rollouts` are a list of `Rollout` or of rows (dicts), or the path of a file. `columns` names columns by
    part, such as `{"response": "generation"}`. `settings` are those of `Settings`: `dataset=`, `workers=`, ….

    An exception of a reward is a score of status `error`, as on the server. Raises ConfigurationError if the
    reward can't be used, DatasetError if a row is bad.

    >>> rollouts = [Rollout("2+2?", "4"), Rollout("2+2?", "4!")]
    >>> sum(one.reward for one in score(rollouts, lambda rollout: len(rollout.response)))
    3.0
    """
    reader = RolloutReader(dict(columns or {}), skip_bad_rows)
    rows = list(_rows(rollouts, reader))
    if callable(reward):
        return _by_function(reward, rows, Settings.load(settings))
    if reward is not None:
        settings["reward_type"] = reward
    found: list[Score] = []
    with open_scorer(Settings.load(settings), url, reward) as scorer:
        for batch in in_batches(rows, BATCH):
            found += map(_score, scorer.begin(batch).result())
    return found


def explain(
    rollout: Given,
    reward: Reward = None,
    *,
    columns: Mapping[str, str] | None = None,
    url: str | None = None,
    **settings: Any,
) -> Explanation:
    """Return the score of one rollout with the steps to it. Takes the arguments of `score`.

    An exception of a function is raised, with the traceback.

    >>> explain(Rollout("2+2?", "4"), lambda rollout: {"score": 0.5, "length": 1})
    reward   0.5 (ok)
    metrics  length 1
    """
    if callable(reward):
        rows = list(_rows([rollout], RolloutReader(dict(columns or {}))))
        found = _called(reward, rows, Settings.load(settings))[0]
    else:
        asked = with_questions(Settings.load(settings)).reward_option
        (found,) = score([rollout], reward, columns=columns, url=url, **{**settings, "reward_option": asked})
    worth = "unscored" if found.reward is None else f"{found.reward:g}"
    steps = [("reward", f"{worth} ({found.status.value})")]
    if found.answer is not None:
        steps.append(("answer", found.answer))
    if found.explanation:
        steps.append(("why", found.explanation))
    steps += [(name, text) for name in ("question", "reply") if (text := getattr(found, name))]
    if found.metrics:
        steps.append(("metrics", ", ".join(f"{name} {value:g}" for name, value in found.metrics.items())))
    return Explanation(found, tuple(steps))


def _rows(given: str | Path | Iterable[Given], reader: RolloutReader) -> Iterable[RolloutRow]:
    if isinstance(given, (str, Path)):
        return reader.read(rows_of([str(given)]))
    rows: list[RolloutRow] = []
    for number, one in enumerate(given):
        place = f"rollouts[{number}]"
        rows += [_row(place, one)] if isinstance(one, Rollout) else reader.read([(place, one)])
    return rows


def _row(place: str, rollout: Rollout) -> RolloutRow:
    return RolloutRow(
        place,
        rollout.prompt if rollout.messages is None else list(rollout.messages),
        rollout.response if rollout.completion is None else list(rollout.completion),
        rollout.ground_truth,
        rollout.data_source,
        None,
        rollout.extra_info,
    )


def _score(detail: Detail) -> Score:
    return Score(
        detail["reward"],
        Status(detail["status"]),
        detail.get("answer"),
        detail.get("explanation"),
        detail.get("metrics") or {},
        question=detail.get("question"),
        reply=detail.get("reply"),
    )


def _by_function(function: Callable[..., Any], rows: Sequence[RolloutRow], settings: Settings) -> list[Score]:
    """Return the results of a function; if it raises, all rollouts of the group are unscored."""
    found: list[Score] = []
    for batch in in_batches(rows, 1):
        try:
            found += _called(function, batch, settings)
        except Exception as error:  # noqa: BLE001 - as in a worker, a failure is data
            last = traceback.extract_tb(error.__traceback__)[-1]
            why = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"
            found += [Score.unscored(Status.ERROR, why)] * len(batch)
    return found


def _called(function: Callable[..., Any], rows: Sequence[RolloutRow], settings: Settings) -> list[Score]:
    """Return the scores that a function gives to rollouts, called here."""
    if isinstance(function, type):
        raise ConfigurationError(
            f"{function.__name__} is a class; put it into a reward file, and pass its reward type with "
            "reward_file="
        )
    call, _ = adapt(function, getattr(function, "__name__", "the reward"))
    rollouts = align_anything.parse_request(request(rows), chat_template=settings.chat_template)
    rollouts = [prepared(one, settings) for one in rollouts]
    if settings.dataset:
        rollouts, _ = _golden(settings).attach(rollouts)
    if not takes_groups(function):
        return [call(one) for one in rollouts]
    places = places_of_groups(rollouts)
    return scattered([call(one) for one in bundled(rollouts, places)], places)


def _golden(settings: Settings) -> GoldenDataset:
    return GoldenDataset.load(
        settings.dataset or "",
        question_key=settings.question_key,
        answer_key=settings.answer_key,
        threshold=settings.fuzzy_threshold,
    )


@dataclass(frozen=True, slots=True)
class Explanation:
    """The score of one rollout and the steps to it; its text is for a reader."""

    score: Score
    steps: tuple[tuple[str, str], ...]
    """Pairs of a name and a sentence."""

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self.steps)
        return "\n".join(f"{name:{width}}  {text}" for name, text in self.steps)

    __repr__ = __str__
