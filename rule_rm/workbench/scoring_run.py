"""Score all rollouts of some files into a results file, and go on where an earlier run was cut off."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from rule_rm.errors import ConfigurationError, DatasetError, PayloadError
from rule_rm.workbench.progress import Progress
from rule_rm.workbench.results_file import ResultsFile, StandardOutput, result_of
from rule_rm.workbench.rollout_rows import RolloutReader, RolloutRow
from rule_rm.workbench.scoring import IN_FLIGHT, Detail, Scorer, in_batches
from rule_rm.workbench.tally import Tally

BATCH = 128
"""Rollouts of a request."""
_REMEDY = "Name another --output, or score all anew by --overwrite"
Numbered = tuple[int, list[RolloutRow]]
"""A batch, and the number of its first rollout."""


@dataclass(slots=True)
class ScoringRun:
    """One run: rollouts in, results out, in order."""

    scorer: Scorer
    reader: RolloutReader
    output: ResultsFile | StandardOutput
    batch: int = BATCH
    tally: Tally = field(default_factory=Tally)
    resumed: int = 0
    """Results that were there already."""

    def run(self, rollouts: Iterable[RolloutRow], progress: Progress) -> None:
        """Score the rollouts, which the reader yields."""
        for batch, details in self._scored(self._left(rollouts)):
            first, members = batch
            results = [
                result_of(first + place, row, detail, self.scorer.identity)
                for place, (row, detail) in enumerate(zip(members, details, strict=True))
            ]
            # If a batch was cut off in the middle, its first results are there.
            fresh = results[max(self.resumed - first, 0) :]
            self.output.append(fresh)
            for result in fresh:
                self.tally.add(result)
            progress.show(self.tally)
        progress.close(self.tally)

    def _left(self, rollouts: Iterable[RolloutRow]) -> Iterator[Numbered]:
        """Yield the batches that have no result yet, or not for all of their rollouts.

        Raises ConfigurationError if the results are about other rollouts.
        """
        done = self.output.done()
        first = 0
        for batch in in_batches(rollouts, self.batch):
            old = 0
            for row, result in zip(batch, done, strict=False):
                if result["digest"] != row.digest or result.get("recorded", {}) != row.recorded:
                    raise ConfigurationError(
                        f"{self.output.path}: row {result['row']} is about another rollout than "
                        f"{row.place}: the input changed. {_REMEDY}"
                    )
                self.tally.add(result)
                old += 1
            self.resumed += old
            if old < len(batch):
                yield first, batch
            first += len(batch)
        if next(done, None) is not None:
            raise ConfigurationError(
                f"{self.output.path} has more results than there are rollouts: the input changed. {_REMEDY}"
            )

    def _scored(self, batches: Iterator[Numbered]) -> Iterator[tuple[Numbered, list[Detail]]]:
        """Yield the batches in order with their scores; several are under way at a time."""
        waiting: deque[tuple[Numbered, Future[list[Detail]]]] = deque()
        for batch in batches:
            waiting.append((batch, self.scorer.begin(batch[1])))
            if len(waiting) == IN_FLIGHT:
                yield _finished(*waiting.popleft())
        while waiting:
            yield _finished(*waiting.popleft())


def _finished(batch: Numbered, future: Future[list[Detail]]) -> tuple[Numbered, list[Detail]]:
    """Return a batch with its scores. Raises DatasetError, with the place, if one is refused."""
    try:
        return batch, future.result()
    except PayloadError as error:
        index = error.index
        if index is None or not 0 <= index < len(batch[1]):
            raise
        raise DatasetError(f"{batch[1][index].place}: {error}") from error


def about(run: ScoringRun, sources: Sequence[str]) -> dict[str, Any]:
    """Return the record of a run: its reward, configuration and input."""
    identity = run.scorer.identity
    return {
        "reward_type": identity.reward_type,
        "version": identity.version,
        "configuration": identity.configuration,
        "configuration_digest": identity.digest,
        "sources": list(sources),
        "columns": run.reader.columns.named() if run.reader.columns else {},
    }


def summary(run: ScoringRun) -> Mapping[str, Any]:
    """Return the outcome of a run as plain values."""
    return {
        **run.tally.as_json(),
        "resumed": run.resumed,
        "bad_rows": run.reader.bad,
        "bad_rows_named": run.reader.named,
        "reward_type": run.scorer.identity.reward_type,
        "version": run.scorer.identity.version,
        "configuration": run.scorer.identity.digest,
        "output": str(run.output.path) if run.output.path else None,
    }
