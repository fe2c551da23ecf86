"""The engine: scores rollouts in worker processes, within a deadline, and always answers.

    score ── condense ── cache ──┐
                                 ▼
                       queue (fair between requests)
                                 ▼
                       pool (lanes: one thread for each running rollout)
                                 ▼  a socket for each worker
    template process ── forks ── workers (killed when a rollout takes too long)

Nothing is forked from the server, which has threads: workers are forked by the template, a process of one
thread that has imported and warmed up every reward function, so that a new worker is ready in milliseconds.
"""

from rule_rm.engine.batch import Batch
from rule_rm.engine.engine import Engine

__all__ = ["Batch", "Engine"]
