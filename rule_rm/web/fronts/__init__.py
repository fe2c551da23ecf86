"""Front processes: several processes answer at one port, with one engine, one cache and one journal.

    clients ──┬─► main process: everything                       ◄─┐ clients that a front can't answer,
              └─► front processes: usual requests for known verdicts ─┘ with their sockets; what was scored

All of them accept from one listening socket, so nothing waits at a process that is gone. A front answers by
the express way, and hands every other client over to the main process.
`docs/decisions/0017-front-processes.md` says why.

- `fronts`: the front processes, as the main process has them
- `generation`: one template process, the fronts that it forked, and what they tell
- `template`: the process that loads rewards and golden data once, and forks fronts
- `process`: a front
- `orders`: the messages between them

The tests are in `tests/web/fronts`.
"""
