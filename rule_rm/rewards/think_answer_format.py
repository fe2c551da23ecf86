r"""`think_answer_format`: reward a response in the format `<think>…</think><answer>…</answer>`.

Use it as a gate for other rewards, or as a small reward of its own. The lenient presets help to move a run
from another project; with them a policy may learn to close its tags twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rule_rm.extract import tagged_answer
from rule_rm.extract.response.hidden import is_seen
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status

_BETWEEN = re.compile(r"</think>\s*<answer>")
r"""The tags between thinking and answer: `</think>\n<answer>`."""


def _strict(text: str) -> str:
    """Return the problem, if any: each tag exactly once, in order, nothing empty or invisible inside."""
    answer = tagged_answer(text)
    if answer is None or text != text.strip():
        return "it is not <think>…</think><answer>…</answer>, each tag exactly once"
    thinking = text[len("<think>") : text.index("</think>")]
    return "" if is_seen(answer) and is_seen(thinking) else "the thinking or the answer is empty"


def _trl(text: str) -> str:
    r"""Return the problem, if any, by `^<think>(?!.*<think>)(.*?)</think>.*$`, which needs no answer tag."""
    is_right = text.startswith("<think>") and text.count("<think>") == 1 and "</think>" in text
    return "" if is_right else "it does not begin with one <think> that is closed"


def _open_r1(text: str) -> str:
    r"""Return the problem, if any, by `^<think>\n.*?\n</think>\n<answer>\n.*?\n</answer>$`.

    `$` is the end of any line.
    """
    between, closing = "\n</think>\n<answer>\n", "\n</answer>"
    middle = text.find(between, len("<think>\n")) if text.startswith("<think>\n") else -1
    at = text.find(closing, middle + len(between)) if middle >= 0 else -1
    while at >= 0:
        if text[at + len(closing) : at + len(closing) + 1] in ("", "\n"):
            return ""
        at = text.find(closing, at + 1)
    return "it is not <think>, </think>, <answer> and </answer>, each on a line of its own"


def _ms_swift(text: str) -> str:
    r"""Return the problem, if any, by `^<think>.*?</think>\s*<answer>.*?</answer>(?![\s\S])`.

    The contents may have tags of their own.
    """
    between = _BETWEEN.search(text, len("<think>")) if text.startswith("<think>") else None
    is_closed = between is not None and text.endswith("</answer>", between.end())
    return "" if is_closed else "it is not <think>…</think><answer>…</answer>"


_PRESETS: dict[str, Callable[[str], str]] = {
    "strict": _strict,
    "trl": _trl,
    "open-r1": _open_r1,
    "ms-swift": _ms_swift,
}
"""By preset, a function that returns the problem of a response, or an empty string."""


def _check(*, preset: str) -> None:
    one_of("preset", preset, _PRESETS)


@register(
    "think_answer_format",
    summary="1 for <think>…</think><answer>…</answer>, each tag exactly once, nothing empty; else 0",
    linear=True,
    check=_check,
)
def think_answer_format(rollout: Rollout, *, preset: str = "strict") -> Score:
    r"""Return 1.0 if the response has the format, else 0.0.

    "strict" is `^<think>…</think>\s*<answer>…</answer>\Z` with each tag exactly once and neither part empty.
    "trl" (`think_format_reward`), "open-r1" (`format_reward`) and "ms-swift" (`Format`) accept what the
    patterns of these projects accept, in linear time.

    >>> think_answer_format(Rollout("", "<think>1+1</think>\n<answer>2</answer>")).reward
    1.0
    >>> text = "<think>1+1</think><answer>2</answer><answer>3</answer>"
    >>> [think_answer_format(Rollout("", text), preset=preset).reward for preset in ("strict", "ms-swift")]
    [0.0, 1.0]
    """
    _check(preset=preset)
    problem = _PRESETS[preset](rollout.response)
    return Score(0.0, Status.WRONG_FORMAT, None, problem) if problem else Score(1.0)
