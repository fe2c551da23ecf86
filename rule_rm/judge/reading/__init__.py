"""Read a verdict from a judge's reply.

- `votes`: ask an odd number of times, until the majority is decided
- `verdicts`, `json_verdicts`, `ratings`: the verdict of a reply in words, in JSON, on a scale
- `expected`: the expected verdict by the probabilities of the first word
- `reasoned`: take off a reason that follows on the line of a verdict
- `unwrapping`: take off the decoration around a verdict
- `menu`: the verdicts that a template allows

The tests are in `tests/judge`.
"""
