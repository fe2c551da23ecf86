"""Hours of mixed load on a service with journal, viewer and metrics, and an account of every rollout.

- `run`: the command, `python -m benchmarks.soak.run --seconds 3600`
- `mixture`: rollouts of every kind, with the reward that each is worth
- `rules`: a reward function that sees groups
"""
