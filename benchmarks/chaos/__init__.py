"""Chaos: faults, chosen by a seed, against a real service under load, and an account of every rollout.

- `run`: the command: `python -m benchmarks.chaos.run --seed 1 --seconds 60`
- `faults`: the faults of the service and its clients
- `load`: clients that know the right reward of each of their rollouts
- `judge`: a judge that answers, hangs or talks nonsense
- `rules`: the reward functions of the service

The test is `tests/benchmarks/test_chaos.py`.
"""
