"""Golden answers: find the ground truth for a prompt that came without one.

`load` reads a dataset and `lookup` finds what a prompt asks in it: `text` says what the same text is,
`containment` finds a question with other text wrapped around it (`wrapping`), `similar` one with typing
errors (`typos`, `words`), both through an index of `windows`.
"""

from rule_rm.golden.lookup import GoldenDataset, Match, Tier

__all__ = ["GoldenDataset", "Match", "Tier"]
