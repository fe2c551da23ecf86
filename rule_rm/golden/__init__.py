"""Golden answers: find the ground truth for a prompt that came without one.

- `load`, `rows`, `columns`: read a dataset, in any of its formats, with nested columns and chats
- `lookup`: find the question that a prompt asks, in tiers from certain to similar
- `containment`, `wrapping`, `instructions`: find a question with other text around it
- `similar`, `typos`, `words`: find a question with typing errors
- `windows`: the index of both
- `text`: the canonical form of a text
- `examples`: the example datasets

The tests are in `tests/golden`.
"""

from rule_rm.golden.lookup import GoldenDataset, Match, Tier

__all__ = ["GoldenDataset", "Match", "Tier"]
