"""Score a response that came without its group by a function of lists, unless the function compares.

A function written for a batch may only loop over it, or it may compare the responses: ranks, z-scores, the
shortest one wins. The second kind pays every lone response the same, and nobody would notice. Its signature
does not show it. So the first lone responses are scored a second time, in company that differs from them:
shorter, longer, equal, right, and earlier ones. If that changes the reward, the function compares, and a
lone response is unscored. One that is too slow for a trial scores none alone, unless it is declared to
compare nothing.
"""

from __future__ import annotations

import math
import resource
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from io import StringIO
from typing import Any

from rule_rm.messages.groups import without_group
from rule_rm.types import Rollout, Score, Status

TRIALS = 8
"""Lone responses, of each process, that are scored in company too."""
QUICK = 0.05
"""Seconds: a quick function is tried in large company, which takes about ten times as long."""
LIMIT = 2.0
"""Seconds that a rollout may take where nothing else is declared, the default of the settings."""
_SLOW = 2
"""Calls that are too slow for a trial until the function counts as slow: the first may import packages."""
_THREAD = getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)
_NOISE = 1e-3
"""The difference of two rewards that padding within a batch can make, for a model in a function."""
_MORE = " And so it is, as was to be shown."

_NUMBER = "It is 1000000."

ScoreAll = Callable[[Sequence[Rollout], Mapping[str, Any]], list[Score]]


class LoneResponses:
    """The lone responses that one function of lists scores, in one process."""

    def __init__(self, score: ScoreAll, limit: float | None = None, *, is_given_lists: bool = True) -> None:
        """Score with a function that may take `limit` seconds for a rollout.

        `is_given_lists` is False for one whose own trainer gives it one response at a time.
        """
        self._score = score
        self._limit = LIMIT if limit is None else limit
        self._is_given_lists = is_given_lists
        self._left = TRIALS
        self._slow = 0
        self._compares = False
        self._earlier: deque[Rollout] = deque(maxlen=3)

    def score(self, rollout: Rollout, options: Mapping[str, Any]) -> Score:
        """Return the score of a response alone.

        It is unscored if the function is found to compare responses, or is too slow for a trial of that.
        """
        if self._compares:
            return without_group()
        if self._slow >= _SLOW and self._is_given_lists:
            return _untried()
        alone, seconds = self._timed(rollout, options)
        if not self._left or alone.reward is None:
            return alone
        if not self._fits(seconds) and seconds >= 10 * QUICK:
            self._slow += 1
            return _untried() if self._slow >= _SLOW and self._is_given_lists else alone
        self._left -= 1
        self._compares = self._depends_on_company(rollout, alone.reward, options)
        self._earlier.append(rollout)
        if not self._left:
            self._earlier.clear()
        return without_group() if self._compares else alone

    def _fits(self, seconds: float) -> bool:
        """Return True if two more calls, one of them with two responses, take at most half of the limit."""
        return 3 * seconds <= self._limit / 2

    def _timed(self, rollout: Rollout, options: Mapping[str, Any]) -> tuple[Score, float]:
        """Return the score and the seconds that it took, without those in which others had the processor."""
        began, used = time.perf_counter(), resource.getrusage(_THREAD)
        score = self._score([rollout], options)[0]
        seconds, now = time.perf_counter() - began, resource.getrusage(_THREAD)
        if now.ru_nvcsw == used.ru_nvcsw:
            # It waited for nothing, such as a network.
            seconds = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        return score, seconds

    def _depends_on_company(self, rollout: Rollout, reward: float, options: Mapping[str, Any]) -> bool:
        # A failure on made-up company says nothing, and neither does a function that throws dice.
        with suppress(Exception), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            again, seconds = self._timed(rollout, options)
            if not _is_same(again.reward, reward):
                return False
            if seconds <= QUICK:
                members = [rollout, *company(rollout), *self._earlier]
            elif self._fits(seconds):
                # Another one each time: the shortest wins next to a longer one, too.
                others = [*company(rollout)[1:], *self._earlier]
                members = [rollout, others[self._left % len(others)]]
            else:
                self._slow += 1
                return False
            return not _is_same(self._score(members, options)[0].reward, reward)
        return False


def _untried() -> Score:
    return Score.unscored(
        Status.ERROR,
        "the function takes lists, and is too slow for a trial whether it compares the responses; send those "
        "to a prompt in one request, or set --group-size to their number, or declare groups=False "
        "(GROUPS = False in a file) if it compares nothing",
    )


def company(rollout: Rollout) -> list[Rollout]:
    """Return made-up responses to the same prompt: equal, empty, longer, another number and, if known, right.

    >>> [other.response for other in company(Rollout("2+2?", "5", "4"))][:2]
    ['5', '']
    """
    golden = rollout.ground_truth
    texts = [rollout.response, "", rollout.response + _MORE, _NUMBER]
    if isinstance(golden, (str, int, float)):
        texts.append(f"<think>So.</think><answer>\\boxed{{{golden}}}</answer>")
    return [_with_response(rollout, text) for text in texts]


def _with_response(rollout: Rollout, text: str) -> Rollout:
    info = dict(rollout.extra_info)
    if text != rollout.response:
        # About four characters to a token: only the order of the lengths matters.
        length = len(text) // 4
        if isinstance(info.get("response_length"), int):
            info["response_length"] += (len(text) - len(rollout.response)) // 4
        if isinstance(info.get("completion_ids"), list):
            ids = info["completion_ids"] or [0]
            info["completion_ids"] = (ids * (length // len(ids) + 2))[: length + 1] if text else []
    return replace(rollout, response=text, extra_info=info, text=None, completion=None, group=None)


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_NOISE, abs_tol=_NOISE)
