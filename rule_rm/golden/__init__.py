"""Golden answers: find the ground truth for a prompt that came without one.

`load` reads a dataset, `rows` its files. `lookup` finds the question that a prompt asks. `text` gives the
canonical form of a text. `containment` finds a question with other text around it (`wrapping`). `similar`
finds one with typing errors (`typos`, `words`). Both use an index of `windows`.

The tests are in `tests/golden`.
"""

from rule_rm.golden.lookup import GoldenDataset, Match, Tier

__all__ = ["GoldenDataset", "Match", "Tier"]
