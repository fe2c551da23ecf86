"""The names of reward types: what one may be, and how another text becomes one."""

from __future__ import annotations

import re
import unicodedata

RULE = "a name is lower-case letters of any alphabet, digits and underscores"
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""The gap before a capital within a word: between `y` and `R` of `MyReward`."""
_NO_NAME = re.compile(r"\W+")
"""Characters that the name of a reward type can't have: `-` of `my-reward`."""


def is_name(text: str) -> bool:
    """Return True if a text can be the name of a reward type.

    >>> is_name("math_equal"), is_name("奖励"), is_name("_x"), is_name("Math"), is_name("3d")
    (True, True, False, False, False)
    """
    return text.isidentifier() and text[0] != "_" and text == _folded(text)


def as_name(text: str) -> str:
    """Return a text as the name of a reward type.

    >>> as_name("CountdownORM"), as_name("my-reward"), as_name("3digits"), as_name("奖励"), as_name("☃")
    ('countdown_orm', 'my_reward', 'reward_3digits', '奖励', 'reward')
    """
    name = _NO_NAME.sub("_", _folded(_CAPITAL.sub("_", text)))
    name = "".join(character for character in name if f"a{character}".isidentifier())
    return name if is_name(name) else f"reward_{name}".rstrip("_")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.lower())
