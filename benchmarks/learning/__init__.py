"""Train a tiny policy with GRPO and see what it learns: to work the answer out, or to be paid without it.

- `run`: the command: for each reward, a cold start, GRPO in TRL, and the figures
- `policy`: a transformer of 108,000 parameters, its tokens and its cold start
- `tasks`: questions with golden answers, and the ways not to answer them
"""
