"""The parts of all rewards for mathematics: read an answer, bound its cost, compare it.

- `grade`: from an extracted answer to a score, in two steps
- `options`: answers to questions with choices
- `compare`: the verdict, in layers; the cheapest comes first
- `hypotheses`: pairs of hypotheses of a test
- `hints`: read both sides with hints from the other
- `quick`, `by_text`: the verdicts that need no mathematics, and those that need no reading
- `finality`: whether an answer of the right value is worked out
- `comparing`: compare two values
- `reading`: from text to a value
- `values`: the values; `tolerance`: how far a number may be off
- `beyond`: golden answers without a value: infinite series, and formulas for math-verify
- `symbolic`, `guard`: math-verify as the last resort, and the bounds on its input
- `explain`, `golden_check`: explain a verdict, check a dataset of golden answers

The tests are in `tests/math`.
"""
