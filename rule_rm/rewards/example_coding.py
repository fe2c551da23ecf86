"""`example_coding`: an example that rewards the look of code without running it."""

from __future__ import annotations

from rule_rm.registry import register
from rule_rm.types import Rollout

_FEATURES = ("def ", "class ", "import ", "return ", "if ", "for ", "while ")


@register("example_coding", summary="0.9 for indented code, 0.6 for code, else 0.3")
def example_coding(rollout: Rollout) -> float:
    r"""0.9 if the response has a keyword of code and an indentation, 0.6 for a keyword alone, else 0.3.

    An indentation is four spaces or a tab, anywhere.

    >>> [example_coding(Rollout("", text)) for text in ("def f():\n    pass", "import os", "no")]
    [0.9, 0.6, 0.3]
    """
    if not any(feature in rollout.response for feature in _FEATURES):
        return 0.3
    return 0.9 if "    " in rollout.response or "\t" in rollout.response else 0.6
