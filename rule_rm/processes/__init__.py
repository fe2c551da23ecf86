"""Children of this process: the one way to start, hear, watch and end one.

- `threads`: threads that are all started at once
- `guarded`: threads that are begun again when they fail
- `child`: start a child, hear whether it is ready, end it
- `starting`: the watch over a child that starts: a stopped one is started again
- `interrupts`: Ctrl-C while a command is imported
- `ending`: one deadline for the end of this process, which all that has to be closed shares
- `children`: the wait for messages and for the end of children, in a process with one thread
- `records`: small typed messages, as JSON
- `frames`: bytes with their length before them, on a stream socket
- `output`: standard error whose reader may have stopped
- `lines`: JSON lines on a stream socket
- `kernel`: facts of Linux about processes: parents, children, processor time, stops
- `waiting`: how long the machine kept a program from a processor
- `memory`: large blocks that go back to the system when they are free
- `control_groups`: the control groups whose limits hold for this process
- `refused_forks`: processes that the machine refused to start
- `processors`: the processors that this process may use
- `failures`: the choice of repeated failures and remarks that are logged

Code inside a sandbox (`rule_rm/sandbox/inside/`) can only read its own folder, so it has its own versions.
Tests: `tests/processes/`.
"""
