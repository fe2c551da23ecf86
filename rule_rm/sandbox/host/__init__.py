"""Keep the sandbox's processes.

- `host`: the process that owns and supervises the zygotes
- `zygotes`: start the processes that programs are forked from
- `compiled`: the modules of `inside` as these processes get them
- `backends`, `probe`: the layers of confinement, and the test that they hold on this machine
- `users`: give each host of a machine users of its own
- `starving`: tell how long the machine kept a program from a processor
- `threads`: count the threads of programs from outside
- `options`: the options of the sandbox of this machine

The tests are in `tests/sandbox`.
"""
