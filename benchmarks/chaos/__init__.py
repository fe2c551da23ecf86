"""Chaos: faults, chosen by a seed, against a real service under load, and an account of every rollout.

- `run`: the command: `python -m benchmarks.chaos.run --seed 1 --seconds 60`
- `faults`: the deck of all faults
- `process_faults`, `client_faults`, `machine_faults`, `asked_faults`: the faults by what they are done to
- `site`: the service under attack, as a fault sees it
- `load`: clients that know the right reward of each of their rollouts
- `mixture`: the rollouts that they send: rules, mathematics, programs, groups, a judge and a reward model
- `asked`: a judge and a reward model that answer, hang or talk nonsense
- `rules`: the reward functions of the service

The test is `tests/benchmarks/test_chaos.py`.
"""
