"""Children of this process: the one way to start, hear, watch and end one.

- `threads`: threads that are all started at once
- `guarded`: threads that are begun again when they fail
- `child`: start a child, hear whether it is ready, end it
- `records`: small typed messages, as JSON
- `frames`: bytes with their length before them, on a stream socket
- `lines`: JSON lines on a stream socket
- `kernel`: what Linux knows of processes: parents, children, processor time, stops
- `processors`: the processors that this process may use
- `failures`: which failures and remarks of many are worth a line in the log

Code inside a sandbox (`rule_rm/sandbox/inside/`) can read nothing but its own folder, and so has its own.
Tests: `tests/processes/`.
"""
