r"""`tag_count`: reward each tag that occurs exactly once, for policies that are far from the format.

It rewards steps towards the format of `think_answer_format`, so it is for the beginning of a run. Four tags
in any order, with nothing between them, earn the full reward.
"""

from __future__ import annotations

from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout

_TAGS = {
    "tags": ("<think>", "</think>", "<answer>", "</answer>"),
    "open-r1": ("<think>\n", "\n</think>\n", "\n<answer>\n", "\n</answer>"),
}


def _check(*, preset: str) -> None:
    one_of("preset", preset, _TAGS)


@register(
    "tag_count",
    summary="0.25 for each of <think>, </think>, <answer> and </answer> that occurs exactly once",
    linear=True,
    check=_check,
)
def tag_count(rollout: Rollout, *, preset: str = "tags") -> float:
    r"""Return 0.25 for each of the four tags that occurs exactly once: 0.0 to 1.0.

    With the preset "open-r1" (`tag_count_reward`) each tag counts with the line breaks around it.

    >>> tag_count(Rollout("", "<think>1+1</think><answer>2")), tag_count(Rollout("", "<think>" * 4))
    (0.75, 0.0)
    """
    _check(preset=preset)
    return 0.25 * sum(rollout.response.count(tag) == 1 for tag in _TAGS[preset])
