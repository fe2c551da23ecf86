"""Stop a run of which too much is unscored."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rule_rm.errors import TooManyUnscoredError
from rule_rm.types import Score


class UnscoredGuard:
    """A guard that stops a run when too many of its rollouts are unscored."""

    LEAST = 64
    """Rollouts before the share says anything."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rollouts = self._unscored = 0

    def note(self, scores: Sequence[Score], most: float) -> None:
        """Count the scores. Raises TooManyUnscoredError if the unscored share of all is above `most`."""
        with self._lock:
            self._rollouts += len(scores)
            self._unscored += sum(score.reward is None for score in scores)
            rollouts, unscored = self._rollouts, self._unscored
        if rollouts >= self.LEAST and unscored > most * rollouts:
            are = "is" if unscored == 1 else "are"
            raise TooManyUnscoredError(
                f"{unscored} of {rollouts} rollouts {are} unscored, more than --max-unscored {most:g} "
                "allows; the server's log and /health say why"
            )
