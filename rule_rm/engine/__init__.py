"""The engine: scores rollouts in worker processes, within a deadline, and always answers.

    score ── prepare ── cache ───┐
                                 ▼
                       queue (fair between requests)
                                 ▼
                       pool (lanes: one thread for each running rollout)
                                 ▼  a socket for each worker
    template process ── forks ── workers (killed when a rollout takes too long)

- `engine`: from rollouts to scores; `batch` has the scores of one request
- `deciding`: the first step of a rollout, which may be all
- `served`: the reward functions that a service has
- `gathering`: groups of responses that come in requests of their own
- `verdict_cache`: remembered verdicts, so that equal rollouts are scored once
- `known`, `verdict_table`: the engine of a server's further processes, and the verdicts that they can read
- `shared_verdicts`: those that several servers share, in a Redis
- `fair_queue`: the queue between requests and workers
- `pool`, `own_time`: run jobs in workers, and measure the time that was their own
- `workforce`: runs the jobs, in those workers or on the nodes of a cluster; `tally` counts them
- `cluster`: workers on the nodes of a Ray cluster
- `nursery`, `control`: the server's end of the template process, and the messages between both
- `template_process`: the start of that process
- `worker_process`, `stopped_workers`: a worker as the server sees it, and those that somebody has stopped
- `template`, `worker`, `messages`: the template process, a worker, and the messages to and from it
- `residents`: rewards that score in the server's process
- `services`: processes that reward functions need, such as the sandbox

The server has threads, so nothing is forked from it. The template forks the workers. It is a process with one
thread that has imported and warmed up every reward function, so that a new worker is ready in milliseconds.

The tests are in `tests/engine`.
"""

from rule_rm.engine.batch import Batch
from rule_rm.engine.engine import Engine

__all__ = ["Batch", "Engine"]
