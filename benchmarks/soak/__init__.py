"""Hours of mixed load on a service with journal, viewer and metrics, and an account of every rollout.

- `run`: the command, `python -m benchmarks.soak.run --seconds 3600`

The rollouts, the judge and the reward functions are those of `benchmarks.chaos`.
"""
