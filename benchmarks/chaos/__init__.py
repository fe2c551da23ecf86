"""Chaos: faults, chosen by a seed, against a real service under load, and an account of what came of it.

- `run`: the command: `python -m benchmarks.chaos.run --seed 1 --seconds 60`
- `faults`: what is done to the service and its clients
- `load`: clients that know what each of their rollouts is worth
- `judge`: a judge that answers, hangs or talks nonsense
- `rules`: the reward functions of the service

The test is `tests/benchmarks/test_chaos.py`.
"""
